"""Workers as processes: killed, stopped, and several at once; letters are never lost and never sent twice."""

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack

import pytest
from flask import Flask
from sqlalchemy import update

from tests.mail.writing import draft, letters, post, send_to
from tests.posting import Sink
from tests.serving import ROOT
from tourpaca import clock
from tourpaca.db import transaction
from tourpaca.mail import worker
from tourpaca.mail.models import EN_COURS, PARTI, Letter

Start = Callable[[], subprocess.Popen[str]]


@pytest.fixture
def start(engine_url: str, smtp_sink: Sink) -> Iterator[Start]:
    """Start worker processes on this test's database and mail server; none outlives the test."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("TOURPACA_")},
        "TOURPACA_DATABASE_URL": engine_url,
        "TOURPACA_SECRET_KEY": "a secret of the tests, long enough for anyone",
        "TOURPACA_BASE_URL": "http://localhost",
        **smtp_sink.environment,
    }
    with ExitStack() as running:

        def one() -> subprocess.Popen[str]:
            command = [sys.executable, "-m", "flask", "--app", "app", "worker"]
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
            running.callback(_end, process)
            return process

        yield one


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def _stop(process: subprocess.Popen[str]) -> str:
    """Ask a worker to leave, as a service manager would, and return what it said."""
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    return said


def _forget_leases() -> None:
    """Let the minute pass after which the leases of a dead worker are taken up."""
    with transaction() as current:
        current.execute(
            update(Letter).where(Letter.state == EN_COURS).values(lease_until=letters()[0].due_at)
        )


def test_r05_kill_mail_worker_loses_nothing_and_repeats_the_same_bytes(
    app: Flask, smtp_sink: Sink, start: Start
) -> None:
    with app.app_context():
        post(*(draft(number) for number in range(150)), now=clock.now())
        for kill_after in (20, 60, 100):
            process = start()
            smtp_sink.wait_for(kill_after)
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            _forget_leases()
        last = start()
        smtp_sink.wait_for(150)
        _stop(last)
        copies: dict[str, set[bytes]] = {}
        for letter in smtp_sink.letters:
            copies.setdefault(letter.message["Message-ID"], set()).add(letter.content)
        assert {letter.state for letter in letters()} == {PARTI}
        assert set(copies) == {letter.message_id for letter in letters()}
        assert all(len(bytes_) == 1 for bytes_ in copies.values())
        assert len(smtp_sink.letters) - 150 <= 3 * 10, "a kill repeats ten letters at most"


def test_two_workers_share_the_letters_and_repeat_none(app: Flask, smtp_sink: Sink, start: Start) -> None:
    with app.app_context():
        post(*(draft(number) for number in range(200)), now=clock.now())
        workers = start(), start()
        smtp_sink.wait_for(200)
        for process in workers:
            _stop(process)
        assert {letter.state for letter in letters()} == {PARTI}
    received = Counter(letter.message["Message-ID"] for letter in smtp_sink.letters)
    assert (len(received), set(received.values())) == (200, {1})


def test_a_worker_asked_to_stop_gives_back_what_it_holds(app: Flask, smtp_sink: Sink, start: Start) -> None:
    with app.app_context():
        post(*(draft(number) for number in range(150)), now=clock.now())
        process = start()
        smtp_sink.wait_for(5)
        said = _stop(process)
        states = Counter(letter.state for letter in letters())
    assert "s’est arrêté" in said
    assert states[PARTI] == len(smtp_sink.letters)
    assert states[EN_COURS] == 0


@pytest.fixture
def stop() -> Iterator[threading.Event]:
    """What ends the thread of a test, whatever became of the test."""
    event = threading.Event()
    yield event
    event.set()


def test_the_embedded_thread_sends_within_a_second_of_the_commit(
    app: Flask, smtp_sink: Sink, stop: threading.Event
) -> None:
    send_to(app, smtp_sink)
    thread = threading.Thread(target=worker.run, args=(app.app_context, stop, clock.now))
    thread.start()
    with app.app_context():
        post(draft(), now=clock.now())
        smtp_sink.wait_for(1, seconds=3)
        stop.set()
        thread.join()
        assert [letter.state for letter in letters()] == [PARTI]


def test_a_fault_of_one_round_does_not_end_the_worker(
    app: Flask, smtp_sink: Sink, stop: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    send_to(app, smtp_sink)
    monkeypatch.setattr(worker, "TROUBLE", (0.01,))
    contexts = iter([_broken])
    thread = threading.Thread(
        target=worker.run, args=(lambda: next(contexts, app.app_context)(), stop, clock.now)
    )
    with app.app_context():
        post(draft(), now=clock.now())
        thread.start()
        smtp_sink.wait_for(1, seconds=10)
        stop.set()
        thread.join()


def _broken() -> AbstractContextManager[object]:
    raise RuntimeError("the database is away")
