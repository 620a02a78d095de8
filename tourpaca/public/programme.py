"""The home of the house, of a tour, and the page of an étape: what is announced, and what is left."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Response

from tourpaca import french
from tourpaca.attendance import counts as attendance
from tourpaca.attendance.counts import Came
from tourpaca.fiches import publications
from tourpaca.public import cache, door
from tourpaca.registration import counts as registration
from tourpaca.tour import programme, rules, words
from tourpaca.tour.programme import AtelierVu, EtapeVue, Programme

COUNTED_AGAIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Stop:
    """An étape as the fil shows it."""

    etape: EtapeVue
    number: int
    state: str
    said: words.Said
    open: bool
    over: bool

    @property
    def town(self) -> str:
        """The name under the stop."""
        return self.etape.place_name

    @property
    def heading(self) -> str:
        """Its name: "mardi 30 janvier 2018 — Nice" (plain spaces: it is heard or copied, never broken into lines)."""
        return rules.heading(self.etape).replace(french.NBSP, " ")

    @property
    def date_said(self) -> str:
        """Its date, as in the heading."""
        return french.long_date(self.etape.day).replace(french.NBSP, " ")

    @property
    def date(self) -> str:
        """Its date, under its name on the map."""
        return french.short_date(self.etape.day)

    @property
    def href(self) -> str:
        """Its page, seen from the page of another étape of the tour."""
        return self.etape.slug


@dataclass(frozen=True, slots=True)
class Line:
    """An atelier as the page of its étape shows it."""

    atelier: AtelierVu
    said: words.Said


@door.get("/")
def home() -> Response:
    """Show the one tour that is running, or the list of those that were published."""
    return cache.page(programme.all_watched(), _home)


@door.get("/tours/<tour>")
def tour(tour: str) -> Response:
    """Show a tour: its étapes on the fil, and what a matinée is."""
    return cache.page(programme.watched(tour), lambda now: _tour(programme.published(tour), now))


@door.get("/tours/<tour>/etapes/<etape>")
def etape(tour: str, etape: str) -> Response:
    """Show an étape: when, where, and the places left in each atelier."""
    return cache.page(programme.watched(tour), lambda now: _etape(programme.published(tour), etape, now))


def _home(now: datetime) -> cache.Rendered:
    tours = [programme.published(slug) for slug in programme.published_slugs()]
    running = [tour for tour in tours if not all(words.over(etape, now) for etape in tour.etapes)]
    if len(running) == 1:
        return _tour(running[0], now, [tour for tour in tours if tour is not running[0]])
    page = cache.template("public/tournees.html", tours=tours, running=running)
    etapes = [etape for tour in tours for etape in tour.etapes]
    return cache.Rendered(page, rules.next_boundary(etapes, now))


def _tour(tour: Programme, now: datetime, others: list[Programme] | None = None) -> cache.Rendered:
    stops = _stops(tour, now)
    page = cache.template(
        "public/tour.html",
        tour=tour,
        stops=stops,
        kind_name=rules.kind_name,
        next_stop=next((stop for stop in stops if stop.open), None),
        model=next((etape for etape in tour.matinees if etape.creneaux), None),
        others=others or [],
        out=publications.out(tour.id),
    )
    return cache.Rendered(page, _until(tour, now))


def _etape(tour: Programme, slug: str, now: datetime) -> cache.Rendered:
    etape = tour.etape(slug)
    stops = _stops(tour, now, here=etape.id)
    waiting, present = registration.waiting_by_atelier(tour.id), attendance.present_by_atelier(tour.id)
    page = cache.template(
        "public/etape.html",
        tour=tour,
        etape=etape,
        stops=stops,
        kind_name=rules.kind_name,
        here=next(stop for stop in stops if stop.etape is etape),
        creneaux=[
            (creneau, _lines(etape, creneau.ateliers, waiting, present, now)) for creneau in etape.creneaux
        ],
    )
    return cache.Rendered(page, _until(tour, now))


def _until(tour: Programme, now: datetime) -> datetime:
    """Return until when a page is true: marks do not bump the revision, or doors would queue at the tour's row."""
    boundary = rules.next_boundary(tour.etapes, now)
    counted = any(words.over(etape, now) for etape in tour.etapes)
    return min(boundary, now + COUNTED_AGAIN) if counted else boundary


def _lines(
    etape: EtapeVue,
    ateliers: tuple[AtelierVu, ...],
    waiting: Mapping[int, int],
    present: Mapping[int, int],
    now: datetime,
) -> list[Line]:
    return [
        Line(held, words.atelier(etape, held, waiting.get(held.id, 0), present.get(held.id, 0), now))
        for held in ateliers
    ]


def _stops(tour: Programme, now: datetime, here: int | None = None) -> list[Stop]:
    """Return the stops of the fil; `here` is the étape looked at, else the next one due."""
    came = attendance.came_by_etape(tour.id)
    coming = next((e.id for e in tour.etapes if not e.cancelled and not words.over(e, now)), None)
    return [
        Stop(
            etape,
            number,
            _state(etape, here if here is not None else coming, now),
            words.etape(etape, _held(came.get(etape.id)), now),
            rules.opening(etape, now).open,
            words.over(etape, now),
        )
        for number, etape in enumerate(tour.etapes, 1)
    ]


def _held(came: Came | None) -> words.Held:
    return words.Held(came.people, came.ateliers) if came else words.Held()


def _state(etape: EtapeVue, here: int | None, now: datetime) -> str:
    if etape.id == here:
        return "ici"
    if words.over(etape, now):
        return "passee"
    return "a-venir" if etape.town else "a-preciser"
