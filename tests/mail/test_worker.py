"""Workers as processes, stopped and several at once, and as the thread of a server: no letter is sent twice."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from itertools import count
from multiprocessing import get_context
from multiprocessing.connection import Connection

import pytest
from flask import Flask

from tests.mail.workers import Start, ask_to_leave
from tests.mail.writing import THEN, draft, letters, post, send_to
from tests.posting import Sink
from tourpaca import clock
from tourpaca.mail import worker
from tourpaca.mail.models import EN_COURS, PARTI


def test_two_workers_share_the_letters_and_repeat_none(
    app: Flask, smtp_sink: Sink, start_worker: Start
) -> None:
    with app.app_context():
        post(*(draft(number) for number in range(200)), now=clock.now())
        workers = start_worker(smtp_sink.port), start_worker(smtp_sink.port)
        smtp_sink.wait_for(200)
        for process in workers:
            ask_to_leave(process)
        assert {letter.state for letter in letters()} == {PARTI}
    received = Counter(letter.message["Message-ID"] for letter in smtp_sink.letters)
    assert (len(received), set(received.values())) == (200, {1})


def test_a_worker_asked_to_stop_gives_back_what_it_holds(
    app: Flask, smtp_sink: Sink, start_worker: Start
) -> None:
    with app.app_context():
        post(*(draft(number) for number in range(150)), now=clock.now())
        process = start_worker(smtp_sink.port)
        smtp_sink.wait_for(5)
        said = ask_to_leave(process)
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
    thread = threading.Thread(target=worker.run, args=(app.app_context, stop, clock.now, _nothing))
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
    contexts = iter([_broken, _broken])
    thread = threading.Thread(
        target=worker.run, args=(lambda: next(contexts, app.app_context)(), stop, clock.now, _nothing)
    )
    with app.app_context():
        post(draft(), now=clock.now())
        thread.start()
        smtp_sink.wait_for(1, seconds=10)
        stop.set()
        thread.join()


def _broken() -> AbstractContextManager[object]:
    raise RuntimeError("the database is away")


def _nothing(now: datetime) -> None:
    """The chores of a day when nothing is due."""


def test_what_falls_due_is_seen_to_and_a_fault_there_keeps_no_letter_waiting(
    app: Flask, smtp_sink: Sink, stop: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    send_to(app, smtp_sink)
    monkeypatch.setattr(worker, "IDLE", 0.01)
    monkeypatch.setattr(worker, "CHORES_EVERY", timedelta(0))
    seen, twice = list[datetime](), threading.Event()

    def chores(now: datetime) -> None:
        seen.append(now)
        if len(seen) > 1:
            twice.set()
        raise RuntimeError("a chore failed")

    thread = threading.Thread(target=worker.run, args=(app.app_context, stop, clock.now, chores))
    with app.app_context():
        post(draft(), now=clock.now())
        thread.start()
        smtp_sink.wait_for(1, seconds=10)
        assert twice.wait(10)
        stop.set()
        thread.join()


def test_a_long_send_keeps_nothing_that_falls_due_waiting_until_its_end(
    app: Flask, smtp_sink: Sink, stop: threading.Event
) -> None:
    """Seconds pass at each look at the clock, as before a slow mail server."""
    send_to(app, smtp_sink)
    passed, left = count(), list[int]()
    with app.app_context():
        begun = clock.now()

    def slowly() -> datetime:
        return begun + timedelta(seconds=2 * next(passed))

    def chores(now: datetime) -> None:
        left.append(len(smtp_sink.letters))
        if left[-1] == 120:
            stop.set()

    with app.app_context():
        post(*(draft(number) for number in range(120)), now=begun)
        thread = threading.Thread(target=worker.run, args=(app.app_context, stop, slowly, chores))
        thread.start()
        smtp_sink.wait_for(120)
        thread.join(10)
    assert any(0 < letters < 120 for letters in left)
    assert left[-1] == 120


def _serve(said: Connection) -> None:
    """What a process of the server does: start the thread, work, and be asked to leave in the middle of a letter."""
    carrying = threading.Event()

    def deliver(now: object, stop: Callable[[], bool]) -> worker.Outcome:
        carrying.set()
        while not stop():
            pass
        said.send("what was answered is written")
        return worker.Outcome()

    worker.delivery.deliver = deliver
    worker.clock.now = lambda: THEN
    worker.start_thread(nullcontext, lambda now: None)
    carrying.wait()


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_r05_a_process_of_the_server_ends_once_its_thread_has_written(method: str) -> None:
    """Forked, as granian does on Linux, it leaves without `atexit`: letters were repeated at a plain restart."""
    context = get_context(method)
    heard, said = context.Pipe(duplex=False)
    process = context.Process(target=_serve, args=(said,))
    process.start()
    said.close()
    process.join()
    assert heard.poll()
    assert heard.recv() == "what was answered is written"
