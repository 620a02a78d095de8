"""R6: a name server that does not answer, or an address where nobody listens, holds a worker only so long."""

import errno
import socket
import threading
from collections.abc import Iterator
from time import monotonic
from typing import Any

import pytest
from flask import Flask

from tests.mail.relay import Relay, send_through
from tests.mail.writing import Clock, draft, letters, post
from tourpaca.mail import connection, delivery
from tourpaca.mail.models import NOUVEL_ESSAI, PARTI

LIMIT = 0.3
NAME = "courrier.exemple.org"


@pytest.fixture
def house(app: Flask, relay: Relay, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    monkeypatch.setattr(connection, "TIMEOUT", LIMIT)
    send_through(app, relay, MAIL_SERVER=NAME)
    with app.app_context():
        yield app


@pytest.fixture
def silent_names(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The system searches ten times longer than a worker may wait."""
    over = threading.Event()

    def search(*_: Any, **__: Any) -> None:
        over.wait(10 * LIMIT)
        raise socket.gaierror(socket.EAI_AGAIN, "no answer")

    monkeypatch.setattr(socket, "getaddrinfo", search)
    yield
    over.set()


def test_r06_a_name_server_that_does_not_answer_holds_no_worker(house: Flask, silent_names: None) -> None:
    post(draft(1), draft(2))
    begun = monotonic()
    assert delivery.deliver(Clock()).held
    assert LIMIT <= monotonic() - begun < LIMIT + 1
    first, second = letters()
    assert (first.state, first.answer) == (NOUVEL_ESSAI, "le service des noms ne répond pas pour l’instant")
    assert second.attempts == 0


def test_r06_an_address_without_a_server_leaves_time_for_the_next(
    house: Flask, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two addresses; the first never answers, and takes half of the time only."""
    waited: list[float] = []
    connect, search = socket.create_connection, socket.getaddrinfo

    def find(host: str, *asked: Any, **named: Any) -> list[Any]:
        if host != NAME:
            return search(host, *asked, **named)
        kind = socket.AF_INET, socket.SOCK_STREAM, 6, ""
        return [(*kind, (address, relay.port)) for address in ("192.0.2.1", "127.0.0.1")]

    def call(where: tuple[str, int], timeout: float, source: Any = None) -> socket.socket:
        if where[0] == "192.0.2.1":
            waited.append(timeout)
            raise OSError(errno.ETIMEDOUT, "nobody")
        return connect(where, timeout)

    monkeypatch.setattr(socket, "getaddrinfo", find)
    monkeypatch.setattr(socket, "create_connection", call)
    post(draft())
    delivery.deliver(Clock())
    assert [letter.state for letter in letters()] == [PARTI]
    assert waited == [pytest.approx(LIMIT / 2, abs=0.05)]
