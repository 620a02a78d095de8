"""The list pages of the programme ask the same number of questions with 1 row or 30."""

from datetime import date

import pytest
from flask import Flask

from tests.inspecting import InspectingClient
from tests.statements import selects
from tests.tour.conftest import ACT
from tourpaca.tour import queries
from tourpaca.tour.actions import etapes, thematiques
from tourpaca.tour.facts import EtapeFacts, ThematiqueFacts

HOME = "/equipe/tour-paca"


def _grow(count: int) -> None:
    """Bring the tour to `count` étapes and thématiques more."""
    tour = queries.tour("tour-paca")
    thematiques.save(ACT, tour.id, [], [ThematiqueFacts(f"Thématique {n}") for n in range(count)])
    for number in range(count):
        etapes.create(ACT, tour.id, EtapeFacts(date(2018, 5, 1), "83", f"Ville {number}"))


@pytest.mark.parametrize(
    "name, expected",
    [("etapes", 5), ("programme", 6), ("horaires", 5), ("thematiques", 3), ("publication", 7)],
)
@pytest.mark.parametrize("more", [1, 30])
def test_b01_pages_ask_the_same_number_of_questions_whatever_the_size(
    app: Flask, chief: InspectingClient, name: str, expected: int, more: int
) -> None:
    with app.app_context():
        _grow(more)
    with selects(app) as asked:
        assert chief.get(f"{HOME}/{name}").status_code == 200
    assert len(asked) == expected, asked
