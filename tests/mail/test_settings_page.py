"""The page that tries the mail settings: one letter, the whole conversation, no secret, and what to do."""

import base64
import re
from collections.abc import Callable

import pytest
from flask import Flask

from tests import factories
from tests.inspecting import InspectingClient
from tests.mail.relay import Relay, send_through
from tests.mail.writing import draft, letters, post, states
from tests.serving import ROOT
from tourpaca import clock
from tourpaca.mail import delivery
from tourpaca.mail.models import PARTI, RETENU

Team = Callable[..., InspectingClient]
PAGE = "/equipe/courrier"
LOGIN = {"MAIL_USERNAME": "tour-nom", "MAIL_PASSWORD": "mot-de-passe"}
SECRETS = (*LOGIN.values(), *(base64.b64encode(each.encode()).decode() for each in LOGIN.values()))
one_engine = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)


@pytest.fixture
def house(app: Flask) -> Flask:
    with app.app_context():
        factories.tour_paca()
    return app


@one_engine
def test_b11_without_a_server_the_page_says_what_to_set(house: Flask, team: Team) -> None:
    page = team().get(PAGE).get_data(as_text=True)
    for name in re.findall(r'"(TOURPACA_MAIL_\w+)"', (ROOT / "config.py").read_text()):
        assert f">{name}</dt>" in page
    assert "Aucun serveur de courrier n’est réglé." in page
    assert "TOURPACA_MAIL_SERVER" in page
    assert "M’envoyer un essai" not in page


@one_engine
def test_b11_the_trial_shows_the_whole_conversation_without_its_secrets(
    house: Flask, team: Team, relay: Relay
) -> None:
    relay.offers = ("AUTH PLAIN",)
    send_through(house, relay, **LOGIN)
    page = team().submit(PAGE, {}).get_data(as_text=True)
    for words in (
        "Le message est parti",
        "ehlo localhost",
        "AUTH (masqué)",
        "235 ok",
        "RCPT TO",
        "354 go",
        "250 2.0.0 kept",
    ):
        assert words in page
    assert not any(secret in page for secret in SECRETS)
    (letter,) = relay.letters
    assert letter.recipients == ("organisation-tous@exemple.org",)


@one_engine
def test_b11_a_wrong_password_is_said_and_a_mended_one_frees_what_was_held(
    house: Flask, team: Team, relay: Relay
) -> None:
    relay.offers, relay.answers["AUTH"] = ("AUTH PLAIN",), "535 5.7.8 no"
    send_through(house, relay, **LOGIN)
    with house.app_context():
        post(draft(), now=clock.now())
        delivery.deliver(clock.now)
        assert states() == [RETENU]
    client = team()
    page = client.submit(PAGE, {}).get_data(as_text=True)
    assert "le serveur refuse le nom ou le mot de passe réglés" in page
    assert "Un réglage est à corriger" in page
    relay.answers.clear()
    client.submit(PAGE, {})
    with house.app_context():
        assert letters()[0].due_at <= clock.now()
        delivery.deliver(clock.now)
        assert states() == [PARTI]


@one_engine
def test_the_page_is_reached_from_the_settings_of_a_tour(house: Flask, team: Team) -> None:
    assert f'href="{PAGE}"' in team().get("/equipe/tour-paca/reglages").get_data(as_text=True)
