"""Calendar entries: one atelier of one person, as the file that travels in a letter."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tourpaca import calendar_text, calendar_zone
from tourpaca.clock import PARIS

if TYPE_CHECKING:
    import icalendar

PRODID = "-//tourpaca//FR"
DEFAULT_LENGTH = timedelta(hours=1)
Person = tuple[str, str]


def method(event: dict[str, Any]) -> str:
    """Return the iTIP method of an entry: a withdrawn one is CANCEL, never REQUEST (RFC 5546 §3.2.5)."""
    return "CANCEL" if event["cancelled"] else "REQUEST"


def invitation(event: dict[str, Any], organiser: Person, attendee: Person, stamp: datetime) -> str:
    """Return the calendar file of one entry, CRLF lines of at most 75 octets (RFC 5545, RFC 5546).

    `event` is a draft.Event as the outbox keeps it; people are (name, address); `stamp` is aware UTC.
    Hours are written as wall-clock times of Paris with their zone, so they stay right across the change of
    legal time. Nothing personal enters the description: people share their calendars.
    """
    # The zone is spliced in as text: serialising it again would be two thirds of the work.
    zone = calendar_zone.TEXT if event["start"] else ""
    entry = _entry(event, organiser, attendee, stamp).to_ical().decode()
    head = ("BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODID}", f"METHOD:{method(event)}", "")
    return "\r\n".join(head) + zone + entry + "END:VCALENDAR\r\n"


def _entry(event: dict[str, Any], organiser: Person, attendee: Person, stamp: datetime) -> "icalendar.Event":
    from icalendar import Event  # noqa: PLC0415 - 60 ms of import that a web process at rest never needs

    entry = Event()
    entry.add("uid", calendar_text.line(event["uid"]))
    entry.add("dtstamp", stamp)
    entry.add("sequence", event["sequence"])
    entry.add("summary", calendar_text.text(event["summary"]))
    entry.add("status", "CANCELLED" if event["cancelled"] else "CONFIRMED")
    _place_in_time(entry, event)
    for name in ("location", "description"):
        if event[name]:
            entry.add(name, calendar_text.text(event[name]))
    entry.add("organizer", _address(organiser))
    entry.add("attendee", _address(attendee, PARTSTAT="NEEDS-ACTION", RSVP="TRUE", ROLE="REQ-PARTICIPANT"))
    return entry


def _place_in_time(entry: "icalendar.Event", event: dict[str, Any]) -> None:
    """Set the hours, or the whole day while they are unknown (the end of a day is exclusive)."""
    if not event["start"]:
        day = date.fromisoformat(event["day"])
        entry.add("dtstart", day)
        entry.add("dtend", day + timedelta(days=1))
        entry.add("transp", "TRANSPARENT")
        return
    start = datetime.fromisoformat(event["start"])
    end = datetime.fromisoformat(event["end"]) if event["end"] else start + DEFAULT_LENGTH
    entry.add("dtstart", start.replace(tzinfo=PARIS))
    entry.add("dtend", end.replace(tzinfo=PARIS))


def _address(person: Person, **parameters: str) -> "icalendar.vCalAddress":
    from icalendar import vCalAddress, vText  # noqa: PLC0415 - see _entry

    name, address = person
    written = vCalAddress(f"mailto:{address}")
    said = calendar_text.name(name)
    written.params.update({"CN": vText(said)} if said else {}, **parameters)
    return written
