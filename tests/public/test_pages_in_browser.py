"""The pages of the programme and of the team's first pages in a real browser: narrow and wide, light and dark."""

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.inspecting import NOW
from tests.serving import Server, start
from tests.signing import PASSWORD
from tourpaca import clock, create_app
from tourpaca.accounts import actions
from tourpaca.db import db
from tourpaca.journal.models import Act
from tourpaca.sample import loading

PAST = "tour-paca-2017-2018"
PUBLIC = ("/", "/tours/tour-paca/etapes/nice", "/tours/tour-paca/etapes/bouches-du-rhone", f"/tours/{PAST}")
TEAM = ("/equipe/tour-paca/", "/equipe/tour-paca/etapes/nice", f"/equipe/{PAST}/", f"/equipe/{PAST}/journal")


@pytest.fixture
def house(sqlite_url: str) -> Iterator[tuple[Server, str]]:
    """The sample in a real server, and a link that signs in."""
    app: Flask = create_app(
        {"TESTING": True, "SECRET_KEY": "s" * 40, "SQLALCHEMY_DATABASE_URI": sqlite_url, "NOW": NOW}
    )
    with app.app_context():
        loading.load(clock.now())
        token = actions.invite(Act(clock.now()), "claude@exemple.org", "organisation", "Claude Essai")
        db.session.remove()
        db.engine.dispose()
    server = start(sqlite_url, TOURPACA_NOW=NOW)
    yield server, f"{server.url}/equipe/lien/{token}"
    server.stop()


def test_the_pages_are_sound_narrow_and_wide_light_and_dark(
    house: tuple[Server, str], page: Page, axe: Callable[[Page], None]
) -> None:
    server, link = house
    page.goto(link)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Choisir ce mot de passe et entrer").click()
    page.wait_for_url(f"{server.url}/equipe/**")
    schemes: tuple[Any, ...] = ("light", "dark")
    for width, scheme in product((360, 1280), schemes):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        for path in PUBLIC + TEAM:
            answer = page.goto(server.url + path)
            assert answer is not None
            assert answer.status == 200
            axe(page)
            assert page.evaluate("document.documentElement.scrollWidth") == width, path


def test_us01_the_etapes_are_heard_under_their_full_name(house: tuple[Server, str], page: Page) -> None:
    page.goto(f"{house[0].url}/tours/{PAST}")
    names = [heading.inner_text() for heading in page.get_by_role("heading", level=3).all()]
    assert names[:4] == [
        "mardi 19 décembre 2017 — Marseille",
        "mardi 30 janvier 2018 — Nice",
        "mardi 13 février 2018 — Carpentras",
        "jeudi 29 mars 2018 — Bouches-du-Rhône (lieu à préciser)",
    ]


def test_at_320_pixels_nothing_scrolls_sideways(house: tuple[Server, str], page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    for path in PUBLIC:
        page.goto(house[0].url + path)
        assert page.evaluate("document.documentElement.scrollWidth") == 320, path
