"""R9: what the team sends to 2,000 people reaches each of them once, whatever is killed, pressed twice or doubled."""

import logging
import threading
from collections import Counter
from datetime import timedelta
from random import Random
from time import monotonic

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from tests.attendance.many import expect_many
from tests.attendance.reminding_people import EVE, enable, tour_id
from tests.mail.fickle import Fickle
from tests.mail.workers import Start, ask_to_leave, kill
from tests.mail.writing import letters
from tests.racing import race
from tourpaca import clock
from tourpaca.attendance import actions, reminding
from tourpaca.attendance.audience import Criteria
from tourpaca.attendance.letters import Message
from tourpaca.attendance.sending import RESPITE
from tourpaca.db import session, transaction
from tourpaca.journal.models import Act
from tourpaca.mail import actions as mail_actions
from tourpaca.mail import received
from tourpaca.mail.models import EN_COURS, INTERROMPU, PARTI, Envoi, Letter
from tourpaca.tour.models import Etape

MANY = 2_000
SOAK = pytest.param(MANY, 20, marks=pytest.mark.soak)
log = logging.getLogger("figures")


@pytest.fixture
def house(open_house: Flask, fickle: Fickle) -> Flask:
    """The stories' tour, and a mail server that takes its time and refuses nothing."""
    fickle.fair, fickle.pace = True, 0.005
    return open_house


def _press(people: int, key: str = "one-page") -> int:
    """Press « Envoyer », the two minutes in which it may still be stopped being over; return the send."""
    etape_id = session().scalars(select(Etape.id).where(Etape.slug == "carpentras")).one()
    criteria = Criteria(tour_id(), etape_id, place="confirmee")
    message = Message("Changement de salle", "Bonjour {prénom},\n\nSalle B.", key)
    return actions.write_to(Act(clock.now() - RESPITE, name="Claude Essai"), criteria, message, people)


def _received(fickle: Fickle) -> Counter[str]:
    return Counter(recipient for letter in list(fickle.letters) for recipient in letter.recipients)


