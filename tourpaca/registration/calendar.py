"""The calendar file that the personal page gives: one entry a confirmed place, the same entries as in the letters."""

from datetime import datetime, timedelta

from tourpaca import calendar_zone
from tourpaca.clock import PARIS
from tourpaca.registration.files import Held
from tourpaca.registration.queries import Coming, MyRegistration

LENGTH = timedelta(hours=1)


def of_registration(page: MyRegistration, now: datetime) -> str:
    """Return the confirmed places of a page as an RFC 5545 file; `now` (aware) stamps it. Holds no personal link."""
    from icalendar import Calendar  # noqa: PLC0415 - 60 ms of import that most requests never need

    calendar = Calendar()
    calendar.add("prodid", "-//tourpaca//FR")
    calendar.add("version", "2.0")
    if any(place.starts_at for place in page.confirmed):
        calendar.add_component(calendar_zone.component())
    for person in page.coming:
        for place in person.places:
            if not place.waiting:
                calendar.add_component(_entry(page, person, place, now))
    return calendar.to_ical().decode()


def _entry(page: MyRegistration, person: Coming, place: Held, now: datetime):  # type: ignore[no-untyped-def]
    from icalendar import Event  # noqa: PLC0415 - see of_registration

    entry = Event()
    entry.add("uid", place.uid)
    entry.add("dtstamp", now)
    entry.add("sequence", place.sequence)
    entry.add("summary", f"{place.title} ({person.name})" if len(page.coming) > 1 else place.title)
    etape = page.etape
    entry.add("location", ", ".join(filter(None, (place.room, etape.venue, etape.address, etape.town))))
    if place.starts_at is None:
        entry.add("dtstart", etape.day)
        entry.add("dtend", etape.day + timedelta(days=1))
        return entry
    start = datetime.combine(etape.day, place.starts_at, PARIS)
    end = datetime.combine(etape.day, place.ends_at, PARIS) if place.ends_at else start + LENGTH
    entry.add("dtstart", start)
    entry.add("dtend", end)
    return entry
