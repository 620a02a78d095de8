"""What the house writes about registrations: who receives which letter, and the snapshot that each one tells.

One act writes at most one letter to a mailbox (case and "+suffix" aside). The contact's tells everything; another
mailbox is told of its own people only. People without a mailbox are served by the contact's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from functools import cached_property, lru_cache
from typing import Any

from tourpaca import french, setting
from tourpaca.mail.draft import Draft, Event
from tourpaca.registration import subjects
from tourpaca.registration.models import CONFIRMEE, PROPOSEE
from tourpaca.registration.programme import Host
from tourpaca.registration.rules import beginning, mailbox
from tourpaca.tour import rules as tour_rules
from tourpaca.tour.models import Etape, Tour
from tourpaca.tour.programme import EtapeVue


@dataclass(frozen=True)
class Seat:
    """A place as a letter tells it; `rank` is its rank among those waiting, 0 when confirmed.

    `off` tells that the atelier itself does not take place: no calendar is asked to hold it.
    """

    uid: str
    title: str
    room: str
    starts_at: time | None
    ends_at: time | None
    state: str
    rank: int = 0
    sequence: int = 0
    off: bool = False
    place_id: int = 0


@dataclass(frozen=True)
class Guest:
    """A participant as a letter tells it; `link` is the address of the page that opens for this person alone."""

    participant_id: int
    name: str
    email: str
    seats: tuple[Seat, ...]
    link: str


@dataclass(frozen=True)
class File:
    """Everything the letters of a dossier tell; `link` opens the whole of it."""

    dossier_id: int
    tour: Tour | Host
    etape: Etape | EtapeVue
    organisation: str
    contact_name: str
    contact_email: str
    link: str
    guests: tuple[Guest, ...]

    @cached_property
    def shared(self) -> dict[str, Any]:
        """What every letter of the dossier tells alike."""
        tour, etape = self.tour, self.etape
        return {
            "tour": tour.name,
            "organiser": tour.organiser_name,
            "place": etape.place_name,
            "day": french.long_date(etape.day),
            "until": french.moment(beginning(etape)),
            "coming": _coming(etape),
            "contact_email": etape.contact_email or tour.contact_email,
            "organisation": self.organisation,
            "contact": self.contact_name,
            "notice": notice(tour, etape),
            "rights": f"{setting.base_url()}/donnees-personnelles",
        }


def of_registration(file: File) -> list[Draft]:
    """Return the confirmation of each mailbox and the summary of the contact's."""
    served = {mailbox(file.contact_email): ""}
    own: dict[str, list[Guest]] = {}
    for guest in file.guests:
        if guest.email and mailbox(guest.email) not in served:
            own.setdefault(mailbox(guest.email), []).append(guest)
    return [summary(file), *(confirmation(file, guests) for guests in own.values())]


def summary(file: File) -> Draft:
    """Return the letter that tells the contact of everybody, with the entries of those their mailbox serves."""
    here = mailbox(file.contact_email)
    mine = [guest for guest in file.guests if not guest.email or mailbox(guest.email) == here]
    return drafted(
        file,
        "recapitulatif",
        f"dossier:{file.dossier_id}",
        (file.contact_email, file.contact_name),
        subjects.about(
            file.etape,
            f"votre inscription ({french.plural(len(file.guests), 'personne')})",
            subjects.INSCRIPTION,
        ),
        file.guests,
        entries(file.etape, mine, file.contact_name),
        link=file.link,
        own_links=len(mine) < len(file.guests) or len(mine) > 1,
    )


def confirmation(file: File, guests: Sequence[Guest]) -> Draft:
    """Return the letter that tells people of one mailbox of their own places."""
    first = guests[0]
    return drafted(
        file,
        "confirmation",
        f"participant:{first.participant_id}",
        (first.email, first.name),
        subjects.about(file.etape, subjects.INSCRIPTION),
        guests,
        entries(file.etape, guests, first.name),
        link=first.link,
        own_links=len(guests) > 1,
    )


def of_cancellation(file: File, gone: Sequence[Guest]) -> list[Draft]:
    """Return the letter of each mailbox that someone leaves: theirs, and the contact's."""
    here = mailbox(file.contact_email)
    own: dict[str, list[Guest]] = {here: []} if file.contact_email else {}
    for guest in gone:
        own.setdefault(mailbox(guest.email) if guest.email else here, []).append(guest)
    drafts = []
    for box, guests in own.items():
        told = gone if box == here else guests
        to = (file.contact_email, file.contact_name) if box == here else (guests[0].email, guests[0].name)
        kind = "annulation" if guests else "annulation_recapitulatif"
        key = f"participant:{(guests or told)[0].participant_id}"
        events = entries(file.etape, guests, to[1], cancelled=True)
        subject = subjects.change(file.etape, "Inscription annulée")
        # The page of the whole dossier is the contact’s alone.
        link = file.link if box == here else guests[0].link
        drafts.append(drafted(file, kind, key, to, subject, told, events, link=link))
    return [draft for draft in drafts if draft.to_email]


@dataclass(frozen=True)
class Found:
    """A registration that a lost link finds again; `tour_id` and `etape_id` say whose outbox shows its letter."""

    tour: str
    place: str
    day: str
    people: str
    link: str
    contact: str = ""
    tour_id: int | None = None
    etape_id: int | None = None


