"""The two nights a year when legal time changes: an hour that does not exist, and one that comes twice."""

from collections.abc import Iterable
from datetime import datetime

from tourpaca import clock, french


def gap(wall: datetime) -> str:
    """Return what to type instead of a wall-clock time of Paris that does not exist; empty when it does."""
    told = clock.local(clock.instant_of(wall)).replace(tzinfo=None)
    if told == wall:
        return ""
    return french.typo(
        f"Dans la nuit du {french.long_date(wall.date())}, l’horloge avance d’une heure : {french.hour(wall)} n’existe "
        f"pas. Écrivez {french.hour(told)}, ou une heure d’avant le changement."
    )


def twice(walls: Iterable[datetime | None]) -> list[str]:
    """Return, for each wall-clock time of Paris that comes twice, which one is meant: the first (RFC 5545 §3.3.5)."""
    return [_meant(wall) for wall in dict.fromkeys(walls) if wall and _comes_twice(wall)]


def _comes_twice(wall: datetime) -> bool:
    first, second = (clock.instant_of(wall.replace(fold=fold)) for fold in (0, 1))
    return first < second


def _meant(wall: datetime) -> str:
    return french.typo(
        f"Dans la nuit du {french.long_date(wall.date())}, l’horloge recule et {french.hour(wall)} vient deux fois : "
        "nous retenons la première fois, à l’heure d’été. Pour la seconde, choisissez une heure qui ne se répète pas."
    )
