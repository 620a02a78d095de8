"""The tour of the stories, in an open context, for the tests of the registration room."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests import factories


@pytest.fixture
def house(app: Flask) -> Iterator[Flask]:
    """The application with the stories' tour, its context open."""
    with app.app_context():
        factories.tour_paca()
        yield app
