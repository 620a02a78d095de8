"""B11: whatever the house writes, somebody of the team sees where it is and what the server said."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from tests import factories
from tests.inspecting import InspectingClient
from tests.mail import every_letter
from tests.mail.relay import Relay, send_through
from tests.registration import sending
from tests.registration.sending import ACT, person, submission
from tourpaca import clock
from tourpaca.db import session
from tourpaca.mail import delivery
from tourpaca.mail.models import Letter
from tourpaca.registration import actions

Team = Callable[..., InspectingClient]
ELSEWHERE = {"acces"}  # on the page of the team: one letter belongs to no tour
pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)


def test_b11_every_letter_is_in_the_outbox_of_its_tour(app: Flask) -> None:
    with app.app_context():
        every_letter.everything()
        homeless = set(session().scalars(select(Letter.kind).where(Letter.tour_id.is_(None))))
    assert homeless == ELSEWHERE


def test_b11_the_team_sees_that_an_invitation_was_refused_and_not_its_link(
    app: Flask, team: Team, relay: Relay
) -> None:
    client = team()
    assert "aucun" in client.get("/equipe/membres").get_data(as_text=True)
    client.submit("/equipe/membres", {"email": "Lou@exemple.org", "role": "organisation"})
    client.get("/equipe/membres")  # the link is shown once
    relay.answers["RCPT"] = "550 5.1.1 inconnu ici"
    send_through(app, relay)
    with app.app_context():
        delivery.deliver(clock.now)
    page = client.get("/equipe/membres").get_data(as_text=True)
    assert "Refusé" in page
    assert "550 5.1.1 inconnu ici" in page
    assert "/equipe/lien/" not in page


def test_b11_a_found_link_to_one_etape_is_seen_by_its_team_and_to_two_by_the_tours_alone(app: Flask) -> None:
    with app.app_context():
        factories.tour_paca()
        for slug in ("nice", "carpentras"):
            form = submission(person("Camille Exemple", 2, etape=slug), contact_email="camille@exemple.org")
            actions.register(ACT, sending.etape_id(slug), form)
            actions.send_lost_link(ACT, "camille@exemple.org")
        one, both = sending.letters("lien_perdu")
        assert (one.etape_id, both.etape_id) == (sending.etape_id("nice"), None)
        assert one.tour_id == both.tour_id is not None
