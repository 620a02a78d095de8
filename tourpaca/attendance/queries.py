"""What can be asked about attendance: who is on a list, what was last noted, how many came."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, case, func, or_, select, union

from tourpaca.attendance.models import ABSENT, EXCUSE, PRESENT, SANS_REPONSE, Mark, Presence
from tourpaca.attendance.rules import APRES_COUP, matches
from tourpaca.db import ask, session
from tourpaca.organisations.models import Organisation
from tourpaca.prepared import Prepared
from tourpaca.refusal import Unknown
from tourpaca.registration.models import CONFIRMEE, Participant, Place
from tourpaca.tour.models import ANNULE, Atelier, Etape, Tour


@dataclass(frozen=True)
class Line:
    """One person on the list of an atelier, with what was last noted, by whom and when (aware UTC).

    `number` is the line of the printed sheet: the registered people by NOM, then those added on the spot.
    """

    number: int
    participant_id: int
    last_name: str
    first_name: str
    sort_key: str
    organisation: str
    registered: bool
    status: str
    author: str = ""
    marked_at: datetime | None = None
    reason: str = ""
    source: str = ""

    @property
    def late(self) -> bool:
        """Whether the last mark was typed in after the day (« saisi après coup »)."""
        return self.source == APRES_COUP


@dataclass(frozen=True)
class DeskLine:
    """One person on the sheet of the desk; `ateliers` gives, by créneau id, the number of the atelier they come for."""

    number: int
    last_name: str
    first_name: str
    organisation: str
    ateliers: dict[int, int]


@dataclass(frozen=True)
class Elsewhere:
    """A person of the same étape who is not on this list; `atelier_ids` says on which lists they are."""

    participant_id: int
    last_name: str
    first_name: str
    organisation: str
    atelier_ids: tuple[int, ...]


@dataclass(frozen=True)
class Counts:
    """How many people of an atelier are expected and noted; `walk_ins` are present without a place here."""

    registered: int = 0
    present: int = 0
    walk_ins: int = 0
    absent: int = 0
    excused: int = 0
    unmarked: int = 0


def lines(atelier_id: int, etape_id: int) -> tuple[Line, ...]:
    """Return the list of an atelier: confirmed places in printed order, then people added on the spot."""
    asked = (
        select(
            Participant.id,
            Participant.last_name,
            Participant.first_name,
            Participant.sort_key,
            func.coalesce(Organisation.name, "").label("organisation"),
            Place.id.is_not(None).label("registered"),
            func.coalesce(Presence.status, SANS_REPONSE).label("status"),
            Mark.author_name,
            Mark.marked_at,
            Mark.reason,
            Mark.source,
        )
        .outerjoin(Place, _place_here(atelier_id))
        .outerjoin(
            Presence, and_(Presence.participant_id == Participant.id, Presence.atelier_id == atelier_id)
        )
        .outerjoin(Mark, Mark.id == Presence.mark_id)
        .outerjoin(Organisation, Organisation.id == Participant.organisation_id)
        .where(Participant.etape_id == etape_id, or_(Place.id.is_not(None), Presence.mark_id.is_not(None)))
        .order_by(Place.id.is_(None), Participant.sort_key, Participant.id)
    )
    rows = session().execute(asked)
    return tuple(
        Line(number, *row[:7], row[7] or "", row[8], row[9] or "", row[10] or "")
        for number, row in enumerate(rows, 1)
    )


def _place_here(atelier_id: int) -> ColumnElement[bool]:
    return and_(
        Place.participant_id == Participant.id,
        Place.atelier_id == atelier_id,
        Place.state == CONFIRMEE,
    )


def counts(etape_id: int) -> dict[int, Counts]:
    """Return the counts of every atelier of an étape, by atelier id, in two statements."""
    registered = dict(
        session()
        .execute(
            select(Place.atelier_id, func.count())
            .join(Atelier, Atelier.id == Place.atelier_id)
            .where(Atelier.etape_id == etape_id, Place.state == CONFIRMEE)
            .group_by(Place.atelier_id)
        )
        .all()
    )
    noted = {row.atelier_id: row for row in session().execute(_noted(etape_id))}
    ids = session().scalars(select(Atelier.id).where(Atelier.etape_id == etape_id))
    return {atelier: _counts(registered.get(atelier, 0), noted.get(atelier)) for atelier in ids}


def _counts(registered: int, noted: Row[Any] | None) -> Counts:
    if noted is None:
        return Counts(registered=registered, unmarked=registered)
    return Counts(
        registered,
        noted.present,
        noted.walk_ins,
        noted.absent,
        noted.excused,
        registered - noted.answered,
    )


def _noted(etape_id: int) -> Select[*tuple[Any, ...]]:
    def how_many(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
        return func.count(case((and_(*conditions), 1)))

    here = and_(
        Place.participant_id == Presence.participant_id,
        Place.atelier_id == Presence.atelier_id,
        Place.state == CONFIRMEE,
    )
    return (
        select(
            Presence.atelier_id,
            how_many(Presence.status == PRESENT).label("present"),
            how_many(Presence.status == PRESENT, Place.id.is_(None)).label("walk_ins"),
            how_many(Presence.status == ABSENT).label("absent"),
            how_many(Presence.status == EXCUSE).label("excused"),
            how_many(Presence.status != SANS_REPONSE, Place.id.is_not(None)).label("answered"),
        )
        .join(Atelier, Atelier.id == Presence.atelier_id)
        .outerjoin(Place, here)
        .where(Atelier.etape_id == etape_id)
        .group_by(Presence.atelier_id)
    )


def atelier(etape: Etape, atelier_id: int) -> Atelier:
    """Return an atelier of this étape, or refuse with `Unknown` one that is missing or foreign."""
    for found in etape.ateliers:
        if found.id == atelier_id:
            return found
    raise Unknown("Cet atelier n’est pas au programme de cette étape.")


def desk(etape_id: int) -> tuple[DeskLine, ...]:
    """Return everybody who holds a place at the étape, by NOM, with the ateliers they come for."""
    asked = (
        select(
            Participant.id,
            Participant.last_name,
            Participant.first_name,
            func.coalesce(Organisation.name, ""),
            Atelier.creneau_id,
            Atelier.ordre,
        )
        .join(Place, and_(Place.participant_id == Participant.id, Place.state == CONFIRMEE))
        .join(Atelier, and_(Atelier.id == Place.atelier_id, Atelier.state != ANNULE))
        .outerjoin(Organisation, Organisation.id == Participant.organisation_id)
        .where(Participant.etape_id == etape_id)
        .order_by(Participant.sort_key, Participant.id)
    )
    people: dict[int, DeskLine] = {}
    for id_, last, first, organisation, creneau_id, ordre in session().execute(asked):
        line = people.setdefault(id_, DeskLine(len(people) + 1, last, first, organisation, {}))
        line.ateliers[creneau_id] = ordre
    return tuple(people.values())


_DAY = Prepared(
    select(Etape.day)
    .join(Atelier, Atelier.etape_id == Etape.id)
    .join(Tour, Tour.id == Etape.tour_id)
    .where(Tour.slug == bindparam("t"), Etape.slug == bindparam("e"), Atelier.id == bindparam("a"))
)


def day_of(tour_slug: str, etape_slug: str, atelier_id: int) -> date:
    """Return the day of an atelier of the étape in an address, or refuse with `Unknown`; all that a mark needs."""
    asked = {"t": tour_slug, "e": etape_slug, "a": atelier_id}
    found: date | None = ask(lambda kept: _DAY.value(kept, asked))
    if found is None:
        raise Unknown("Cet atelier n’est pas au programme de cette étape.")
    return found


def elsewhere(etape_id: int, atelier_id: int, typed: str) -> tuple[Elsewhere, ...]:
    """Return the people of the étape whom a search finds and who are not on the list of this atelier."""
    where = _lists_of(etape_id)
    asked = (
        select(Participant, func.coalesce(Organisation.name, ""))
        .outerjoin(Organisation, Organisation.id == Participant.organisation_id)
        .where(Participant.etape_id == etape_id)
        .order_by(Participant.sort_key, Participant.id)
    )
    return tuple(
        Elsewhere(person.id, person.last_name, person.first_name, name, tuple(where[person.id]))
        for person, name in session().execute(asked)
        if atelier_id not in where[person.id] and matches(typed, person.last_name, person.first_name, name)
    )


def _lists_of(etape_id: int) -> dict[int, list[int]]:
    """Return the ateliers on whose lists each person stands, by participant id; a waiting person is on none."""
    live = select(Place.participant_id, Place.atelier_id).where(Place.state == CONFIRMEE)
    seen = select(Presence.participant_id, Presence.atelier_id)
    both = union(live, seen).subquery()
    asked = (
        select(both.c.participant_id, both.c.atelier_id)
        .join(Atelier, Atelier.id == both.c.atelier_id)
        .where(Atelier.etape_id == etape_id)
        .order_by(Atelier.ordre)
    )
    found: dict[int, list[int]] = defaultdict(list)
    for participant_id, atelier_id in session().execute(asked):
        found[participant_id].append(atelier_id)
    return found


def history(participant_id: int, atelier_id: int) -> tuple[Mark, ...]:
    """Return every mark of a person in an atelier, oldest first: nothing noted is ever lost."""
    asked = (
        select(Mark)
        .where(Mark.participant_id == participant_id, Mark.atelier_id == atelier_id)
        .order_by(Mark.id)
    )
    return tuple(session().scalars(asked))
