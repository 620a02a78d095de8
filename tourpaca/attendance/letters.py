"""What the team writes to people: one message, told to each with their own names, places and link."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from tourpaca import french, security, setting
from tourpaca.attendance import placeholders
from tourpaca.attendance.audience import Recipient
from tourpaca.attendance.occasions import reminder_of
from tourpaca.mail import unsubscribing
from tourpaca.mail.draft import Draft, Event
from tourpaca.mail.words import TRIAL
from tourpaca.registration import files
from tourpaca.registration import letters as registration
from tourpaca.registration.files import Held
from tourpaca.registration.letters import Guest
from tourpaca.tour import rereading
from tourpaca.tour import rules as tour_rules
from tourpaca.tour.models import Etape, Tour

MESSAGE, INVITATION, RAPPEL = "message", "invitation", "rappel"
LINK_IN_PREVIEW = "(ici, le lien personnel)"


@dataclass(frozen=True)
class Message:
    """What the team typed: an object and a text with fields, and the key that makes a double sending one.

    An `invitation` to an event carries the way out of invitations; nothing else does. A reminder leaves `by_itself`.
    """

    subject: str
    body: str
    send_key: str = ""
    invitation: bool = False
    by_itself: bool = False

    @property
    def kind(self) -> str:
        """What its letters are: a reminder that nobody sends, an invitation, or a message."""
        if self.by_itself:
            return RAPPEL
        return INVITATION if self.invitation else MESSAGE

    @property
    def announces(self) -> bool:
        """Tell whether it is the reminder of what is to come, sent by itself or by hand."""
        occasion = reminder_of(self.send_key)
        return occasion is not None and (occasion.days or 0) < 0


def preview(message: Message, person: Recipient) -> tuple[str, str]:
    """Return the subject and the text as this person would receive them; the link is only made when it leaves."""
    values = _values(person, LINK_IN_PREVIEW)
    return _subject(message, values), placeholders.fill(message.body, values)


def empty_fields(message: Message, person: Recipient) -> list[str]:
    """Return the fields of a message that say nothing for this person: nobody would see them in the preview."""
    values = _values(person, LINK_IN_PREVIEW)
    names = placeholders.used(f"{message.subject}\n{message.body}")
    return [name for name in names if name in values and not values[name].strip()]


def message(
    written: Message,
    person: Recipient,
    tour: Tour,
    envoi_id: int,
    link: str,
    expires_at: datetime | None = None,
    shared: bool = False,
) -> Draft:
    """Return the letter of one person; the reply goes to the team of their étape.

    A reminder carries the calendar entries as they are now, under the person's name in a `shared` mailbox (B09).
    """
    values = _values(person, link)
    first = person.etapes[0]
    return Draft(
        kind=written.kind,
        subject_key=unsubscribing.subject_key(envoi_id, person.participant_id),
        to_email=person.email,
        to_name=person.name,
        subject=_subject(written, values),
        template="message",
        context={**_context(written.body, values, tour), **_way_out(written, envoi_id, person)},
        events=_entries(first, person, shared) if written.announces else (),
        organisation_name=person.organisation,
        from_name=tour.name,
        reply_to=first.contact_email or tour.contact_email,
        tour_id=tour.id,
        etape_id=first.id,
        envoi_id=envoi_id,
        expires_at=expires_at,
        by_hand=not written.by_itself,
    )


def _entries(etape: Etape, person: Recipient, shared: bool) -> tuple[Event, ...]:
    reader = "" if shared else person.contact or person.name
    guest = Guest(person.participant_id, person.name, person.email, tuple(map(files.seat, person.places)), "")
    return registration.entries(etape, [guest], reader)


def trial(written: Message, person: Recipient, tour: Tour, to: tuple[str, str]) -> Draft:
    """Return the message as this person would read it, to the member who wrote it (name, address), said to be a trial.

    The link of the person is not in it: it opens their registration to whoever holds it. The same text for the same
    person is the same letter.
    """
    draft = message(written, person, tour, 0, LINK_IN_PREVIEW)
    same = "\n".join((written.send_key, written.subject, written.body, str(person.participant_id), to[1]))
    context = {
        **draft.context,
        "trial": french.typo(f"Ceci est un essai : voici ce que lirait {person.name}, qui n’a rien reçu."),
        "reason": "Vous recevez cet essai parce que vous l’avez demandé. Personne d’autre ne le reçoit.",
    }
    return replace(
        draft,
        kind=TRIAL,
        subject_key=f"essai:{security.derived('essai', same)}",
        to_name=to[0],
        to_email=to[1],
        subject=f"Essai{french.NBSP}: {draft.subject}",
        context=context,
        events=(),
        organisation_name="",
        envoi_id=None,
    )


def _subject(written: Message, values: Mapping[str, str]) -> str:
    """Return the object on one line, which a place or a list of places is not."""
    filled = placeholders.fill(written.subject, values)
    return ", ".join(line for line in filled.splitlines() if line.strip())


def _context(body: str, values: Mapping[str, str], tour: Tour) -> dict[str, object]:
    """Return the snapshot: the team's first paragraph greets, the others follow."""
    greeting, _, rest = body.strip().replace("\r\n", "\n").partition("\n\n")
    return {
        "greeting": placeholders.fill(greeting, values),
        "paragraphs": [placeholders.fill(text, values) for text in rest.split("\n\n") if text.strip()],
        "signature": tour.organiser_name or tour.name,
        "reason": french.typo(
            f"Vous recevez ce message parce qu’une inscription à « {tour.name} » porte votre adresse."
        ),
        "tour_name": tour.name,
        "organiser": ", ".join(filter(None, (tour.organiser_name, tour.organiser_address))),
        "rights_url": f"{setting.base_url()}/donnees-personnelles",
    }


