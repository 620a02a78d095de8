"""The public calendars: a whole tour to subscribe to, or one étape to note."""

from flask import Response

from tourpaca.public import cache, door
from tourpaca.tour import calendar, programme
from tourpaca.tour.programme import EtapeVue, Programme


@door.get("/tours/<tour>/calendrier.ics")
def calendrier(tour: str) -> Response:
    """Give the calendar of a tour."""
    return cache.page(programme.watched(tour), lambda now: _tour(programme.published(tour)))


@door.get("/tours/<tour>/etapes/<etape>/calendrier.ics")
def calendrier_etape(tour: str, etape: str) -> Response:
    """Give the calendar of one étape."""
    return cache.page(programme.watched(tour), lambda now: _etape(programme.published(tour), etape))


def _tour(tour: Programme) -> cache.Rendered:
    return _rendered(tour, tour.etapes)


def _etape(tour: Programme, slug: str) -> cache.Rendered:
    return _rendered(tour, (tour.etape(slug),))


def _rendered(tour: Programme, etapes: tuple[EtapeVue, ...]) -> cache.Rendered:
    return cache.Rendered(calendar.feed(tour, etapes), cache.NEVER, calendar.CONTENT_TYPE)
