"""Taking places and giving them back: guarded updates of the counters, always in one order of rows.

Ateliers by id, then the étape; the revision of the tour comes last in the action. Two transactions that keep this
order never wait for each other in a circle. A multi-row update takes rows in any order: do not merge these.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import BindParameter, Connection, and_, bindparam, func, or_, select, update

from tourpaca.db import table
from tourpaca.prepared import Asked, Open, Prepared
from tourpaca.registration.models import EN_ATTENTE, Place
from tourpaca.registration.submission import Wish
from tourpaca.tour.models import PREVU, Atelier, Etape

Wishes = Sequence[tuple[int, Wish]]
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
_TAKEN = update(ATELIER).where(_FITS).values(taken=ATELIER.c.taken + _N)
_PROMOTE, _TAKE = Prepared(_TAKEN), Prepared(_TAKEN.where(_NOBODY_WAITS))
_GIVE_BACK = Prepared(update(ATELIER).where(ATELIER.c.id == _ID).values(taken=ATELIER.c.taken - _N))
_LOCK = Prepared(select(ATELIER.c.id).where(ATELIER.c.id == _ID).with_for_update())
_COUNT_WAITING = Prepared(select(func.count()).where(PLACE.c.atelier_id == _ID, PLACE.c.state == EN_ATTENTE))
_ENTER = Prepared(
    update(ETAPE)
    .where(
        ETAPE.c.id == _ID,
        ETAPE.c.state == PREVU,
        or_(ETAPE.c.capacity.is_(None), ETAPE.c.people + _N <= ETAPE.c.capacity),
    )
    .values(people=ETAPE.c.people + _N)
)
_LEAVE = Prepared(update(ETAPE).where(ETAPE.c.id == _ID).values(people=ETAPE.c.people - _N))


@dataclass
class Taken:
    """What was taken: ateliers where the whole group has its places, and the first rank where it would wait."""

    confirmed: Counter[int] = field(default_factory=Counter)
    first_ranks: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Demand:
    """Places asked for and not answered yet: by atelier, how many and whether they fit; and who enters the étape."""

    ateliers: dict[int, tuple[int, Callable[[], bool]]]
    people: int
    entered: Asked


def ask(connection: Open, etape_id: int, wishes: Wishes) -> Demand:
    """Ask for the places wanted by (position, wish) pairs, all or nothing per atelier, and count the people in.

    Nothing is read back here, so that all of it may leave in one exchange, with what is asked next.
    """
    groups = Counter(wish.atelier_id for _, wish in wishes)
    ateliers = {atelier_id: (n, _take(connection, atelier_id, n)) for atelier_id, n in sorted(groups.items())}
    people = len({number for number, _ in wishes})
    return Demand(ateliers, people, _ENTER.ask(connection, {"row_id": etape_id, "n": people}))


def _take(connection: Open, atelier_id: int, n: int) -> Callable[[], bool]:
    # The row is locked first: whether n places fit, and at which rank one would wait, is then true until the commit.
    _LOCK.run(connection, {"row_id": atelier_id})
    asked = _TAKE.ask(connection, {"row_id": atelier_id, "n": n})
    return lambda: asked.count() == 1


def take(connection: Open, etape_id: int, wishes: Wishes, demand: Demand) -> Taken:
    """Return what was taken of a demand; where a group does not fit, tell the first rank it would wait at."""
    outcome = Taken()
    for atelier_id, (n, fits) in demand.ateliers.items():
        if fits():
            outcome.confirmed[atelier_id] = n
        else:
            outcome.first_ranks[atelier_id] = _waiting(connection, atelier_id) + 1
    entering = len({number for number, wish in wishes if wish.atelier_id in outcome.confirmed})
    if not _entered(connection, etape_id, demand, entering):
        return fall_back_to_waiting(connection, outcome)
    return outcome


def _entered(connection: Open, etape_id: int, demand: Demand, entering: int) -> bool:
    """Count out those who only wait, if all had entered; or ask again for fewer."""
    if demand.entered.count():
        leave(connection, etape_id, demand.people - entering)
        return True
    return entering < demand.people and enter(connection, etape_id, entering)


def _waiting(connection: Open, atelier_id: int) -> int:
    return int(_COUNT_WAITING.value(connection, {"row_id": atelier_id}))


def fall_back_to_waiting(connection: Open, outcome: Taken) -> Taken:
    """Give back what was just taken, because the étape is full: the group waits everywhere."""
    give_back(connection, outcome.confirmed)
    ranks = {atelier_id: _waiting(connection, atelier_id) + 1 for atelier_id in outcome.confirmed}
    return Taken(Counter(), {**outcome.first_ranks, **ranks})


def claim(connection: Open, atelier_id: int) -> bool:
    """Take one place that nobody waits for; tell whether there was one."""
    return _TAKE.count(connection, {"row_id": atelier_id, "n": 1}) == 1


def promote(connection: Open, atelier_id: int, n: int = 1) -> bool:
    """Take n places for people who wait, all or none; tell whether there were as many."""
    return _PROMOTE.count(connection, {"row_id": atelier_id, "n": n}) == 1


def give_back(connection: Open, places: Mapping[int, int]) -> None:
    """Free n places in each atelier."""
    for atelier_id, n in sorted(places.items()):
        _GIVE_BACK.run(connection, {"row_id": atelier_id, "n": n})


def lock(connection: Open, atelier_ids: Iterable[int]) -> None:
    """Hold the rows of ateliers, in the order of the house, until the end of the transaction."""
    for atelier_id in sorted(set(atelier_ids)):
        _LOCK.rows(connection, {"row_id": atelier_id})


def lock_etapes(connection: Connection, etape_ids: Iterable[int]) -> None:
    """Hold every atelier of étapes, in the order of the house, until the end of the transaction."""
    asked = select(ATELIER.c.id).where(ATELIER.c.etape_id.in_(list(etape_ids)))
    lock(connection, connection.scalars(asked))


def enter(connection: Open, etape_id: int, people: int) -> bool:
    """Count n more people at an étape; tell whether its capacity allows them."""
    return not people or _ENTER.count(connection, {"row_id": etape_id, "n": people}) == 1


def leave(connection: Open, etape_id: int, people: int) -> None:
    """Count n people fewer at an étape."""
    if people:
        _LEAVE.run(connection, {"row_id": etape_id, "n": people})
