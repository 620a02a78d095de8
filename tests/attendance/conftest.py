"""The house with the stories' tour, open and ready to be asked."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests import factories, seed
from tests.attendance import people, reminding_people


@pytest.fixture
def open_house(app: Flask) -> Iterator[Flask]:
    """The application inside a context, with the stories' tour."""
    with app.app_context():
        factories.tour_paca()
        yield app


@pytest.fixture
def organisations(open_house: Flask) -> dict[str, int]:
    """The 63 organisations of the users' document, by id, with every spelling printed."""
    return {
        body["id"]: people.organisation(
            body["nom_canonique"], body["id"], [spelled["graphie"] for spelled in body["graphies"]]
        )
        for body in seed.document()["organisations"]
    }


@pytest.fixture
def reminded(open_house: Flask) -> Flask:
    """The stories' tour with three people at Carpentras: a place, a cancelled place, a waiting one."""
    reminding_people.three_people()
    return open_house
