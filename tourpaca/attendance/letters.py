"""What the team writes to people: one message, told to each with their own names, places and link."""

from collections.abc import Mapping
from dataclasses import dataclass

from tourpaca import french, setting
from tourpaca.attendance import placeholders
from tourpaca.attendance.audience import Recipient
from tourpaca.mail.draft import Draft
from tourpaca.registration.files import Held
from tourpaca.tour import rules as tour_rules
from tourpaca.tour.models import Tour

LINK_IN_PREVIEW = "(ici, le lien personnel)"


@dataclass(frozen=True)
class Message:
    """What the team typed: an object and a text with fields, and the key that makes a double sending one."""

    subject: str
    body: str
    send_key: str = ""


def preview(message: Message, person: Recipient) -> tuple[str, str]:
    """Return the subject and the text as this person would receive them; the link is only made when it leaves."""
    values = _values(person, LINK_IN_PREVIEW)
    return placeholders.fill(message.subject, values), placeholders.fill(message.body, values)


def message(written: Message, person: Recipient, tour: Tour, envoi_id: int, link: str) -> Draft:
    """Return the letter of one person; the reply goes to the team of their étape."""
    values = _values(person, link)
    first = person.etapes[0]
    return Draft(
        kind="message",
        subject_key=f"envoi:{envoi_id}:participant:{person.participant_id}",
        to_email=person.email,
        to_name=person.name,
        subject=placeholders.fill(written.subject, values),
        template="message",
        context=_context(written.body, values, tour),
        organisation_name=person.organisation,
        from_name=tour.name,
        reply_to=first.contact_email or tour.contact_email,
        tour_id=tour.id,
        etape_id=first.id,
        envoi_id=envoi_id,
    )


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


def _values(person: Recipient, link: str) -> dict[str, str]:
    return {
        "prénom": person.first_name,
        "nom": person.last_name,
        "organisation": person.organisation,
        "atelier": french.listing(f"«\u00a0{title}\u00a0»" for title in person.ateliers)
        or french.listing(tour_rules.kind_name(etape) for etape in person.etapes),
        "date": french.listing(french.long_date(etape.day) for etape in person.etapes),
        "places": "\n".join(_place(held) for held in person.places) or "aucune place pour le moment",
        "lien personnel": link,
    }


def _place(held: Held) -> str:
    """Return "9 h 30 à 10 h 45, Territorialité, salle B"; a waiting place says its rank."""
    hours = french.hours(held.starts_at, held.ends_at) if held.starts_at else ""
    waiting = f"en liste d’attente, n°\u00a0{held.rank}" if held.waiting else ""
    return ", ".join(filter(None, (hours, held.title, held.room, waiting)))
