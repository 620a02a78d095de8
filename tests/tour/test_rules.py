"""What the words of the programme mean (rows B04, US1)."""

from datetime import date, datetime, time, timedelta

import pytest

from tourpaca import clock
from tourpaca.tour import rules
from tourpaca.tour.models import ANNULE, PREVU, Etape


@pytest.mark.parametrize(
    "facts, left, limit",
    [
        ((10, None, None), None, ""),
        ((10, 14, None), 4, rules.TABLE),
        ((10, 14, 12), 2, rules.SALLE),
        ((10, 14, 14), 4, rules.TABLE),
        ((10, 14, 12, 99, 100), 1, rules.ETAPE),
        ((14, 14, 30, 20, 60), 0, rules.TABLE),
        ((14, 10, None), 0, rules.TABLE),
        ((0, None, None, 60, 60), 0, rules.ETAPE),
        ((0, 0, None), 0, rules.TABLE),
    ],
)
def test_b04_the_smallest_rest_blocks_and_is_named(
    facts: tuple[int | None, ...], left: int, limit: str
) -> None:
    free = rules.blocking_limit(*facts)
    assert (free.left, free.limit) == (left, limit)
    assert free.full is (left == 0)


def test_us01_registrations_open_at_eight_not_a_minute_before() -> None:
    etape = Etape(day=date(2018, 3, 29), opens_at=datetime(2018, 2, 15, 8), state=PREVU)
    before = clock.instant(date(2018, 2, 15), time(7, 59))
    at = clock.instant(date(2018, 2, 15), time(8))
    assert rules.opening(etape, before) == rules.Opening(rules.A_VENIR, datetime(2018, 2, 15, 8))
    assert rules.opening(etape, at).open


@pytest.mark.parametrize(
    "starts_at, closes_at, last_minute",
    [
        (None, None, datetime(2018, 3, 29, 23, 58)),
        (time(9, 30), None, datetime(2018, 3, 29, 9, 29)),
        (time(9, 30), datetime(2018, 3, 27, 18), datetime(2018, 3, 27, 17, 59)),
    ],
)
def test_us01_registrations_close_when_said_else_when_it_starts(
    starts_at: time | None, closes_at: datetime | None, last_minute: datetime
) -> None:
    etape = Etape(
        day=date(2018, 3, 29),
        starts_at=starts_at,
        opens_at=datetime(2018, 1, 1),
        closes_at=closes_at,
        state=PREVU,
    )
    assert rules.opening(etape, clock.instant_of(last_minute)).open
    after = clock.instant_of(last_minute + timedelta(minutes=1))
    assert rules.opening(etape, after).state == rules.CLOSES


def test_us01_without_an_opening_nothing_opens_by_itself() -> None:
    etape = Etape(day=date(2018, 3, 29), state=PREVU)
    assert rules.opening(etape, clock.instant(date(2018, 1, 1), time(8))).state == rules.SANS_OUVERTURE


def test_us01_a_cancelled_etape_is_closed() -> None:
    etape = Etape(day=date(2018, 3, 29), opens_at=datetime(2018, 1, 1), state=ANNULE)
    assert rules.opening(etape, clock.instant(date(2018, 2, 1), time(8))).state == rules.CLOSES


def test_us01_an_etape_without_a_town_says_that_its_place_is_to_come() -> None:
    etape = Etape(day=date(2018, 3, 29), town="", departement="13", departement_name="Bouches-du-Rhône")
    assert rules.heading(etape) == "jeudi 29\u00a0mars 2018 — Bouches-du-Rhône (lieu à préciser)"
    etape.town = "Aubagne"
    assert rules.heading(etape) == "jeudi 29\u00a0mars 2018 — Aubagne"
