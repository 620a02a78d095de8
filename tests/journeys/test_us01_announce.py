"""US1: an organiser announces a tour from almost nothing, by pages, in a real browser, by keyboard for the grid."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.request import urlopen

import icalendar
import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.engines import one_engine
from tests.serving import Server
from tests.signing import enter

Axe = Callable[[Page], None]
ETAPES = (
    ("2017-12-19", "13", "Marseille"),
    ("2018-01-30", "06", "Nice"),
    ("2018-02-13", "84", "Carpentras"),
    ("2018-03-29", "13", ""),
)
THEMES = (("Gouvernance démocratique", "1"), ("Territorialité", "1"), ("Diversité", "2"))
# 9 h 30 in winter is 08:30Z; on 29 March 2018, four days after the change, 07:30Z.
INSTANTS = ["2017-12-19 08:30Z", "2018-01-30 08:30Z", "2018-02-13 08:30Z", "2018-03-29 07:30Z"]
HEADINGS = (
    "mardi 19 décembre 2017 — Marseille",
    "mardi 30 janvier 2018 — Nice",
    "mardi 13 février 2018 — Carpentras",
    "jeudi 29 mars 2018 — Bouches-du-Rhône (lieu à préciser)",
)


@pytest.fixture
def base(live_server: Server) -> str:
    """The address of the server of this test."""
    return live_server.url


def _make_the_tour(page: Page, base: str) -> None:
    page.goto(f"{base}/equipe/tours/nouvelle")
    page.get_by_label("Nom de la tournée").fill("Tour PACA")
    page.get_by_role("button", name="Créer la tournée").click()
    page.wait_for_url("**/etapes/nouvelle")


def _add_the_etapes(page: Page, base: str) -> None:
    for day, departement, town in ETAPES:
        page.goto(f"{base}/equipe/tour-paca/etapes/nouvelle")
        page.get_by_label("Jour").fill(day)
        page.get_by_label("Département").select_option(departement)
        page.get_by_label("Ville").fill(town)
        if not town:
            page.get_by_label("Événement de capitalisation").check()
        page.get_by_role("button", name="Ajouter l’étape").click()
        page.wait_for_url("**/modifier")


def _write_the_themes(page: Page, base: str) -> None:
    page.goto(f"{base}/equipe/tour-paca/thematiques")
    for number, (title, creneau) in enumerate(THEMES, 1):
        page.locator(f"#title-neuf{number}").fill(title)
        page.locator(f"#creneau_ordre-neuf{number}").fill(creneau)
    page.get_by_role("button", name="Enregistrer les thématiques").click()
    expect(page.get_by_role("status")).to_contain_text("Les thématiques sont enregistrées")


def _tick_the_grid_by_keyboard(page: Page, base: str, keys: str) -> None:
    page.goto(f"{base}/equipe/tour-paca/programme")
    page.get_by_label("Gouvernance démocratique, Marseille").focus()
    for key in keys:
        page.keyboard.press(key)
    assert page.locator("[data-grille] input:checked").count() == len(keys)
    page.get_by_label("Places par atelier").fill("14")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Le programme est enregistré")


def _set_the_hours(page: Page, base: str) -> None:
    page.goto(f"{base}/equipe/tour-paca/horaires")
    for field in page.get_by_label(re.compile("^Début, ")).all():
        field.fill("09:30")
    for field in page.get_by_label(re.compile("^Les inscriptions ouvrent, ")).all():
        field.fill("2017-11-15T08:00")
    page.get_by_role("button", name="Enregistrer les horaires").click()
    expect(page.get_by_role("status")).to_contain_text("enregistrés")


def _headings(page: Page) -> list[str]:
    return [text.replace("\u00a0", " ") for text in page.locator("main h3.hors-ecran").all_text_contents()]


def test_us01_a_tour_is_announced_by_pages_alone(app: Flask, page: Page, base: str, axe: Axe) -> None:
    enter(app, page, base, datetime(2017, 12, 1, 9, tzinfo=UTC))
    _make_the_tour(page, base)
    _add_the_etapes(page, base)
    _write_the_themes(page, base)
    _tick_the_grid_by_keyboard(page, base, "x" * 9)
    axe(page)
    assert page.goto(f"{base}/tours/tour-paca").status == 404  # type: ignore[union-attr]
    page.goto(f"{base}/equipe/tour-paca/publication")
    page.get_by_label("Organisme").fill("Chambre régionale")
    axe(page)
    page.get_by_role("button", name="Publier la tournée").click()
    page.goto(f"{base}/tours/tour-paca")
    assert tuple(_headings(page)) == HEADINGS
    axe(page)


def test_us01_hours_given_later_reach_the_calendar_at_the_legal_time(signed_in_page: Page, base: str) -> None:
    page = signed_in_page
    _make_the_tour(page, base)
    _add_the_etapes(page, base)
    page.goto(f"{base}/equipe/tour-paca/publication")
    page.get_by_label("Organisme").fill("Chambre régionale")
    page.get_by_role("button", name="Publier la tournée").click()
    page.wait_for_url("**/publication")
    assert "DTSTART;VALUE=DATE:20180329" in _feed(base)
    _set_the_hours(page, base)
    assert "VALUE=DATE:" not in _feed(base)
    assert _instants(base) == INSTANTS


def _instants(base: str) -> list[str]:
    """When the entries of the feed begin, in universal time, as a calendar program computes it."""
    entries = icalendar.Calendar.from_ical(_feed(base)).walk("VEVENT")
    return [f"{entry.decoded('dtstart').astimezone(UTC):%Y-%m-%d %H:%MZ}" for entry in entries]


def _feed(base: str) -> str:
    with urlopen(f"{base}/tours/tour-paca/calendrier.ics") as answer:
        return str(answer.read().decode())


@one_engine
def test_r22_two_organisers_compare_their_texts_side_by_side(
    signed_in_page: Page, base: str, axe: Axe
) -> None:
    first = signed_in_page
    _make_the_tour(first, base)
    _add_the_etapes(first, base)
    second = first.context.new_page()
    for page, venue in ((first, "Maison des associations"), (second, "Théâtre")):
        page.goto(f"{base}/equipe/tour-paca/etapes/nice/modifier")
        page.get_by_label("Lieu").fill(venue)
    first.get_by_role("button", name="Enregistrer l’étape").click()
    expect(first.get_by_role("status")).to_contain_text("L’étape est enregistrée")
    second.get_by_label("Transports").fill("Tram 1")
    second.get_by_role("button", name="Enregistrer l’étape").click()
    expect(second.get_by_role("heading", level=1)).to_have_text("Deux textes à comparer")
    axe(second)
    second.get_by_label("Maison des associations").check()
    second.get_by_role("button", name="Enregistrer ces choix").click()
    expect(second.get_by_label("Lieu")).to_have_value("Maison des associations")
    expect(second.get_by_label("Transports")).to_have_value("Tram 1")


@one_engine
def test_us01_the_grid_is_complete_without_scripts(signed_in_page: Page, base: str) -> None:
    page = signed_in_page
    _make_the_tour(page, base)
    _add_the_etapes(page, base)
    _write_the_themes(page, base)
    page.route("**/*.js*", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto(f"{base}/equipe/tour-paca/programme")
    page.get_by_label("Diversité, Nice").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Enregistrer le programme").press("Enter")
    expect(page.get_by_label("Diversité, Nice")).to_be_checked()
    expect(page.get_by_label("Diversité, Marseille")).not_to_be_checked()
