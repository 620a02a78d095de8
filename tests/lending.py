"""The application of the tests, made once a worker and engine, and lent to each test on a fresh database.

Making one takes a tenth of a second, and the statements it has compiled as much again: half of a short test. What an
application remembers beside its database is forgotten between two tests; one who adds routes asks for `own_app`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import Dialect

from tests.inspecting import NOW, InspectingClient
from tourpaca import create_app
from tourpaca.db import WritersQueue, db
from tourpaca.mail import delivery


def _made(url: str) -> Flask:
    app = create_app(
        {
            "TESTING": True,
            "PROPAGATE_EXCEPTIONS": True,
            "SECRET_KEY": "a secret of the tests, long enough for anyone",
            "SQLALCHEMY_DATABASE_URI": url,
            "BASE_URL": "http://localhost",
            "NOW": NOW,
        }
    )
    app.test_client_class = InspectingClient
    return app


def _let_go(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


class Lender:
    """An application whose engine connects to the database of the test that borrows it."""

    def __init__(self, url: str) -> None:
        self.app = _made(url)
        self._settings = dict(self.app.config)
        self._url = make_url(url)
        with self.app.app_context():
            event.listen(db.engine, "do_connect", self._connect)

    def _connect(self, dialect: Dialect, *_asked: object) -> Any:
        arguments, named = dialect.create_connect_args(self._url)
        return dialect.connect(*arguments, **named)

    @contextmanager
    def lend(self, url: str) -> Iterator[Flask]:
        """Lend the application on that database, its settings as they were made and its memory empty."""
        self._url = make_url(url)
        self.app.config.clear()
        self.app.config.update(self._settings, SQLALCHEMY_DATABASE_URI=url)
        self.app.extensions["shelf"].kept.clear()
        delivery.mailer.init_app(self.app)
        if self._url.database and self._url.get_backend_name() == "sqlite":
            lock = Path(self._url.database).with_suffix(".lock")
            self.app.extensions["writers_queue"] = WritersQueue(lock)
        yield self.app
        _let_go(self.app)


@pytest.fixture(scope="session")
def lender() -> Callable[[str], Lender]:
    """Return the application of an engine, made for the first database asked with."""
    made: dict[str, Lender] = {}

    def of(url: str) -> Lender:
        engine = make_url(url).get_backend_name()
        return made.get(engine) or made.setdefault(engine, Lender(url))

    return of


@pytest.fixture
def app(engine_url: str, lender: Callable[[str], Lender]) -> Iterator[Flask]:
    """The application on a fresh database, its clock stopped at NOW. No context is open: open one to ask the house."""
    with lender(engine_url).lend(engine_url) as app:
        yield app


@pytest.fixture
def own_app(engine_url: str) -> Iterator[Flask]:
    """An application that the test may change for good: routes are added to it."""
    app = _made(engine_url)
    yield app
    _let_go(app)


@pytest.fixture
def client(app: Flask) -> InspectingClient:
    """A visitor whose every page is judged."""
    return app.test_client()  # type: ignore[return-value]
