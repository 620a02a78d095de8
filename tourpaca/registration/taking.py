"""Taking places and giving them back: guarded updates of the counters, always in one order of rows.

Ateliers by id, then the étape; the revision of the tour comes last in the action. Two transactions that keep this
order never wait for each other in a circle. A multi-row update takes rows in any order: do not merge these.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import BindParameter, and_, bindparam, func, or_, select, update
from sqlalchemy.engine import Connection

from tourpaca.db import table
from tourpaca.registration.models import EN_ATTENTE, Place
from tourpaca.tour.models import PREVU, Atelier, Etape

ATELIER, ETAPE, PLACE = table(Atelier), table(Etape), table(Place)
_N: BindParameter[int] = bindparam("n")
_ID: BindParameter[int] = bindparam("row_id")

_NOBODY_WAITS = ~select(PLACE.c.id).where(PLACE.c.atelier_id == _ID, PLACE.c.state == EN_ATTENTE).exists()
_FITS = and_(
    ATELIER.c.id == _ID,
    ATELIER.c.state == PREVU,
    or_(ATELIER.c.capacity.is_(None), ATELIER.c.taken + _N <= ATELIER.c.capacity),
    or_(ATELIER.c.room_capacity.is_(None), ATELIER.c.taken + _N <= ATELIER.c.room_capacity),
)
_PROMOTE = update(ATELIER).where(_FITS).values(taken=ATELIER.c.taken + _N)
_TAKE = _PROMOTE.where(_NOBODY_WAITS)
_GIVE_BACK = update(ATELIER).where(ATELIER.c.id == _ID).values(taken=ATELIER.c.taken - _N)
_LOCK = select(ATELIER.c.id).where(ATELIER.c.id == _ID).with_for_update()
_COUNT_WAITING = select(func.count()).where(PLACE.c.atelier_id == _ID, PLACE.c.state == EN_ATTENTE)
_ENTER = (
    update(ETAPE)
    .where(
        ETAPE.c.id == _ID,
        ETAPE.c.state == PREVU,
        or_(ETAPE.c.capacity.is_(None), ETAPE.c.people + _N <= ETAPE.c.capacity),
    )
    .values(people=ETAPE.c.people + _N)
)
_LEAVE = update(ETAPE).where(ETAPE.c.id == _ID).values(people=ETAPE.c.people - _N)


@dataclass
class Taken:
    """What was taken: ateliers where the whole group has its places, and the first rank where it would wait."""

    confirmed: Counter[int] = field(default_factory=Counter)
    first_ranks: dict[int, int] = field(default_factory=dict)


def take(connection: Connection, demand: Mapping[int, int]) -> Taken:
    """Take n places in each atelier of `demand`, all or nothing per atelier; where they do not fit, tell the rank.

    The row of a full atelier is locked before the rank is read, so that two groups never get the same one.
    """
    outcome = Taken()
    for atelier_id, n in sorted(demand.items()):
        if _take(connection, atelier_id, n):
            outcome.confirmed[atelier_id] = n
        else:
            outcome.first_ranks[atelier_id] = _waiting(connection, atelier_id) + 1
    return outcome


def _take(connection: Connection, atelier_id: int, n: int) -> bool:
    asked = {"row_id": atelier_id, "n": n}
    if connection.execute(_TAKE, asked).rowcount == 1:
        return True
    connection.execute(_LOCK, {"row_id": atelier_id})
    return connection.execute(_TAKE, asked).rowcount == 1


def _waiting(connection: Connection, atelier_id: int) -> int:
    return int(connection.execute(_COUNT_WAITING, {"row_id": atelier_id}).scalar_one())


def fall_back_to_waiting(connection: Connection, outcome: Taken) -> Taken:
    """Give back what was just taken, because the étape is full: the group waits everywhere."""
    give_back(connection, outcome.confirmed)
    ranks = {atelier_id: _waiting(connection, atelier_id) + 1 for atelier_id in outcome.confirmed}
    return Taken(Counter(), {**outcome.first_ranks, **ranks})


def promote(connection: Connection, atelier_id: int) -> bool:
    """Take one place for somebody who waits; tell whether there was one."""
    return connection.execute(_PROMOTE, {"row_id": atelier_id, "n": 1}).rowcount == 1


def give_back(connection: Connection, places: Mapping[int, int]) -> None:
    """Free n places in each atelier."""
    for atelier_id, n in sorted(places.items()):
        connection.execute(_GIVE_BACK, {"row_id": atelier_id, "n": n})


def lock(connection: Connection, atelier_ids: Iterable[int]) -> None:
    """Hold the rows of ateliers, in the order of the house, until the end of the transaction."""
    for atelier_id in sorted(set(atelier_ids)):
        connection.execute(_LOCK, {"row_id": atelier_id})


def enter(connection: Connection, etape_id: int, people: int) -> bool:
    """Count n more people at an étape; tell whether its capacity allows them."""
    return not people or connection.execute(_ENTER, {"row_id": etape_id, "n": people}).rowcount == 1


def leave(connection: Connection, etape_id: int, people: int) -> None:
    """Count n people fewer at an étape."""
    if people:
        connection.execute(_LEAVE, {"row_id": etape_id, "n": people})