@pytest.mark.parametrize(("people", "kills"), [(200, 3), SOAK])
def test_r09_a_send_killed_again_and_again_reaches_each_person_once(
    house: Flask, fickle: Fickle, start_worker: Start, people: int, kills: int
) -> None:
    """Pressed twice at once and once more under way; a repeat is one of the ten not yet written down when it died."""
    expect_many(people)
    sends = race(house, lambda _: _press(people), 2)
    resumed, chance = [], Random(kills)
    for _ in range(kills):
        resumed.append(_carry_and_kill(fickle, start_worker, chance.randint(1, people * 3 // 4 // kills)))
    assert [_press(people)] * 2 == sends
    _let_leases_end()
    for process in [start_worker(fickle.port) for _ in range(2)]:
        _wait_until_all_left()
        ask_to_leave(process)
    came, copies = _received(fickle), fickle.copies()
    repeats = len(fickle.letters) - people
    log.info("%d people, %d kills: %d repeats, resumed in %.1f s", people, kills, repeats, max(resumed))
    assert set(came) == {f"camille.{n}@exemple.org" for n in range(1, people + 1)}
    assert len(copies) == people, "a person's letter has one identity, however often it is repeated"
    assert {len(contents) for contents in copies.values()} == {1}
    assert repeats <= 10 * kills
    assert max(resumed) <= 10
    assert {letter.state for letter in letters()} == {PARTI}


def test_r09_the_key_of_the_page_is_what_makes_two_presses_one_send(house: Flask) -> None:
    """The control: under two keys, everybody is written to twice."""
    expect_many(20)
    race(house, lambda number: _press(20, f"page {number}"), 2)
    assert set(Counter(letter.to_email for letter in letters()).values()) == {2}


def _carry_and_kill(fickle: Fickle, start_worker: Start, more: int) -> float:
    """Let a worker carry so many letters, kill it, and return how long the send had stood still before it came."""
    before, begun, pause = len(fickle.letters), monotonic(), threading.Event()
    process, resumed = start_worker(fickle.port), 0.0
    while len(fickle.letters) < before + more:
        assert monotonic() - begun < 60
        pause.wait(0.005)
        if not resumed and len(fickle.letters) > before:
            resumed = monotonic() - begun
    kill(process)
    return resumed or monotonic() - begun


def _let_leases_end() -> None:
    with transaction() as current:
        held = update(Letter).where(Letter.state == EN_COURS)
        current.execute(held.values(lease_until=Letter.created_at))


def _wait_until_all_left() -> None:
    pause, until = threading.Event(), monotonic() + 60
    waiting = select(func.count()).where(Letter.state != PARTI)
    while session().scalar(waiting):
        assert monotonic() < until
        session().rollback()
        pause.wait(0.05)


def test_r09_a_send_to_two_thousand_stops_within_the_second_and_says_who_received(
    house: Flask, fickle: Fickle, start_worker: Start
) -> None:
    """Seen from the mail server's side: what two workers hold would take it longer than that to take."""
    expect_many(MANY)
    fickle.pace = 0.08
    envoi, pause = _press(MANY), threading.Event()
    workers = [start_worker(fickle.port) for _ in range(2)]
    while len(fickle.letters) < 60:
        pause.wait(0.01)
    begun = monotonic()
    stopped = mail_actions.interrupt(Act(clock.now(), name="Claude Essai"), envoi)
    pause.wait(1 - (monotonic() - begun))
    within_the_second = len(fickle.letters)
    for process in workers:
        ask_to_leave(process)
    seen = received.of_send(tour_id(), None, envoi)
    log.info("%d stopped, %d received", stopped, len(fickle.letters))
    assert len(fickle.letters) == within_the_second < MANY
    assert {row.to_email for row in seen.letters if row.state == PARTI} == set(_received(fickle))
    states = Counter(row.state for row in seen.letters)
    assert states == {PARTI: within_the_second, INTERROMPU: MANY - within_the_second}


@pytest.mark.parametrize("people", [200, pytest.param(MANY, marks=pytest.mark.soak)])
def test_r09_a_reminder_of_many_is_written_once_by_several_schedulers(house: Flask, people: int) -> None:
    """Four schedulers at the same instant, and again: one send, one letter a person."""
    expect_many(people)
    enable()
    begun = monotonic()
    assert race(house, lambda _: reminding.leave_due(EVE), 4) == [None] * 4
    log.info("%d reminders written in %.1f s", people, monotonic() - begun)
    assert race(house, lambda _: reminding.leave_due(EVE + timedelta(seconds=5)), 4) == [None] * 4
    assert session().scalar(select(func.count(Envoi.id))) == 1
    assert Counter(letter.to_email for letter in letters()) == {
        f"camille.{n}@exemple.org": 1 for n in range(1, people + 1)
    }


@pytest.mark.parametrize("people", [200, pytest.param(MANY, marks=pytest.mark.soak)])
def test_r09_two_workers_see_to_the_same_reminder_and_each_person_has_it_once(
    house: Flask, fickle: Fickle, start_worker: Start, people: int
) -> None:
    """From the hour that strikes to the mail server: both write what is due, both carry it."""
    fickle.pace = 0.0
    expect_many(people)
    enable()
    nine = clock.local(EVE).replace(tzinfo=None).isoformat()
    workers = [start_worker(fickle.port, TOURPACA_NOW=nine) for _ in range(2)]
    pause, until = threading.Event(), monotonic() + 60
    while len(fickle.letters) < people:
        assert monotonic() < until
        pause.wait(0.02)
    for process in workers:
        ask_to_leave(process)
    assert _received(fickle) == {f"camille.{n}@exemple.org": 1 for n in range(1, people + 1)}
    assert {letter.state for letter in letters()} == {PARTI}


def test_r09_a_scheduler_that_dies_as_it_writes_leaves_all_to_the_next(
    house: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    expect_many(50)
    enable()
    with monkeypatch.context() as broken:
        broken.setattr(reminding, "_note", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            reminding.leave_due(EVE)
    assert letters() == [], "its letters were written, and never committed"
    reminding.leave_due(EVE)
    assert len(letters()) == 50
