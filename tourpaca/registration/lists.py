"""The lists that the team reads: who is registered, who waits, and what is free."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from tourpaca import clock, french
from tourpaca.db import session
from tourpaca.organisations.models import Organisation
from tourpaca.refusal import Unknown
from tourpaca.registration import files
from tourpaca.registration.models import EN_ATTENTE, PROPOSEE, Dossier, Participant, Place
from tourpaca.tour import rules as tour_rules
from tourpaca.tour.models import PREVU, Atelier, Creneau, Etape, Thematique

PAGE = 100
VIENNENT, ATTENDENT, ANNULEES = "viennent", "attendent", "annulees"
INJOIGNABLES = "injoignables"


@dataclass(frozen=True)
class Line:
    """One person of the list, with the places they hold."""

    participant_id: int
    name: str
    organisation: str
    email: str
    place_name: str
    access_needs: str
    cancelled: bool
    places: tuple[files.Held, ...]


@dataclass(frozen=True)
class Page:
    """One page of the list, and how many people answer to the search in all."""

    lines: tuple[Line, ...]
    total: int
    number: int

    @property
    def has_next(self) -> bool:
        """Tell whether more people follow."""
        return self.number * PAGE < self.total


@dataclass(frozen=True)
class Queue:
    """The people who wait for one atelier, first come first; `free` places could be given (None: no limit)."""

    label: str
    hours: str
    place_name: str
    free: int | None
    people: tuple[Any, ...]

    @property
    def open(self) -> bool:
        """Tell whether somebody could be given a place now."""
        return self.free is None or self.free > 0


def people(
    tour_id: int,
    etape_id: int | None = None,
    text: str = "",
    state: str = VIENNENT,
    number: int = 1,
    only: Collection[int] = (),
) -> Page:
    """Return the people of a tour (or of one étape) whose name, organisation or e-mail hold every word of `text`.

    `state` is one of VIENNENT, ATTENDENT (wait for a place), ANNULEES, INJOIGNABLES (receive nothing: `only` names
    them). Two statements, whatever the size.
    """
    where = [
        Etape.tour_id == tour_id,
        *_of_state(state),
        *(_holds(word) for word in french.fold(text).split()),
    ]
    if etape_id is not None:
        where.append(Participant.etape_id == etape_id)
    if state == INJOIGNABLES:
        where.append(Participant.id.in_(only))
    rows = session().execute(_lines(where).limit(PAGE).offset((number - 1) * PAGE)).all()
    places: dict[int, list[files.Held]] = {}
    for place in files.held(session(), Participant.id.in_([row.Participant.id for row in rows])):
        places.setdefault(place.participant_id, []).append(place)
    lines = tuple(_line(row, tuple(places.get(row.Participant.id, ()))) for row in rows)
    return Page(lines, rows[0].total if rows else 0, number)


def _lines(where: Sequence[ColumnElement[bool]]) -> Any:
    return (
        select(Participant, Dossier, Etape, func.count().over().label("total"))
        .join(Dossier, Dossier.id == Participant.dossier_id)
        .join(Etape, Etape.id == Participant.etape_id)
        .outerjoin(Organisation, Organisation.id == Participant.organisation_id)
        .where(*where)
        .order_by(Participant.sort_key, Participant.id)
    )


def _of_state(state: str) -> tuple[ColumnElement[bool], ...]:
    if state == ANNULEES:
        return (Participant.cancelled_at.is_not(None),)
    coming = Participant.cancelled_at.is_(None)
    if state != ATTENDENT:
        return (coming,)
    waits = select(Place.id).where(Place.participant_id == Participant.id, Place.state == EN_ATTENTE)
    return (coming, waits.exists())


def _holds(word: str) -> ColumnElement[bool]:
    typed = func.lower(Dossier.organisation_typed)
    fields = (Participant.sort_key, Organisation.sort_key, Participant.email, Dossier.contact_email, typed)
    return or_(*(field.contains(word, autoescape=True) for field in fields))


def _line(row: Any, places: tuple[files.Held, ...]) -> Line:
    person, dossier, etape = row.Participant, row.Dossier, row.Etape
    return Line(
        person.id,
        f"{person.last_name.upper()} {person.first_name}".strip(),
        dossier.organisation_typed,
        person.email or dossier.contact_email,
        etape.place_name,
        dossier.access_needs,
        person.cancelled_at is not None,
        places,
    )


def queues(tour_id: int, etape_id: int | None = None) -> list[Queue]:
    """Return the waiting lists of a tour (or of one étape), those that a free place could shorten first."""
    asked = _waiting(tour_id)
    if etape_id is not None:
        asked = asked.where(Etape.id == etape_id)
    found: dict[int, list[Any]] = {}
    for row in session().execute(asked):
        found.setdefault(row.Atelier.id, []).append(row)
    return sorted((_queue(rows) for rows in found.values()), key=lambda queue: not queue.open)


def _waiting(tour_id: int) -> Any:
    return (
        select(
            Place.id.label("place_id"),
            Place.state,
            Place.offered_until,
            Participant,
            Dossier,
            Atelier,
            Creneau,
            Etape,
            Thematique,
        )
        .join(Participant, Participant.id == Place.participant_id)
        .join(Dossier, Dossier.id == Participant.dossier_id)
        .join(Atelier, Atelier.id == Place.atelier_id)
        .join(Creneau, Creneau.id == Atelier.creneau_id)
        .join(Etape, Etape.id == Atelier.etape_id)
        .outerjoin(Thematique, Thematique.id == Atelier.thematique_id)
        .where(Place.state.in_((EN_ATTENTE, PROPOSEE)), Etape.tour_id == tour_id, Atelier.state == PREVU)
        .order_by(Etape.day, Creneau.ordre, Atelier.ordre, Place.id)
    )


def _queue(rows: list[Any]) -> Queue:
    atelier, creneau, etape, theme = rows[0].Atelier, rows[0].Creneau, rows[0].Etape, rows[0].Thematique
    return Queue(
        theme.label if theme else tour_rules.kind_name(etape).capitalize(),
        french.hours(creneau.starts_at, creneau.ends_at) if creneau.starts_at else "",
        etape.place_name,
        tour_rules.free_places(atelier, etape).left,
        tuple(
            {
                "place_id": row.place_id,
                "name": f"{row.Participant.last_name.upper()} {row.Participant.first_name}".strip(),
                "organisation": row.Dossier.organisation_typed,
                "offered_until": clock.local(row.offered_until) if row.state == PROPOSEE else None,
            }
            for row in rows
        ),
    )


def person(tour_id: int, participant_id: int, etape_id: int | None = None) -> Line:
    """Return one person of a tour, or refuse with `Unknown`; a foreign étape's looks missing."""
    where = [Participant.id == participant_id, Etape.tour_id == tour_id]
    if etape_id is not None:
        where.append(Participant.etape_id == etape_id)
    row = session().execute(_lines(where)).first()
    if row is None:
        raise Unknown("Cette personne n’est pas inscrite.")
    return _line(row, tuple(files.held(session(), Participant.id == participant_id)))


def waiting_place(tour_id: int, place_id: int, etape_id: int | None = None) -> int:
    """Return the id of a place of a tour, or refuse with `Unknown`; a foreign étape's looks missing."""
    asked = (
        select(Place.id)
        .join(Participant, Participant.id == Place.participant_id)
        .join(Etape, and_(Etape.id == Participant.etape_id, Etape.tour_id == tour_id))
        .where(Place.id == place_id)
    )
    found = session().scalar(asked if etape_id is None else asked.where(Etape.id == etape_id))
    if found is None:
        raise Unknown("Cette place n’existe pas.")
    return found
