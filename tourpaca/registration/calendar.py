"""Calendar files of what is held: the one that the personal page gives, and the feeds that follow by themselves."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from tourpaca import calendar_text, calendar_zone, french
from tourpaca.clock import PARIS
from tourpaca.registration.queries import MyRegistration
from tourpaca.tour.told import place_of

if TYPE_CHECKING:
    from icalendar import Calendar, Event

LENGTH = timedelta(hours=1)
REFRESH = timedelta(hours=1)
CONTENT_TYPE = "text/calendar; charset=utf-8"


def of_registration(page: MyRegistration, now: datetime) -> str:
    """Return the confirmed places of a page as an RFC 5545 file; `now` (aware) stamps it. Holds no personal link."""
    named = len(page.coming) > 1
    return _written(
        _calendar(),
        (
            entry(page.etape, place, now, person.name if named else "")
            for person in page.coming
            for place in person.places
            if not place.waiting and not place.off
        ),
    )


def feed(name: str, entries: Iterable["Event"]) -> str:
    """Return a calendar to subscribe to; the same entries always give the same bytes.

    It bears no METHOD: nobody is asked to answer, a subscriber only looks (RFC 5545 §3.7.2).
    """
    from icalendar import vText  # noqa: PLC0415 - 60 ms of import that most requests never need

    calendar = _calendar()
    calendar.add(
        "x-wr-calname", vText(calendar_text.line(name))
    )  # unknown to the library, which would not escape it
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    return _written(calendar, entries)


def _calendar() -> "Calendar":
    from icalendar import Calendar  # noqa: PLC0415 - see feed

    calendar = Calendar()
    calendar.add("prodid", "-//tourpaca//FR")
    calendar.add("version", "2.0")
    return calendar


def _written(calendar: "Calendar", entries: Iterable["Event"]) -> str:
    """Return the file; it holds its zone even when it holds nothing else, since a calendar may not be empty."""
    calendar.add_component(calendar_zone.component())
    for each in entries:
        calendar.add_component(each)
    return calendar.to_ical().decode()


def entry(etape: Any, place: Any, stamp: datetime, name: str = "") -> "Event":
    """Return the entry of a place at an étape, with the name of whose it is when the reader is somebody else."""
    from icalendar import Event  # noqa: PLC0415 - see feed

    entry = Event()
    entry.add("uid", place.uid)
    entry.add("dtstamp", stamp)
    entry.add("sequence", place.sequence)
    title = french.typo(place.title)
    entry.add("summary", calendar_text.text(f"{title} ({name})" if name else title))
    where = ", ".join(filter(None, (place.room, place_of(etape))))
    if where:
        entry.add("location", calendar_text.text(where))
    if place.starts_at is None:
        entry.add("dtstart", etape.day)
        entry.add("dtend", etape.day + timedelta(days=1))
        return entry
    start = datetime.combine(etape.day, place.starts_at, PARIS)
    end = datetime.combine(etape.day, place.ends_at, PARIS) if place.ends_at else start + LENGTH
    entry.add("dtstart", start)
    entry.add("dtend", end)
    return entry
