"""A calendar as a person's program keeps it, fed by letters in the order in which they come (RFC 5546)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.message import EmailMessage
from typing import Any

import ics
import vobject
from icalendar import Calendar


@dataclass(frozen=True)
class Read:
    """One entry of a file, as one library reads it; instants in UTC, whole days as dates."""

    method: str
    uid: str
    sequence: int
    summary: str
    location: str
    start: datetime | date
    end: datetime | date


def _utc(moment: Any) -> datetime | date:
    return moment.astimezone(UTC) if isinstance(moment, datetime) else moment


def by_icalendar(file: bytes) -> Read:
    """Read by icalendar."""
    calendar = Calendar.from_ical(file)
    (entry,) = calendar.walk("VEVENT")
    hours = [_utc(entry.decoded(name)) for name in ("DTSTART", "DTEND")]
    texts = str(entry["SUMMARY"]), str(entry.get("LOCATION", ""))
    return Read(str(calendar["METHOD"]), str(entry["UID"]), int(entry["SEQUENCE"]), *texts, *hours)


def by_vobject(file: bytes) -> Read:
    """Read by vobject."""
    calendar = vobject.readOne(file.decode())
    (entry,) = calendar.vevent_list
    hours = [_utc(each.value) for each in (entry.dtstart, entry.dtend)]
    texts = entry.summary.value, entry.location.value if "location" in entry.contents else ""
    return Read(calendar.method.value, entry.uid.value, int(entry.sequence.value), *texts, *hours)


def by_ics(file: bytes) -> Read:
    """Read by ics, which leaves SEQUENCE among what it does not know."""
    calendar = ics.Calendar(file.decode())
    (entry,) = calendar.events
    (sequence,) = [int(each.value) for each in entry.extra if each.name == "SEQUENCE"]
    hours = [each.date() if entry.all_day else _utc(each.datetime) for each in (entry.begin, entry.end)]
    return Read(calendar.method or "", entry.uid, sequence, entry.name, entry.location or "", *hours)


READERS: tuple[Callable[[bytes], Read], ...] = (by_icalendar, by_vobject, by_ics)


@dataclass
class SimulatedCalendar:
    """Entries by UID. A request counts only with a higher sequence; what was cancelled stays away till a newer one."""

    entries: dict[str, Read] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)

    def take(self, read: Read) -> None:
        """Import one entry."""
        last = self.seen.get(read.uid)
        if read.method == "CANCEL":
            if last is not None and read.sequence > last:
                self.entries.pop(read.uid, None)
                self.seen[read.uid] = read.sequence
        elif last is None or read.sequence > last:
            self.entries[read.uid] = read
            self.seen[read.uid] = read.sequence


def files(message: EmailMessage) -> Iterable[bytes]:
    """Return the calendar files of a letter, each judged; the method of its part is that of its body."""
    for part in message.iter_attachments():
        content: bytes = part.get_payload(decode=True)  # type: ignore[assignment]
        judge(content)
        assert f"METHOD:{part.get_param('method')}\r\n".encode() in content
        yield content


def judge(file: bytes) -> None:
    """Refuse a file that some program would not take, or take an hour off."""
    assert b"\n" not in file.replace(b"\r\n", b"")
    assert max(map(len, file.split(b"\r\n"))) <= 75
    for name in (b"UID:", b"DTSTAMP:", b"SEQUENCE:", b"ORGANIZER", b"ATTENDEE"):
        assert file.count(b"\r\n" + name) == 1, name
    timed = [
        line for line in file.split(b"\r\n") if line.startswith((b"DTSTART;", b"DTEND;")) and b"T" in line[8:]
    ]
    if b"DTSTART;VALUE=DATE:" not in file:
        assert timed
        assert all(b"TZID=Europe/Paris:" in line for line in timed), timed
        assert b"BEGIN:VTIMEZONE\r\nTZID:Europe/Paris\r\n" in file


def imported(messages: Iterable[EmailMessage]) -> list[SimulatedCalendar]:
    """Return one calendar a reader, into which every file of the letters was imported in order."""
    calendars = [SimulatedCalendar() for _ in READERS]
    for message in messages:
        for file in files(message):
            for calendar, read in zip(calendars, READERS, strict=True):
                calendar.take(read(file))
    return calendars
