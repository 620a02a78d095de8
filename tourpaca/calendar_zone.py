"""Europe/Paris as calendars want it written: one VTIMEZONE, for letters and for the public feed alike."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from icalendar import Timezone

NAME = "Europe/Paris"

# The two rules in force since 1996, which hold for every year to come. The library would write a list of dates that
# stops in 2038; a rule is shorter and does not stop (RFC 5545 §3.6.5).
TEXT = "\r\n".join(
    (
        "BEGIN:VTIMEZONE",
        f"TZID:{NAME}",
        "BEGIN:DAYLIGHT",
        "DTSTART:19810329T020000",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
        "TZNAME:CEST",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0200",
        "END:DAYLIGHT",
        "BEGIN:STANDARD",
        "DTSTART:19961027T030000",
        "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
        "TZNAME:CET",
        "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0100",
        "END:STANDARD",
        "END:VTIMEZONE",
        "",
    )
)


@cache
def component() -> "Timezone":
    """Return the VTIMEZONE as a component to add to a calendar; never change it, it is shared."""
    from icalendar import Timezone  # noqa: PLC0415

    return Timezone.from_ical(TEXT)  # type: ignore[return-value]
