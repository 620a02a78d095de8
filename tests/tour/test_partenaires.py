"""The partners of a tour: added, moved, renamed and removed in pages, and shown where they have a place."""

import html
import json
import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from tests import factories
from tests.inspecting import InspectingClient
from tests.racing import race
from tests.tour.conftest import ACT
from tourpaca.db import session
from tourpaca.journal import queries as journal
from tourpaca.refusal import Refused
from tourpaca.tour import queries
from tourpaca.tour.actions import partenaires
from tourpaca.tour.facts import PartenaireFacts
from tourpaca.tour.models import Partenaire, Tour

PAGE = "/equipe/tour-paca/partenaires"
Team = Callable[..., InspectingClient]


def listed() -> list[PartenaireFacts]:
    """The partners stored, in order."""
    session().expire_all()
    return [PartenaireFacts(row.id, row.name) for row in queries.tour("tour-paca").partenaires]


def save(tour: Tour, *names: str) -> None:
    """Make the partners of a tour."""
    partenaires.save(ACT, tour.id, listed(), [PartenaireFacts(0, name) for name in names])


def test_t09_partners_are_added_moved_renamed_and_removed(tour: Tour) -> None:
    save(tour, "MGEN", "Uniformation", "CNCRESS")
    mgen, uniformation, cncress = listed()
    session().get_one(Partenaire, mgen.id).logo = "/static/logo.png"
    session().commit()
    wanted = [cncress, PartenaireFacts(mgen.id, "Mgen 06"), PartenaireFacts(0, "France Active")]
    partenaires.save(ACT, tour.id, [mgen, uniformation, cncress], wanted)
    assert [each.name for each in listed()] == ["CNCRESS", "Mgen 06", "France Active"]
    assert session().get_one(Partenaire, mgen.id).logo == "/static/logo.png"
    partenaires.save(ACT, tour.id, [], listed())
    assert queries.tour(tour.slug).revision == 3
    assert len(journal.latest(tour.id)) == 2


def test_t09_a_list_that_changed_meanwhile_is_not_overwritten(tour: Tour) -> None:
    save(tour, "MGEN")
    seen = listed()
    partenaires.save(ACT, tour.id, seen, [*seen, PartenaireFacts(0, "Uniformation")])
    with pytest.raises(Refused, match="La liste des partenaires a changé"):
        partenaires.save(ACT, tour.id, seen, [PartenaireFacts(0, "CNCRESS")])
    with pytest.raises(Refused, match="deux fois"):
        partenaires.save(ACT, tour.id, listed(), [PartenaireFacts(0, "MGEN"), PartenaireFacts(0, "Mgen")])
    assert [each.name for each in listed()] == ["MGEN", "Uniformation"]


def test_t09_race_four_lists_at_once_and_one_is_kept(app: Flask) -> None:
    with app.app_context():
        tour_id = factories.tour_paca().id
    given = race(
        app, lambda n: partenaires.save(ACT, tour_id, [], [PartenaireFacts(0, f"Partenaire {n}")]), 4
    )
    assert given.count(None) == 1
    assert sum(isinstance(each, Refused) for each in given) == 3
    with app.app_context():
        assert len(session().scalars(select(Partenaire)).all()) == 1


def form(client: InspectingClient) -> dict[str, str]:
    """What a browser would send from the page, untouched."""
    page = client.get(PAGE).get_data(as_text=True)
    inputs = re.findall(r'<input[^>]*name="((?:name-|montre|csrf)[^"]*)"[^>]*value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in inputs}


def test_t09_the_page_adds_then_moves_and_the_public_sees_the_order(
    app: Flask, chief: InspectingClient
) -> None:
    blank = form(chief)
    assert (
        chief.post(PAGE, data=blank | {"name-neuf1": "MGEN", "name-neuf2": " Uni  formation "}).status_code
        == 303
    )
    ids = list(json.loads(form(chief)["montre"]))
    sent = form(chief) | {f"name-{ids[1]}": "Uniformation", "geste": f"monter:{ids[1]}"}
    assert chief.post(PAGE, data=sent).status_code == 303
    home = app.test_client().get("/tours/tour-paca").get_data(as_text=True)
    assert home.index("Uniformation") < home.index("MGEN")
    late = chief.post(PAGE, data=sent | {"name-neuf1": "CNCRESS"})
    assert late.status_code == 409
    assert "CNCRESS" in late.get_data(as_text=True)
    assert chief.post(PAGE, data=form(chief) | {"retirer": ids[0]}).status_code == 303
    with app.app_context():
        assert [each.name for each in listed()] == ["Uniformation"]


def test_t09_a_name_twice_is_said_beside_its_field_and_kept(chief: InspectingClient) -> None:
    refused = chief.post(PAGE, data=form(chief) | {"name-neuf1": "MGEN", "name-neuf2": "Mgén"})
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert 'value="MGEN"' in page
    assert 'value="Mgén"' in page
    assert "Ce partenaire est déjà dans la liste." in page