def of_lost_link(email: str, subject_key: str, found: Sequence[Found]) -> Draft:
    """Return the one letter that lists every registration of a mailbox, each with a fresh link.

    A reply goes to the team of the étape when one team has them all. The outbox of the last tour shows it; who is
    bound to an étape sees it when it opens nothing of another one.
    """
    contacts, etapes = {each.contact for each in found}, {each.etape_id for each in found}
    context = {"found": [vars(each) for each in found]}
    subject = "Vos inscriptions" if len(found) > 1 else f"{found[0].place} : votre inscription"
    draft = Draft("lien_perdu", subject_key, email, "", french.typo(subject), "lien_perdu", context)
    return replace(
        draft,
        reply_to=contacts.pop() if len(contacts) == 1 else "",
        tour_id=found[-1].tour_id,
        etape_id=etapes.pop() if len(etapes) == 1 else None,
    )


def notice(tour: Tour | Host, etape: Etape | EtapeVue) -> str:
    """Return the information notice that the law asks for (RGPD art. 13 and 14; domain text D1)."""
    address = etape.contact_email or tour.contact_email
    contact = f"l’adresse {address}" if address else tour.organiser_name
    kept = (tour.registration_retention, tour.proof_retention, tour.proof_reason)
    return _notice(tour.organiser_name, tour.name, *kept, contact)


@lru_cache(maxsize=64)
def _notice(organiser: str, name: str, kept: str, proof: str, reason: str, contact: str) -> str:
    return french.typo(
        f"Les informations demandées sont traitées par {organiser} pour gérer l’inscription à {name}, informer des "
        "changements, établir la preuve de présence et des statistiques anonymes. Base légale : mesures prises à la "
        "demande de la personne ; intérêt légitime pour un collègue inscrit. Destinataires : l’équipe de "
        f"{organiser} et, pour l’étape choisie, ses co-organisateurs. Conservation : {kept}, puis anonymisation ; "
        f"feuilles d’émargement : {proof} ({reason}). Le nom de votre organisation pourra être cité dans la fiche "
        "publiée, jamais le vôtre. Vous pouvez accéder à vos données, les rectifier, les faire effacer, en limiter "
        "l’usage ou vous y opposer depuis le lien personnel de ce courriel ou auprès de "
        f"{contact}. Réclamation : www.cnil.fr."
    )


def drafted(
    file: File,
    kind: str,
    subject_key: str,
    to: tuple[str, str],
    subject: str,
    guests: Sequence[Guest],
    events: tuple[Event, ...],
    link: str,
    own_links: bool = False,
) -> Draft:
    """Return a letter about people of a dossier to one mailbox (address, name), with what all such letters share."""
    tour, etape = file.tour, file.etape
    return Draft(
        kind=kind,
        subject_key=subject_key,
        to_email=to[0],
        to_name=to[1],
        subject=subject,
        template=kind.removesuffix("_recapitulatif"),
        context={
            **file.shared,
            "name": to[1],
            "people": [_told(guest, own_links) for guest in guests],
            "link": link,
        },
        events=events,
        organisation_name=file.organisation,
        from_name=tour.name,
        reply_to=etape.contact_email or tour.contact_email,
        tour_id=tour.id,
        etape_id=etape.id,
    )


def _told(guest: Guest, own_link: bool) -> dict[str, Any]:
    seats = [
        {
            "hours": french.hours(seat.starts_at, seat.ends_at) if seat.starts_at else "",
            "title": seat.title,
            "room": seat.room,
            "confirmed": seat.state == CONFIRMEE,
            "offered": seat.state == PROPOSEE,
            "rank": seat.rank,
        }
        for seat in guest.seats
    ]
    return {"name": guest.name, "places": seats, "link": guest.link if own_link else ""}


def _coming(etape: Etape | EtapeVue) -> list[str]:
    """Return how to come, one sentence a line; what is not known yet is said."""
    where = ", ".join(tour_rules.whereabouts(etape)) if etape.venue or etape.address else ""
    welcome = f"Accueil à {french.hour(etape.welcome_at)}." if etape.welcome_at else ""
    unknown = "Lieu à préciser : nous vous écrirons dès qu’il est connu."
    access = etape.access or "Accès : information à venir."
    lines = (where or french.typo(unknown), welcome, etape.transport, french.typo(access), etape.hearing)
    return [line for line in lines if line]


def entries(
    etape: Etape | EtapeVue, guests: Sequence[Guest], reader: str, cancelled: bool = False
) -> tuple[Event, ...]:
    """Return one calendar entry a confirmed place, with the person's name unless it is the reader's own agenda.

    A place given back is told with the state it had.
    """
    named = [guest.name for guest in guests] != [reader]
    return tuple(
        entry(etape, seat, guest.name if named else "", cancelled)
        for guest in guests
        for seat in guest.seats
        if seat.state == CONFIRMEE and (cancelled or not seat.off)
    )


def entry(etape: Etape | EtapeVue, seat: Seat, name: str, cancelled: bool) -> Event:
    """Return the calendar entry of a place, with the name of who holds it where the reader is somebody else."""
    title = french.typo(seat.title)
    at = [datetime.combine(etape.day, hour) if hour else None for hour in (seat.starts_at, seat.ends_at)]
    return Event(
        uid=seat.uid,
        sequence=seat.sequence,
        summary=f"{title} ({name})" if name else title,
        day=etape.day,
        start=at[0],
        end=at[1],
        location=", ".join(filter(None, (seat.room, *tour_rules.whereabouts(etape)))),
        cancelled=cancelled,
    )
