"""R20: the programme moves and moves again while people come, leave and are given places; every calendar ends right.

Each of 200 people has a calendar for each of three readers, into which the files of their letters are imported in the
order in which they were written. In the end it holds one entry a place with the last truth, or none.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, datetime, time, timedelta, timezone
from email import message_from_bytes, policy
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests import factories
from tests.mail import simulated_calendar
from tests.registration import programme_moves as moves
from tests.registration import sending
from tests.registration.sending import person, submission
from tourpaca import calendar_zone, clock
from tourpaca.db import session
from tourpaca.mail import calendar, composition
from tourpaca.refusal import Refused
from tourpaca.registration import actions
from tourpaca.registration.models import CONFIRMEE, Participant, Place
from tourpaca.tour import changes
from tourpaca.tour.models import ANNULE, PREVU

ONE_ENGINE = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
PEOPLE = 40
ROOMS = ("", "Salle A", "Salle B, 1er étage", "Amphi « É ; , : \\ »", "Salle " + "é" * 90)
FIRST = (time(8, 30), time(9), time(9, 30), None)
SECOND = ((time(11), time(12, 15)), (time(11, 15), time(12, 30)), (time(11), None))
DAYS = (date(2018, 1, 30), date(2018, 2, 6), date(2018, 3, 24), date(2018, 3, 26), date(2018, 3, 29))
Step = Callable[[random.Random, int], None]


def _register(dice: random.Random, minutes: int) -> None:
    count = len(session().scalars(select(Participant.id)).all())
    if count >= PEOPLE:
        return
    box = f"p{count}@exemple.org"
    both = (dice.choice((2, 3)), -dice.choice((6, 7)))
    wanted = dice.choice((both, both[:1], both[1:]))
    one = person(f"Ana P{count}", *(-abs(number) for number in wanted), email=box)
    with suppress(Refused):  # the atelier wanted may be off for the moment
        actions.register(moves.at(minutes), sending.etape_id(), submission(one, contact_email=box))


def _cancel(dice: random.Random, minutes: int) -> None:
    live = session().scalars(select(Participant.id).where(Participant.cancelled_at.is_(None))).all()
    if live and dice.random() < 0.4:
        actions.cancel_participant(moves.at(minutes), dice.choice(live))


def _room(dice: random.Random, minutes: int) -> None:
    moves.move_room(dice.choice((2, 3, 6, 7)), dice.choice(ROOMS), minutes=minutes)


def _hours(dice: random.Random, minutes: int) -> None:
    if dice.random() < 0.5:
        start = dice.choice(FIRST)
        moves.move_hours(1, start, start and time(10, 45), minutes=minutes)
    else:
        moves.move_hours(2, *dice.choice(SECOND), minutes=minutes)


def _etape(dice: random.Random, minutes: int) -> None:
    changed = dice.choice(({"day": dice.choice(DAYS)}, {"venue": dice.choice(("", "Maison, 2e étage"))}))
    moves.move_etape(minutes=minutes, closes_at=None, **changed)


def _state(dice: random.Random, minutes: int) -> None:
    moves.set_state(dice.choice((2, 6)), dice.choice((ANNULE, PREVU, PREVU)), minutes=minutes)


STEPS: tuple[Step, ...] = (_room, _hours, _etape, _state, _cancel)


def live(seed: int, steps: int = 14) -> None:
    """Live one history of the programme, from a seed."""
    factories.tour_paca()
    sending.shrink(14, 6, 7)
    dice, minutes = random.Random(seed), 0
    for _ in range(steps):
        for _ in range(dice.randint(2, 5)):
            _register(dice, minutes)
        dice.choice(STEPS)(dice, minutes)
        minutes += dice.randint(1, 9)
        moves.ten_minutes_later(minutes)
    for ordre in (2, 6):
        moves.set_state(ordre, PREVU, minutes=minutes)
    while len(session().scalars(select(Participant.id)).all()) < PEOPLE:
        _register(dice, minutes)
    _room(dice, minutes)
    moves.ten_minutes_later(minutes + 11)


def calendars_of(mailbox: str) -> list[simulated_calendar.SimulatedCalendar]:
    """Return the calendars of a mailbox, one a reader."""
    letters = [letter for letter in sending.letters() if letter.to_email == mailbox]
    assert all(not _mixes(letter) for letter in letters)
    composed = (message_from_bytes(composition.compose(letter), policy=policy.default) for letter in letters)
    return simulated_calendar.imported(composed)  # type: ignore[arg-type]


def _mixes(letter: Any) -> bool:
    return len({event["cancelled"] for event in letter.content["events"]}) > 1


def truth() -> dict[str, dict[str, tuple[Any, ...]]]:
    """Return what each mailbox's calendar must hold: by uid, start, end and place."""
    now = changes.truth(session(), sending.etape_id())
    found: dict[str, dict[str, tuple[Any, ...]]] = {}
    asked = select(Participant.email, Place).join(Place, Place.participant_id == Participant.id)
    for email, place in session().execute(asked):
        held, told = found.setdefault(email, {}), now[place.atelier_id]
        if place.state == CONFIRMEE and not told.cancelled:
            where = ", ".join(filter(None, (told.room, told.place)))
            held[place.uid] = (*_span(told), where)
    return found


