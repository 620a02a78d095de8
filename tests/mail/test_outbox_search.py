"""B11: the outbox is narrowed by reader, étape and day; its tabs count what was asked for."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from tests import factories
from tests.inspecting import InspectingClient
from tests.mail.writing import draft, post
from tourpaca import clock
from tourpaca.db import session
from tourpaca.tour.models import Etape

Team = Callable[..., InspectingClient]
OUTBOX = "/equipe/tour-paca/messages"


@pytest.fixture(autouse=True)
def three_letters(app: Flask) -> None:
    """Two of Carpentras and one of Nice, written today."""
    with app.app_context():
        tour = factories.tour_paca()
        for number, slug in enumerate(("carpentras", "carpentras", "nice")):
            etape_id = session().scalar(select(Etape.id).where(Etape.slug == slug))
            told = {"to_name": f"Personne {number}", "to_email": f"reader{number}@exemple.org"}
            post(draft(number, tour_id=tour.id, etape_id=etape_id, **told), now=clock.now())


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("q=reader1@", {1}),
        ("q=Personne+2", {2}),
        ("q=50%25", set()),
        ("jour=2017-12-01", {0, 1, 2}),
        ("jour=2017-12-02", set()),
        ("jour=demain", {0, 1, 2}),
        ("etape=nice", {2}),
        ("etape=nulle-part", {0, 1, 2}),
        ("etape=nice&q=reader1", set()),
    ],
)
def test_b11_the_outbox_is_searched_by_reader_etape_and_day(team: Team, asked: str, shown: set[int]) -> None:
    page = team().get(f"{OUTBOX}?{asked}").get_data(as_text=True)
    assert {number for number in range(3) if f">Personne {number}" in page} == shown
    assert f"Tous {len(shown)}" in page
