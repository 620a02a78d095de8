"""What the tests of the letters share: a clock of their own, and the application set to a misbehaving mail server."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.mail.relay import Relay, send_through
from tests.mail.writing import Clock


@pytest.fixture
def clock() -> Clock:
    """A clock that moves only when told."""
    return Clock()


@pytest.fixture
def house(app: Flask, relay: Relay) -> Iterator[Flask]:
    """The application, in its context, whose letters leave through `relay`."""
    send_through(app, relay)
    with app.app_context():
        yield app
