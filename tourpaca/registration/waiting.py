"""Who is next: the queue of an atelier as blocks of people, and the rules that a waiting list follows. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from tourpaca import clock
from tourpaca.tour.models import BLOQUER

OPENS, CLOSES = time(8), time(20)
# Two days of an office, or one when less than three days are left before the étape.
LONG, SHORT, NEAR = timedelta(hours=24), timedelta(hours=12), timedelta(days=3)
# Nobody is asked to answer in less than this, and an answer is needed that long before people are received.
LEAST, LAST = timedelta(hours=2), timedelta(hours=2)


@dataclass(frozen=True)
class Waiting:
    """Somebody who waits for an atelier; `newcomer` when no place of theirs at the étape is taken yet."""

    place_id: int
    participant_id: int
    dossier_id: int
    creneau_id: int
    newcomer: bool
    together: bool = True


@dataclass(frozen=True)
class Block:
    """People who are served together or not at all, in the order of arrival of the first."""

    people: tuple[Waiting, ...]

    @property
    def newcomers(self) -> int:
        """Return how many of them would enter the étape."""
        return sum(each.newcomer for each in self.people)

    def fits(self, free: int | None, room: int | None) -> bool:
        """Tell whether `free` places of the atelier and `room` for people at the étape (None: no limit) hold all."""
        return (free is None or len(self.people) <= free) and (room is None or self.newcomers <= room)


@dataclass(frozen=True)
class Turn:
    """Whose turn it is, and the blocks ahead that were passed over because they do not fit."""

    block: Block
    passed_over: tuple[Block, ...] = ()


def blocks(queue: Iterable[Waiting]) -> list[Block]:
    """Return the blocks of a queue given in order of arrival: colleagues who wait together, the others alone."""
    found: dict[object, list[Waiting]] = {}
    for each in queue:
        key = ("dossier", each.dossier_id) if each.together else ("place", each.place_id)
        found.setdefault(key, []).append(each)
    return [Block(tuple(people)) for people in found.values()]


def next_turn(queue: Sequence[Block], free: int | None, room: int | None, group_rule: str) -> Turn | None:
    """Return who is served next, or None.

    With « bloquer » a block that does not fit keeps its turn and nobody passes; with « passer » the next that fits
    goes before it, which keeps its rank.
    """
    for position, block in enumerate(queue):
        if block.fits(free, room):
            return Turn(block, tuple(queue[:position]))
        if group_rule == BLOQUER:
            return None
    return None


def deadline(now: datetime, beginning: datetime) -> datetime | None:
    """Return until when an offer made now is held (aware), or None when it is too late to ask.

    Two days counted in office hours (Monday to Friday, 8 h to 20 h), one when the étape begins within three days
    (`beginning`, aware); never later than two hours before it.
    """
    length = SHORT if beginning - now < NEAR else LONG
    until = min(after_office_hours(now, length), beginning - LAST)
    return until if until - now >= LEAST else None


def after_office_hours(now: datetime, length: timedelta) -> datetime:
    """Return the instant at which `length` of office hours of Paris have gone by."""
    at, left = clock.local(now).replace(tzinfo=None), length
    while True:
        opens, closes = (datetime.combine(at.date(), hour) for hour in (OPENS, CLOSES))
        at = max(at, opens)
        day = closes - at if at.weekday() < 5 else timedelta(0)
        if left <= day:
            return clock.instant_of(at + left)
        left -= max(day, timedelta(0))
        at = datetime.combine(at.date() + timedelta(days=1), OPENS)
