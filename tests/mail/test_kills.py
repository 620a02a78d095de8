"""R5: workers killed at random, and a mail server on a bad day: no letter is lost, a repeat is the same to the byte."""

import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from random import Random
from time import monotonic
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from tests.mail.fickle import Fickle
from tests.mail.relay import LOST, Relay, send_through
from tests.mail.workers import Start, kill
from tests.mail.writing import Clock, draft, letters, post
from tourpaca import clock
from tourpaca.db import session, transaction
from tourpaca.mail import composition, delivery, lease
from tourpaca.mail.models import EN_COURS, NOUVEL_ESSAI, PARTI, Letter

log = logging.getLogger("figures")


@dataclass(frozen=True)
class Dose:
    """How much is carried, by how many workers at once, and how often one of them dies.

    `hurried`: the time that a lease or the next try would take is let pass at once, so that the test is short. After
    the last kill, that of the next try always is.
    """

    letters: int
    kills: int
    workers: int
    minutes: int
    hurried: bool = False


FAST = Dose(letters=150, kills=3, workers=1, minutes=2, hurried=True)
LONG = Dose(letters=3_000, kills=100, workers=3, minutes=30)


class Watch:
    """How long the letters of a dead worker wait for another one, told from the first kill after its last sign of life.

    A sign of life is a letter of its lot written down, or its lease renewed.
    """

    def __init__(self) -> None:
        self.taken_up: list[float] = []
        self._kills: list[datetime] = []
        self._held: dict[str, dict[int, datetime]] = {}
        self._alive: dict[str, datetime] = {}

    def look(self) -> None:
        """See who gave a sign of life, and which letters whose lease was over have found a taker since."""
        now, held = clock.now(), _held_by_token()
        for token, before in self._held.items():
            after = held.get(token, {})
            if max(before.values()) > now:
                self._alive[token] = now if _gave_a_sign(before, after) else self._alive[token]
            elif before.keys() - after.keys():
                died = next(kill for kill in self._kills if kill >= self._alive[token])
                self.taken_up.append((now - died).total_seconds())
        self._alive |= dict.fromkeys(held.keys() - self._held.keys(), now)
        self._held = held

    def note_kill(self) -> None:
        """Note that a worker has just died; what it wrote a moment before was still its own."""
        self.look()
        self._kills.append(clock.now())


def _gave_a_sign(before: dict[int, datetime], after: dict[int, datetime]) -> bool:
    """Tell whether letters of a lot were written down, or its lease renewed; leases ended by the test are no sign."""
    return len(after) < len(before) or max(after.values()) > max(before.values())


def _held_by_token() -> dict[str, dict[int, datetime]]:
    """Return until when each letter is leased, by the token of its worker."""
    session().rollback()
    leased = select(Letter.id, Letter.lease_token, Letter.lease_until).where(Letter.state == EN_COURS)
    held: dict[str, dict[int, datetime]] = defaultdict(dict)
    for id_, token, until in session().execute(leased):
        held[token][id_] = until
    return held


@pytest.mark.parametrize("dose", [FAST, pytest.param(LONG, marks=pytest.mark.soak)], ids=["fast", "long"])
def test_r05_killed_workers_lose_nothing_and_repeat_the_same_bytes(
    app: Flask, fickle: Fickle, start_worker: Start, dose: Dose
) -> None:
    """What is repeated had its answer lost, or was among the ten that a dead worker had not written down yet."""
    app.config["NOW"] = ""
    fickle.pace, fickle.patient = 0.01, not dose.hurried
    begun, watch = monotonic(), Watch()
    with app.app_context():
        post(*(draft(number) for number in range(dose.letters)), now=clock.now())
        kills = _carry(fickle, start_worker, dose, watch)
        expected = {letter.message_id for letter in letters()}
    copies, repeats = fickle.copies(), len(fickle.letters) - dose.letters
    slowest = max(watch.taken_up, default=0.0)
    log.info(
        "%d letters, %d kills, %.0f s: %d repeats, %d answers lost or late, slowest take-up %.1f s",
        *(dose.letters, kills, monotonic() - begun, repeats, fickle.unheard, slowest),
    )
    assert kills == dose.kills
    assert set(copies) == expected
    assert {len(contents) for contents in copies.values()} == {1}
    assert repeats <= fickle.unheard + 10 * kills
    assert 0 < slowest <= 60


