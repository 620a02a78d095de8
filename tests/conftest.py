"""What every test finds ready: databases on both engines, the application, clients, servers, a browser, no network."""

import ipaddress
import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from hypothesis import settings

from tests import compiled_templates, postgres
from tests.inspecting import NOW, InspectingClient
from tourpaca import create_app
from tourpaca.db import db

# A property says what is true, not how fast: a deadline would fail on a busy machine.
settings.register_profile("house", deadline=None)
settings.load_profile("house")

# In this order: a file must be known to pytest before another imports it.
pytest_plugins = [
    "tests.engines",
    "tests.posting",
    "tests.serving",
    "tests.browsing",
    "tests.signing",
    "tests.mail.relay",
    "tests.mail.fickle",
    "tests.mail.workers",
]


def pytest_configure(config: pytest.Config) -> None:
    """Forget the developer's own settings; the session's controller chooses where PostgreSQL and templates live."""
    for name in [name for name in os.environ if name.startswith("TOURPACA_") and "_TEST_" not in name]:
        del os.environ[name]
    if not hasattr(config, "workerinput"):
        postgres.choose_directory()
        compiled_templates.choose_directory()
    compiled_templates.use()


def pytest_unconfigure(config: pytest.Config) -> None:
    """The controller stops the session's PostgreSQL and tidies up, whatever became of the workers."""
    if not hasattr(config, "workerinput"):
        postgres.remove_directory()
        compiled_templates.remove_directory()


def _is_here(address: Any) -> bool:
    host = address[0]
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that reaches for another machine fails, whatever library does it."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not _is_here(address):
            raise RuntimeError(f"a test reaches for the network: {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture
def app(engine_url: str) -> Iterator[Flask]:
    """The application on a fresh database, its clock stopped at NOW. No context is open: open one to ask the house."""
    app = create_app(
        {
            "TESTING": True,
            "PROPAGATE_EXCEPTIONS": True,
            "SECRET_KEY": "a secret of the tests, long enough for anyone",
            "SQLALCHEMY_DATABASE_URI": engine_url,
            "BASE_URL": "http://localhost",
            "NOW": NOW,
        }
    )
    app.test_client_class = InspectingClient
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> InspectingClient:
    """A visitor whose every page is judged."""
    return app.test_client()  # type: ignore[return-value]
