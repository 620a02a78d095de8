"""A dossier read whole: its étape, its people and their places with ranks, as pages show it and letters tell it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from tourpaca import clock, setting
from tourpaca.registration import letters, links
from tourpaca.registration.models import EN_ATTENTE, LIVE, PASSEE, PROPOSEE, Dossier, Participant, Place
from tourpaca.tour import rules as tour_rules
from tourpaca.tour.models import ANNULE, Atelier, Creneau, Etape, Thematique

Seats = dict[int, list["Held"]]


@dataclass(frozen=True)
class Held:
    """A live place, with the atelier it is in; `rank` is 0 when confirmed, `off` when nothing takes place there."""

    place_id: int
    participant_id: int
    atelier_id: int
    creneau_id: int
    uid: str
    sequence: int
    state: str
    rank: int
    title: str
    room: str
    starts_at: time | None
    ends_at: time | None
    changed_at: datetime
    offered_until: datetime | None
    off: bool

    @property
    def offered(self) -> bool:
        """Tell whether the place is held out and waits for an answer."""
        return self.state == PROPOSEE

    @property
    def answer_before(self) -> datetime | None:
        """Return until when an offer is, or was, held: the wall clock of Paris."""
        return clock.local(self.offered_until) if self.offered_until else None

    @property
    def waiting(self) -> bool:
        """Tell whether the place is only waited for."""
        return self.state == EN_ATTENTE


def rank_of_place() -> ColumnElement[int]:
    """Return the rank of a waiting place among those of its atelier, 0 for the others, as a column."""
    ahead = aliased(Place)
    return (
        select(func.count(ahead.id))
        .where(
            ahead.atelier_id == Place.atelier_id,
            ahead.state == EN_ATTENTE,
            ahead.id <= Place.id,
            Place.state == EN_ATTENTE,
        )
        .correlate(Place)
        .scalar_subquery()
    )


def held(session: Session, *where: ColumnElement[bool]) -> Sequence[Held]:
    """Return the live places that answer to conditions on Participant and Place, in the order of the programme."""
    return _places(session, Place.state.in_(LIVE), *where)


def passed(session: Session, *where: ColumnElement[bool]) -> Sequence[Held]:
    """Return the offers that ended unanswered, but for an atelier where the person waits or comes again."""
    again = aliased(Place)
    live = select(again.id).where(
        again.participant_id == Place.participant_id,
        again.atelier_id == Place.atelier_id,
        or_(again.state.in_(LIVE), and_(again.state == PASSEE, again.id > Place.id)),
    )
    return _places(session, Place.state == PASSEE, ~live.exists(), *where)


def _places(session: Session, *where: ColumnElement[bool]) -> Sequence[Held]:
    asked = (
        select(
            Place.id.label("place_id"),
            Place.participant_id,
            Place.atelier_id,
            Place.creneau_id,
            Place.uid,
            Place.calendar_sequence.label("sequence"),
            Place.state,
            rank_of_place().label("rank"),
            Thematique.title,
            Etape.kind,
            Atelier.room,
            Creneau.starts_at,
            Creneau.ends_at,
            Place.changed_at,
            Place.offered_until,
            or_(Atelier.state == ANNULE, Etape.state == ANNULE).label("off"),
        )
        .join(Participant, Participant.id == Place.participant_id)
        .join(Atelier, Atelier.id == Place.atelier_id)
        .join(Creneau, Creneau.id == Atelier.creneau_id)
        .join(Etape, Etape.id == Atelier.etape_id)
        .outerjoin(Thematique, Thematique.id == Atelier.thematique_id)
        .where(*where)
        .order_by(Place.participant_id, Creneau.ordre, Place.id)
    )
    return [_held(row) for row in session.execute(asked)]


def _held(row: Any) -> Held:
    facts = dict(row._mapping)
    event = tour_rules.kind_name(Etape(kind=facts.pop("kind"))).capitalize()
    return Held(**{**facts, "title": facts["title"] or event, "off": bool(facts["off"])})


def dossier(session: Session, dossier_id: int) -> Dossier:
    """Return a dossier with its étape's facts within reach; it exists."""
    return session.execute(
        select(Dossier).where(Dossier.id == dossier_id).options(selectinload(Dossier.participants))
    ).scalar_one()


def etape(session: Session, etape_id: int) -> Etape:
    """Return an étape with its tour."""
    return session.execute(
        select(Etape).where(Etape.id == etape_id).options(joinedload(Etape.tour))
    ).scalar_one()


def to_tell(session: Session, dossier_id: int) -> letters.File:
    """Return what the letters of a dossier tell, with links that open; who was cancelled is no longer in it."""
    found = dossier(session, dossier_id)
    place = etape(session, found.etape_id)
    seats: Seats = {}
    for seat in held(session, Participant.dossier_id == dossier_id):
        seats.setdefault(seat.participant_id, []).append(seat)
    guests = tuple(
        _guest(found, number, person, seats.get(person.id, []))
        for number, person in enumerate(found.participants)
        if person.cancelled_at is None
    )
    _make_links_stand(session, found, place)
    return letters.File(
        found.id,
        place.tour,
        place,
        found.organisation_typed,
        found.contact_name,
        found.contact_email,
        _link(found, None),
        guests,
    )


def _guest(found: Dossier, number: int, person: Participant, seats: list[Held]) -> letters.Guest:
    name = f"{person.first_name} {person.last_name}".strip()
    told = tuple(seat(each) for each in seats)
    return letters.Guest(person.id, name, person.email, told, _link(found, number))


def seat(place: Held) -> letters.Seat:
    """Return a place as a letter tells it."""
    return letters.Seat(
        place.uid,
        place.title,
        place.room,
        place.starts_at,
        place.ends_at,
        place.state,
        place.rank,
        place.sequence,
        place.off,
        place.place_id,
    )


def _link(found: Dossier, number: int | None) -> str:
    """Return the address of a page: derived from the submission, or where a lost link is asked for."""
    if found.submission_key is None:
        return f"{setting.base_url()}/retrouver"
    return links.address(links.token_of(found.submission_key, number))


def _make_links_stand(session: Session, found: Dossier, place: Etape) -> None:
    """The secret key may have changed since the dossier was written: what its letters give must open."""
    if found.submission_key is None:
        return
    numbers = [(None, None), *((number, person.id) for number, person in enumerate(found.participants))]
    rows = [
        links.row(links.token_of(found.submission_key, number), place.day, found.id, participant_id)
        for number, participant_id in numbers
    ]
    links.stand(session.connection(), rows)


def leaving(guests: Sequence[letters.Guest]) -> list[letters.Guest]:
    """Return guests as a cancellation tells them: each calendar entry one sequence further."""
    return [
        replace(guest, seats=tuple(replace(seat, sequence=seat.sequence + 1) for seat in guest.seats))
        for guest in guests
    ]


def of_live_people(dossier_id: int) -> ColumnElement[bool]:
    """Return the condition of the people of a dossier who still come."""
    return and_(Participant.dossier_id == dossier_id, Participant.cancelled_at.is_(None))
