"""The team's « Inscriptions »: search, waiting lists, giving a place, cancelling; and who may see what."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from tests import factories
from tests.inspecting import InspectingClient
from tests.registration import sending
from tests.registration.sending import ACT, person, submission
from tourpaca.db import db, session
from tourpaca.registration import actions
from tourpaca.registration.models import Place

Team = Callable[..., InspectingClient]
HERE = "/equipe/tour-paca/inscriptions"


def register(*people: Any, **facts: Any) -> None:
    """Register people for Nice."""
    actions.register(ACT, sending.etape_id(), submission(*people, **facts))


def test_r07_the_team_searches_promotes_and_cancels(app: Flask, team: Team) -> None:
    """Search by any word without accents, the waiting list first, one press gives the place, a page cancels."""
    with app.app_context():
        factories.tour_paca()
        sending.shrink(1, 4)
        register(person("Camille Exemple", 2), person("Sacha Modèle", 4))
        register(person("Zoé Tard", -4), contact_email="zoe@exemple.org", organisation="APROVA 84")
        sacha, zoe = sending.participant("Modèle"), sending.participant("Tard")
        place = session().scalars(select(Place.id).where(Place.participant_id == zoe)).one()
    organiser = team()
    page = organiser.get(f"{HERE}?q=modele+harmonie").get_data(as_text=True)
    assert "MODÈLE Sacha" in page
    assert "EXEMPLE" not in page
    assert "1\u00a0personne attend" in page
    with app.app_context():
        sending.shrink(2, 4)
    assert organiser.submit(f"{HERE}/places/{place}/donner", {}, page=HERE).status_code == 303
    assert organiser.submit(f"{HERE}/personnes/{sacha}/annuler", {}).status_code == 303
    assert "En liste d’attente" not in organiser.get(HERE).get_data(as_text=True)
    assert "MODÈLE Sacha" in organiser.get(f"{HERE}?etat=annulees&etape=nice").get_data(as_text=True)
    with app.app_context():
        sending.assert_counters_are_the_rows()


def test_s01_a_member_of_one_etape_sees_and_touches_nobody_elsewhere(app: Flask, team: Team) -> None:
    """Carpentras' member finds no trace of Nice: not in the list, not by its number."""
    with app.app_context():
        factories.tour_paca()
        register(person("Camille Exemple", 2))
        camille, carpentras = sending.participant("Exemple"), sending.etape_id("carpentras")
    member = team("etape", carpentras)
    answer = member.get(f"{HERE}?etape=nice")
    assert (answer.status_code, "EXEMPLE" in answer.get_data(as_text=True)) == (200, False)
    assert member.get(f"{HERE}/personnes/{camille}/annuler").status_code == 404


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_asks_the_same_number_of_questions(app: Flask, team: Team, count: int) -> None:
    """Six statements with one person or thirty."""
    with app.app_context():
        factories.tour_paca()
        for number in range(count):
            one = person(f"Camille Numéro{number}", 2 if number < 14 else -2)
            register(one, contact_email=f"c{number}@exemple.org")
    organiser = team()
    asked: list[str] = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *facts: asked.append(facts[2]))
    organiser.get(HERE)
    assert sum(statement.startswith("SELECT") for statement in asked) == 6, asked
