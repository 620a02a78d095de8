"""What a calendar is told of an atelier: day, hours, room and place, written short so that a change is known later."""

import json
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from tourpaca.tour import rules
from tourpaca.tour.models import ANNULE, Etape
from tourpaca.tour.programme import EtapeVue

DATE, HORAIRE, SALLE, LIEU = "date", "horaire", "salle", "lieu"


@dataclass(frozen=True, slots=True)
class Told:
    """Day, wall-clock hours of Paris (None: unknown), room and place of an atelier, or that it is cancelled."""

    day: date
    starts_at: time | None
    ends_at: time | None
    room: str
    place: str
    cancelled: bool = False

    def written(self) -> str:
        """Return it as a place keeps it."""
        hours = [hour and hour.isoformat("minutes") for hour in (self.starts_at, self.ends_at)]
        facts = [self.day.isoformat(), *hours, self.room, self.place, *([ANNULE] if self.cancelled else [])]
        return json.dumps(facts, ensure_ascii=False, separators=(",", ":"))


def read(text: str) -> Told:
    """Return what `Told.written` wrote."""
    day, starts_at, ends_at, room, place, *rest = json.loads(text)
    first, last = (time.fromisoformat(hour) if hour else None for hour in (starts_at, ends_at))
    return Told(date.fromisoformat(day), first, last, room, place, bool(rest))


def place_of(etape: Etape | EtapeVue | Any) -> str:
    """Return where an étape is, on one line; empty while nothing is known."""
    return ", ".join(filter(None, rules.whereabouts(etape)))


def natures(old: Told, new: Told) -> tuple[str, ...]:
    """Return what moved between two truths: "salle", "horaire", "date", "lieu", the most telling first."""
    moved = (
        (DATE, old.day != new.day),
        (HORAIRE, (old.starts_at, old.ends_at) != (new.starts_at, new.ends_at)),
        (LIEU, old.place != new.place),
        (SALLE, old.room != new.room),
    )
    return tuple(nature for nature, has_moved in moved if has_moved)
