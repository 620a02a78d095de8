"""Adding a person who was not expected: a dossier of their own, and the number of the room looked at first."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, and_, func, or_, select, union
from sqlalchemy.orm import Session

from tourpaca import french
from tourpaca.attendance import rules
from tourpaca.attendance.models import PRESENT, Presence
from tourpaca.attendance.rules import Arrival
from tourpaca.journal.models import Act
from tourpaca.organisations.attachment import recognise
from tourpaca.organisations.models import Organisation
from tourpaca.refusal import Refused, Unknown
from tourpaca.registration.models import CONFIRMEE, SUR_PLACE, Dossier, Participant, Place
from tourpaca.registration.rules import identity_key
from tourpaca.tour.models import ANNULE, Atelier, Etape


@dataclass(frozen=True)
class Room:
    """An atelier as the door needs it: where, when, and its number (None: no limit)."""

    atelier_id: int
    etape_id: int
    tour_id: int
    day: date
    ordre: int
    limit: int | None


def room(session: Session, atelier_id: int) -> Room:
    """Return an atelier, held until the end of the transaction so that two doors count one after the other.

    Refuses one that does not exist, and one that is cancelled with or without its étape.
    """
    held = session.scalars(select(Atelier).where(Atelier.id == atelier_id).with_for_update()).first()
    if held is None:
        raise Unknown("Cet atelier n’est pas au programme de cette étape.")
    etape = session.get_one(Etape, held.etape_id)
    if ANNULE in {held.state, etape.state}:
        raise Refused(
            "Cet atelier est annulé : personne ne peut y être accueilli. Ce que vous avez saisi est conservé."
        )
    limits = [n for n in (held.capacity, held.room_capacity) if n is not None]
    return Room(held.id, etape.id, etape.tour_id, etape.day, held.ordre, min(limits, default=None))


def check_number(session: Session, room: Room, participant_id: int | None, reason: str) -> None:
    """Refuse one person over the number of the room, unless they are counted in it already or a reason says why."""
    if participant_id is None or not _is_here(session, room, participant_id):
        rules.check_room(session.scalar(_people_here(room)) or 0, room.limit, reason)


def _people_here(room: Room) -> Select[int]:
    """Count who holds a place in the room, with who is present in it without one."""
    placed = select(Place.participant_id).where(Place.atelier_id == room.atelier_id, Place.state == CONFIRMEE)
    present = select(Presence.participant_id).where(
        Presence.atelier_id == room.atelier_id, Presence.status == PRESENT
    )
    return select(func.count()).select_from(union(placed, present).subquery())


def _is_here(session: Session, room: Room, participant_id: int) -> bool:
    placed = select(Place.id).where(
        Place.atelier_id == room.atelier_id,
        Place.participant_id == participant_id,
        Place.state == CONFIRMEE,
    )
    noted = session.get(Presence, (participant_id, room.atelier_id))
    return session.scalar(placed) is not None or (noted is not None and noted.status == PRESENT)


def added_by(session: Session, nonce: str) -> int | None:
    """Return the participant whom this gesture added, when it was sent before."""
    asked = select(Participant.id).join(Participant.dossier).where(Dossier.submission_key == nonce)
    return session.scalar(asked)


def find_or_add(session: Session, act: Act, room: Room, arrival: Arrival, nonce: str) -> tuple[int, bool]:
    """Return the person, and whether the étape knew them; the number of the room is checked first."""
    first, last = rules.split_name(arrival.name)
    typed = " ".join(arrival.organisation.split())
    body = recognise(session, typed, act.now, origin=SUR_PLACE) if typed else None
    known = _namesake(session, room.etape_id, identity_key(first, last), body)
    check_number(session, room, known, arrival.reason)
    if known is not None:
        return known, True
    dossier = Dossier(
        etape_id=room.etape_id,
        organisation_id=body,
        organisation_typed=typed,
        source=SUR_PLACE,
        submission_key=nonce,
        created_at=act.now,
    )
    person = Participant(
        dossier=dossier,
        etape_id=room.etape_id,
        organisation_id=body,
        first_name=first,
        last_name=last,
        email=arrival.email,
        sort_key=french.sort_key(last, first),
        identity_key=identity_key(first, last),
    )
    session.add(person)
    session.flush()
    return person.id, False


def _namesake(session: Session, etape_id: int, key: str, body: int | None) -> int | None:
    """Return the one person of that name and body at the étape; two namesakes, or another body, are somebody else."""
    own, theirs = Organisation.__table__.alias(), Organisation.__table__.alias()
    asked = (
        select(Participant.id)
        .outerjoin(own, own.c.id == Participant.organisation_id)
        .outerjoin(theirs, theirs.c.id == body)
        .where(Participant.etape_id == etape_id, Participant.identity_key == key)
        .where(or_(own.c.root_id == theirs.c.root_id, and_(own.c.id.is_(None), theirs.c.id.is_(None))))
    )
    found = session.scalars(asked).all()
    return found[0] if len(found) == 1 else None


def told(room: Room, arrival: Arrival, known: bool) -> str:
    """Return the sentence of the journal: the organisation, never the person."""
    whose = f" de {' '.join(arrival.organisation.split())}" if arrival.organisation.strip() else ""
    how = "qui était attendue ailleurs" if known else "sur place"
    over = ", au-delà du nombre de places" if arrival.reason.strip() else ""
    return f"Une personne{whose} accueillie {how}, atelier {room.ordre}{over}."
