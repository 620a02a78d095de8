"""An address that a mail server refuses: whom it serves, and giving them another one everywhere at once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from tourpaca.db import session
from tourpaca.mail import addresses, outbox
from tourpaca.mail.models import Letter
from tourpaca.refusal import Refused
from tourpaca.registration.models import Dossier, Participant
from tourpaca.tour.models import Etape

LOST = "Cette adresse n’est plus celle d’une inscription : rien n’a été changé."


@dataclass(frozen=True)
class Served:
    """Whom an address serves, by name, and how many letters to it did not arrive."""

    people: tuple[str, ...]
    letters: int


def served(tour_id: int, etape_id: int | None, email: str) -> Served:
    """Return whom an address of a tour (of one étape) serves: people, and contacts of registrations."""
    found = session()
    asked = select(Participant.first_name, Participant.last_name).distinct().order_by(Participant.last_name)
    rows = found.execute(
        asked.where(*_holds(Participant.email, Participant.etape_id, tour_id, etape_id, email))
    )
    names = [f"{first} {last}".strip() for first, last in rows]
    contacts = select(Dossier.contact_name).distinct().order_by(Dossier.contact_name)
    names += found.scalars(
        contacts.where(*_holds(Dossier.contact_email, Dossier.etape_id, tour_id, etape_id, email))
    )
    waiting = select(func.count()).select_from(Letter).where(*outbox.unheard(tour_id, etape_id, email))
    return Served(tuple(dict.fromkeys(filter(None, names))), found.scalar(waiting) or 0)


def check(old: str, new: str) -> None:
    """Refuse an address that cannot be written to, and the one that was refused (field `email`)."""
    fault = addresses.fault(new)
    if fault:
        raise Refused(fault, "email")
    if new == old.lower():
        raise Refused("C’est l’adresse que le serveur a refusée. Indiquez-en une autre.", "email")


def change(session: Session, tour_id: int, etape_id: int | None, old: str, new: str, now: datetime) -> int:
    """Write an address in place of another, and on the letters that wait for it; return how many of these leave.

    Refuses an address that no registration holds.
    """
    of_people = _holds(Participant.email, Participant.etape_id, tour_id, etape_id, old)
    of_contacts = _holds(Dossier.contact_email, Dossier.etape_id, tour_id, etape_id, old)
    people = session.connection().execute(update(Participant).where(*of_people).values(email=new))
    contacts = session.connection().execute(update(Dossier).where(*of_contacts).values(contact_email=new))
    if not people.rowcount + contacts.rowcount:
        raise Refused(LOST)
    return outbox.readdress(session, tour_id, etape_id, old, new, now)


def _holds(
    column: InstrumentedAttribute[str],
    of: InstrumentedAttribute[int],
    tour_id: int,
    etape_id: int | None,
    email: str,
) -> list[ColumnElement[bool]]:
    """Return what chooses the rows that hold an address, in a tour or in one étape of it."""
    mine = [of == etape_id] if etape_id is not None else []
    return [
        func.lower(column) == email.lower(),
        of.in_(select(Etape.id).where(Etape.tour_id == tour_id)),
        *mine,
    ]