def _way_out(written: Message, envoi_id: int, person: Recipient) -> dict[str, object]:
    """Return the address that stops invitations; a trial has none, or reading it would stop the person's."""
    if not (written.invitation and envoi_id):
        return {}
    return {"unsubscribe_url": unsubscribing.address(envoi_id, person.participant_id)}


def _values(person: Recipient, link: str) -> dict[str, str]:
    return {
        "prénom": person.first_name,
        "nom": person.last_name,
        "organisation": person.organisation,
        "atelier": french.listing(f"«\u00a0{title}\u00a0»" for title in person.ateliers)
        or french.listing(tour_rules.kind_name(etape) for etape in person.etapes),
        "date": french.listing(french.long_date(etape.day) for etape in person.etapes),
        "ville": french.listing(dict.fromkeys(etape.place_name for etape in person.etapes)),
        "lieu": "\n".join(dict.fromkeys(_where(etape) for etape in person.etapes)),
        "places": "\n".join(f"- {_place(held)}" for held in person.places) or "aucune place pour le moment",
        "lien personnel": link,
        "fiches à relire": "\n".join(_drafts(person.etapes[0].tour)),
    }


def _drafts(tour: Tour) -> Iterator[str]:
    """Yield one line a fiche: its number, its name, and where it is reread before it is published."""
    for theme in tour.thematiques:
        yield f"{theme.ordre}. {theme.label}\u00a0: {rereading.address(tour, theme)}"


def _where(etape: Etape) -> str:
    """Return where to come, line by line; without a known place, what the pages say of it."""
    lines = [line for line in tour_rules.whereabouts(etape) if line]
    return "\n".join(lines) or tour_rules.place(etape)


def _place(held: Held) -> str:
    """Return "9 h 30 à 10 h 45, Territorialité, salle B"; a waiting place says its rank, an atelier off that it is."""
    hours = french.hours(held.starts_at, held.ends_at) if held.starts_at else ""
    if held.off:
        return ", ".join(filter(None, (hours, held.title, "annulé")))
    waiting = f"en liste d’attente, n°\u00a0{held.rank}" if held.waiting else ""
    return ", ".join(filter(None, (hours, held.title, held.room, waiting)))
