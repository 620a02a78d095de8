"""The only place where the time of day is read; doors and commands ask here and pass `now` down."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from tourpaca import setting

PARIS = ZoneInfo("Europe/Paris")


def now() -> datetime:
    """Return the present instant, aware, in UTC; TOURPACA_NOW (ISO local time of Paris) stops the clock."""
    return read(setting.fixed_now())


def read(fixed: str) -> datetime:
    """Return the instant of a clock stopped at `fixed`, or the present one; for what runs before the application."""
    if fixed:
        return datetime.fromisoformat(fixed).replace(tzinfo=PARIS).astimezone(UTC)
    return datetime.now(UTC)


def local(instant: datetime) -> datetime:
    """Return an instant as the wall clock of Paris shows it (aware)."""
    return instant.astimezone(PARIS)


def instant(day: date, hour: time) -> datetime:
    """Return the UTC instant of a local date and hour; resolved late, so a change of legal time is followed."""
    return datetime.combine(day, hour, PARIS).astimezone(UTC)


def instant_of(wall: datetime) -> datetime:
    """Return the UTC instant of a naive local date-time of Paris."""
    return wall.replace(tzinfo=PARIS).astimezone(UTC)