def _span(told: Any) -> tuple[Any, Any]:
    if told.starts_at is None:
        return told.day, told.day + timedelta(days=1)
    start = clock.instant(told.day, told.starts_at)
    return start, clock.instant(told.day, told.ends_at) if told.ends_at else start + timedelta(hours=1)


def held(one: simulated_calendar.SimulatedCalendar) -> dict[str, tuple[Any, ...]]:
    """Return what a calendar holds, as `truth` tells it."""
    return {uid: (read.start, read.end, read.location) for uid, read in one.entries.items()}


def diverging() -> Iterator[str]:
    """Yield the mailboxes of which a calendar, by some reader, does not end with the truth."""
    for email, entries in sorted(truth().items()):
        if any(held(one) != entries for one in calendars_of(email)):
            yield email


@ONE_ENGINE
@pytest.mark.parametrize("seed", range(5))
def test_r20_two_hundred_calendars_end_with_the_truth(app: Flask, seed: int) -> None:
    with app.app_context():
        live(seed)
        assert len(truth()) == PEOPLE
        assert list(diverging()) == []
        kinds = {letter.kind for letter in sending.letters()}
        assert {"recapitulatif", "changement"} <= kinds


def _without_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar_zone, "TEXT", "")


def _with_a_frozen_offset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar, "PARIS", timezone(timedelta(hours=1)))


def _in_utc_of_winter(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hour is written as an instant, by a clock that never changes."""
    place = calendar._place_in_time

    def written(entry: Any, event: dict[str, Any]) -> None:
        place(entry, event)
        for name in ("DTSTART", "DTEND"):
            moment = entry.decoded(name)
            if isinstance(moment, datetime):
                del entry[name]
                entry.add(name, (moment.replace(tzinfo=None) - timedelta(hours=1)).replace(tzinfo=clock.UTC))

    monkeypatch.setattr(calendar, "_place_in_time", written)


def _without_a_sequence(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = calendar._entry
    monkeypatch.setattr(calendar, "_entry", lambda event, *rest: entry({**event, "sequence": 0}, *rest))


def _with_a_request_that_cancels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar, "method", lambda event: "REQUEST")


FAULTS = (
    _without_zone,
    _with_a_frozen_offset,
    _in_utc_of_winter,
    _without_a_sequence,
    _with_a_request_that_cancels,
)


@ONE_ENGINE
@pytest.mark.parametrize("fault", FAULTS)
def test_r20_a_planted_fault_goes_red(app: Flask, monkeypatch: pytest.MonkeyPatch, fault: Any) -> None:
    with app.app_context():
        live(0)
        fault(monkeypatch)
        try:
            found = next(diverging(), "")
        except AssertionError:
            found = "a file was refused"
        assert found