def _carry(fickle: Fickle, start_worker: Start, dose: Dose, watch: Watch) -> int:
    """Let workers carry everything while they are killed one after the other; return how many were."""
    workers = [start_worker(fickle.port) for _ in range(dose.workers)]
    chance, pause, until = Random(dose.kills), threading.Event(), monotonic() + 60 * dose.minutes
    kills, mark = 0, 1
    while _waiting():
        assert monotonic() < until, f"{_waiting()} letters still wait"
        pause.wait(0.05)
        watch.look()
        if dose.hurried or kills == dose.kills:
            _let_retries_come()
        if kills < dose.kills and len(fickle.letters) >= mark:
            kill(workers.pop(chance.randrange(len(workers))))
            watch.note_kill()
            kills, mark = (
                kills + 1,
                len(fickle.letters) + chance.randint(1, 3 * dose.letters // dose.kills // 2),
            )
            if dose.hurried:
                _let_leases_end()
            workers.append(start_worker(fickle.port))
    return kills


def _waiting() -> int:
    session().rollback()
    return session().scalar(select(func.count()).where(Letter.state != PARTI)) or 0


def _let_retries_come() -> None:
    session().rollback()
    with transaction() as current:
        current.execute(update(Letter).where(Letter.state == NOUVEL_ESSAI).values(due_at=Letter.created_at))


def _let_leases_end() -> None:
    """Let the minute pass after which the leases of a dead worker are taken up; no other must live."""
    session().rollback()
    with transaction() as current:
        held = update(Letter).where(Letter.state == EN_COURS)
        current.execute(held.values(lease_until=Letter.created_at))


@pytest.mark.parametrize("guarded", [True, False], ids=["leases", "control"])
def test_r05_a_second_worker_takes_nothing_that_the_first_one_holds(
    app: Flask, relay: Relay, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    """The first is in the middle of its lot when the second looks; the control: leases that are over at once."""
    monkeypatch.setattr(lease, "LENGTH", lease.LENGTH if guarded else timedelta(0))
    send_through(app, relay)
    answer, others = Relay.answer, iter([threading.Thread(target=_deliver, args=(app,))])

    def watched(told: Relay, line: str, default: str = "250 ok") -> str:
        if line == "END" and (second := next(others, None)):
            second.start()
            second.join()
        return answer(told, line, default)

    monkeypatch.setattr(Relay, "answer", watched)
    with app.app_context():
        post(*(draft(number) for number in range(5)))
    _deliver(app)
    assert len(relay.letters) == 5 if guarded else len(relay.letters) > 5


@pytest.mark.parametrize("guarded", [True, False], ids=["renewed", "control"])
def test_r05_a_worker_before_a_slow_server_keeps_what_it_holds(
    app: Flask, relay: Relay, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    """Nine seconds a letter, for longer than a lease; the control: a lease that is never renewed."""
    monkeypatch.setattr(lease, "RENEWED", lease.RENEWED if guarded else timedelta(0))
    send_through(app, relay)
    answer, now, taken = Relay.answer, Clock(), list[int]()

    def slow(told: Relay, line: str, default: str = "250 ok") -> str:
        if line == "END":
            now.advance(seconds=9)
            second = threading.Thread(target=_claim, args=(app, now, taken))
            second.start()
            second.join()
        return answer(told, line, default)

    monkeypatch.setattr(Relay, "answer", slow)
    with app.app_context():
        post(*(draft(number) for number in range(12)))
        delivery.deliver(now)
    assert (not taken) == guarded


def _claim(app: Flask, now: Clock, taken: list[int]) -> None:
    with app.app_context():
        taken.extend(letter.id for letter in lease.claim(now()))


@pytest.mark.parametrize("guarded", [True, False], ids=["frozen", "control"])
def test_r05_a_letter_whose_answer_was_lost_leaves_again_as_it_was(
    app: Flask, relay: Relay, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    """The control: bytes that are made again at each try, under an identity of their own."""
    send_through(app, relay)
    now = Clock()
    if not guarded:
        monkeypatch.setattr(composition, "composed", partial(_drawn, composition.composed, count(1)))
        monkeypatch.setattr(lease, "freeze", lambda _: [])
    with app.app_context():
        post(draft())
        relay.answers["END"] = LOST
        delivery.deliver(now)
        relay.answers.clear()
        now.advance(minutes=5)
        delivery.deliver(now)
    first, second = relay.letters
    identities = {letter.message["Message-ID"] for letter in relay.letters}
    assert (first.content == second.content, len(identities) == 1) == (guarded, guarded)


def _drawn(composed: Callable[[Any], Any], numbers: Iterator[int], letter: Any) -> Any:
    return composed(replace(letter, message_id=f"<{next(numbers)}@localhost>"))


def _deliver(app: Flask) -> None:
    with app.app_context():
        delivery.deliver(Clock())
