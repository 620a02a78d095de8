"""The public calendar of a tour: one entry an étape, to subscribe to or to note a single date."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tourpaca import calendar_text, calendar_zone, french, setting
from tourpaca.clock import PARIS
from tourpaca.tour import rules
from tourpaca.tour.programme import EtapeVue, Programme

if TYPE_CHECKING:
    from icalendar import Event

CONTENT_TYPE = "text/calendar; charset=utf-8"
REFRESH = timedelta(hours=1)


def feed(tour: Programme, etapes: Iterable[EtapeVue]) -> str:
    """Return étapes of a published tour as an iCalendar text, METHOD:PUBLISH (RFC 5545, RFC 5546 §3.2.1).

    An étape without hours lasts the whole day; a cancelled one stays, as cancelled, so that subscribers see it.
    The same revision of a tour always gives the same bytes.
    """
    from icalendar import Calendar, vText  # noqa: PLC0415 - 60 ms of import that a web process at rest never needs

    calendar = Calendar()
    calendar.add("prodid", "-//tourpaca//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add(
        "x-wr-calname", vText(calendar_text.line(tour.name))
    )  # unknown to the library, which would not escape it
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    listed = list(etapes)
    if any(etape.starts_at for etape in listed):
        calendar.add_component(calendar_zone.component())
    for etape in listed:
        calendar.add_component(_entry(tour, etape))
    return calendar.to_ical().decode()


def _entry(tour: Programme, etape: EtapeVue) -> "Event":
    from icalendar import Event  # noqa: PLC0415 - see feed

    page = f"{setting.base_url()}/tours/{tour.slug}/etapes/{etape.slug}"
    entry = Event()
    entry.add("uid", f"etape-{etape.id}.{tour.slug}@{urlsplit(page).hostname}")
    entry.add("dtstamp", tour.published_at)
    entry.add("sequence", etape.version)
    entry.add("summary", calendar_text.text(f"{tour.name} — {rules.place(etape)}"))
    entry.add("status", "CANCELLED" if etape.cancelled else "CONFIRMED")
    entry.add("url", page)
    entry.add("description", f"{_what(etape)}\n{page}")
    if etape.town:
        entry.add("location", calendar_text.text(", ".join(rules.whereabouts(etape))))
    _place_in_time(entry, etape)
    return entry


def _place_in_time(entry: "Event", etape: EtapeVue) -> None:
    """Set wall-clock hours of Paris with their zone, right across the change of legal time, or the whole day."""
    if etape.starts_at is None:
        entry.add("dtstart", etape.day)
        entry.add("dtend", etape.day + timedelta(days=1))  # the end of a day is exclusive (RFC 5545 §3.6.1)
        entry.add("transp", "TRANSPARENT")
        return
    entry.add("dtstart", datetime.combine(etape.day, etape.starts_at, PARIS))
    if etape.ends_at and etape.ends_at > etape.starts_at:
        entry.add("dtend", datetime.combine(etape.day, etape.ends_at, PARIS))


def _what(etape: EtapeVue) -> str:
    kind = rules.kind_name(etape).capitalize()
    if etape.welcome_at:
        return f"{kind}, accueil à {french.hour(etape.welcome_at)}."
    return f"{kind}." if etape.starts_at else f"{kind}, heure à préciser."
