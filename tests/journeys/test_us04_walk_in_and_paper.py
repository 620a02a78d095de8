"""US4: somebody who was not expected, at the door and on the paper sheet; what is typed is what goes out."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from tests import pdf_text
from tests.engines import one_engine
from tests.journeys import the_day
from tests.journeys.the_day import DESK, PHONE, THE_DAY_AFTER, Morning, small_targets
from tests.serving import Server
from tourpaca.attendance import queries
from tourpaca.fiches import figures
from tourpaca.fiches.chiffres_cles import ChiffresCles
from tourpaca.tour import queries as tour_queries

Axe = Callable[[Page], None]
Serve = Callable[..., Server]
without_scripts = pytest.mark.browser_context_args(java_script_enabled=False)
TYPED = [
    ("DURAND", "Zoé", "Chorum", "présence", "sur place"),
    ("ÉCHANTILLON", "Maxime", "Cannes Jeunesse", "présence", "inscription"),
    ("EXEMPLE", "Camille", "Casden", "absence", "inscription"),
    ("MODÈLE", "Sacha", "Uniformation", "présence", "inscription"),
]
COLUMNS = ("NOM", "Prénom", "Organisation", "Présence", "Venue")


def _fiche(ordre: int) -> ChiffresCles:
    tour = tour_queries.tour("tour-paca")
    (theme,) = [theme.id for theme in tour.thematiques if theme.ordre == ordre]
    return figures.of_tour(tour.id, [theme])[theme]


def _at_the_door(morning: Morning, page: Page) -> None:
    page.set_viewport_size(PHONE)
    morning.enter(page)
    page.goto(morning.list)
    page.get_by_role("link", name="Personne non inscrite").click()


def _say_who(page: Page, name: str, organisation: str) -> None:
    page.get_by_label("Nom et prénom").fill(name)
    page.locator("#organisation").fill(organisation)


@one_engine
def test_us04_a_walk_in_is_added_on_the_spot_with_one_form(
    app: Flask, serve: Serve, engine_url: str, page: Page, axe: Axe
) -> None:
    morning = the_day.morning(app, serve, engine_url)
    _at_the_door(morning, page)
    axe(page)
    assert small_targets(page) == []
    assert page.locator("form input:visible").count() <= 4
    expect(page.get_by_text("Nom et organisation servent à la preuve de présence")).to_be_visible()
    _say_who(page, "Zoé Durand", "chor")
    axe(page)
    page.get_by_role("option", name="Chorum", exact=True).click()
    expect(page.locator("#organisation")).to_have_value("Chorum")
    page.get_by_role("button", name="Noter sa présence").click()
    expect(page.get_by_text("Présence notée, sur place.")).to_be_visible()
    expect(page.get_by_role("button", name="Présence de Zoé Durand")).to_be_focused()
    expect(page.locator("#compte-presences")).to_contain_text("1 sur 4")
    axe(page)
    assert morning.ask(_fiche, 5) == ChiffresCles(1, 1, 1, ("Chorum",))


@one_engine
@pytest.mark.parametrize("scripts", [pytest.param(True), pytest.param(False, marks=without_scripts)])
def test_us04_a_full_room_warns_keeps_all_that_was_typed_and_lets_in_with_a_reason(
    app: Flask, serve: Serve, engine_url: str, page: Page, axe: Axe, scripts: bool
) -> None:
    morning = the_day.morning(app, serve, engine_url)
    morning.limit(3)
    _at_the_door(morning, page)
    page.get_by_role("button", name="Noter sa présence").click()
    expect(page.get_by_role("alert")).to_contain_text("La présence n’est pas encore notée")
    if scripts:
        axe(page)
    _say_who(page, "Zoé Durand", "Chorum")
    page.get_by_role("button", name="Noter sa présence").click()
    expect(page.get_by_role("alert")).to_contain_text("3 personnes attendues ou présentes pour 3 places")
    expect(page.get_by_label("Nom et prénom")).to_have_value("Zoé Durand")
    expect(page.locator("#organisation")).to_have_value("Chorum")
    if scripts:
        axe(page)
        assert small_targets(page) == []
    page.get_by_label("Raison du dépassement").fill("Une chaise de plus")
    page.get_by_role("button", name="Noter sa présence").click()
    expect(page.locator("#compte-presences")).to_contain_text("1 sur 4")
    expect(page.locator(".dit", has_text="Une chaise de plus")).to_be_visible()


@one_engine
def test_us04_a_signed_sheet_is_typed_in_by_number_and_goes_out_as_it_was_typed(
    app: Flask, serve: Serve, engine_url: str, page: Page, axe: Axe, tmp_path: Path
) -> None:
    morning = the_day.morning(app, serve, engine_url, THE_DAY_AFTER)
    page.set_viewport_size(DESK)
    morning.enter(page)
    printed = page.request.get(f"{morning.list}/emargement.pdf").body()
    assert "1 ÉCHANTILLON Maxime Cannes Jeunesse 2 EXEMPLE Camille Casden 3 MODÈLE Sacha" in _words(printed)
    page.goto(morning.etape)
    axe(page)
    page.get_by_role("link", name="Relire les présences").click()
    axe(page)
    page.get_by_role("link", name="Saisir la feuille de l’atelier 5. Lien avec les utilisateurs").click()
    axe(page)
    assert small_targets(page) == []
    page.keyboard.type("1 3")
    page.keyboard.press("Enter")
    page.wait_for_url("**numbers=1*")
    assert page.locator("form .relecture li").evaluate_all("all => all.map((one) => one.value)") == [1, 3]
    axe(page)
    expect(page.get_by_role("button", name="Enregistrer 2 présences")).to_be_focused()
    page.get_by_label("Noter absente l’autre personne de la feuille").check()
    page.get_by_role("button", name="Enregistrer 2 présences").press("Enter")
    expect(page.get_by_role("status").filter(has_text="C’est enregistré")).to_contain_text(
        "2 présences, 1 absence"
    )
    _add_the_hand_written_line(page, axe)
    assert morning.ask(_fiche, 5) == ChiffresCles(1, 3, 3, ("Cannes Jeunesse", "Chorum", "Uniformation"))
    noted = [mark.source for id_ in (1, 2, 3) for mark in morning.ask(queries.history, id_, morning.room)]
    assert noted == ["apres_coup"] * 3
    _take_the_lists_out(page, axe, morning, tmp_path)


def _add_the_hand_written_line(page: Page, axe: Axe) -> None:
    page.get_by_role("link", name="Personne ajoutée sur la feuille").click()
    axe(page)
    _say_who(page, "DURAND Zoé", "Chorum")
    page.get_by_role("button", name="Noter sa présence").click()
    expect(page.get_by_role("listitem").filter(has_text="DURAND Zoé")).to_contain_text("saisi après coup")
    axe(page)


def _take_the_lists_out(page: Page, axe: Axe, morning: Morning, folder: Path) -> None:
    page.goto(f"{morning.etape}/presences/liste")
    axe(page)
    page.get_by_label("Pour", exact=True).select_option(label="5. Lien avec les utilisateurs")
    for box in page.get_by_role("group", name="Colonnes").get_by_role("checkbox").all():
        box.uncheck()
    for label in COLUMNS:
        page.get_by_label(label, exact=True).check()
    files = {label: _download(page, label, folder) for label in ("XLSX", "CSV", "PDF")}
    book = CalamineWorkbook.from_filelike(io.BytesIO(files["XLSX"])).get_sheet_by_index(0).to_python()
    text = files["CSV"].decode("utf-8-sig")
    listed = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    assert _rows(book) == _rows(listed) == [COLUMNS, *TYPED]
    for row in TYPED:
        assert " ".join(row) in _words(files["PDF"])


def _rows(table: list[Any]) -> list[tuple[str, ...]]:
    return [tuple(row) for row in table]


def _words(pdf: bytes) -> str:
    return " ".join(pdf_text.text(pdf).split())


def _download(page: Page, label: str, folder: Path) -> bytes:
    page.get_by_label(label).check()
    with page.expect_download() as going:
        page.get_by_role("button", name="Télécharger la liste").click()
    path = folder / going.value.suggested_filename
    going.value.save_as(path)
    assert going.value.suggested_filename == f"Présences Nice 2018-01-30 atelier 5.{label.lower()}"
    return path.read_bytes()
