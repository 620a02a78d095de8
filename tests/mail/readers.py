"""Three readers of calendar files, so that what one of them forgives another one tells."""

from datetime import UTC
from typing import Any

import ics
import vobject
from icalendar import Calendar


def by_icalendar(file: bytes) -> tuple[Any, ...]:
    """Return method, uid, summary and start (UTC) of the one entry of a file."""
    calendar = Calendar.from_ical(file)
    (entry,) = calendar.walk("VEVENT")
    start = entry.decoded("dtstart").astimezone(UTC)
    return calendar["METHOD"], entry["UID"], entry["SUMMARY"], start


def by_vobject(file: bytes) -> tuple[Any, ...]:
    """The same, by another library."""
    calendar = vobject.readOne(file.decode())
    calendar.validate()
    (entry,) = calendar.vevent_list
    return calendar.method.value, entry.uid.value, entry.summary.value, entry.dtstart.value.astimezone(UTC)


def by_ics(file: bytes) -> tuple[Any, ...]:
    """The same, by a third one."""
    calendar = ics.Calendar(file.decode())
    (entry,) = calendar.events
    return calendar.method, entry.uid, entry.name, entry.begin.datetime.astimezone(UTC)


def agreed(file: bytes) -> tuple[Any, ...]:
    """Return what the three readers read, which must be the same."""
    ours, others = by_icalendar(file), (by_vobject(file), by_ics(file))
    assert others == (ours, ours)
    return ours
