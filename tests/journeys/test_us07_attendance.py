"""US7: presence marked at the door with one thumb, in a real browser, with its scripts and without."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, expect

from tests.attendance import people
from tests.engines import one_engine
from tests.journeys import the_day
from tests.journeys.the_day import DESK, PHONE, Morning, small_targets
from tests.serving import Server
from tourpaca import french
from tourpaca.attendance import queries
from tourpaca.fiches import figures
from tourpaca.tour import queries as tour_queries

Axe = Callable[[Page], None]
without_scripts = pytest.mark.browser_context_args(java_script_enabled=False)


@pytest.fixture
def morning(app: Flask, serve: Callable[..., Server], engine_url: str) -> Morning:
    """Nice on the morning of its étape."""
    return the_day.morning(app, serve, engine_url)


@pytest.fixture
def phone(morning: Morning, page: Page) -> Page:
    """A phone whose owner has signed in."""
    page.set_viewport_size(PHONE)
    morning.enter(page)
    return page


def _button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=re.compile(f"^(Présence|Absence) {french.of(name)}"))


def _open_the_list(page: Page, axe: Axe | None = None) -> None:
    page.get_by_role("link", name="Marquer les présences", exact=True).click()
    if axe:
        axe(page)
    page.get_by_role("link", name=re.compile("Marquer les présences de l’atelier 5")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("5. Le lien avec les utilisateurs")


def test_us07_one_tap_notes_presence_and_a_second_takes_it_back(
    morning: Morning, phone: Page, axe: Axe
) -> None:
    axe(phone)
    _open_the_list(phone, axe)
    axe(phone)
    assert small_targets(phone) == []
    camille, count = _button(phone, "Camille Exemple"), phone.locator("#compte-presences")
    for pressed, said in (("true", "1 sur 3"), ("false", "0 sur 3"), ("true", "1 sur 3")):
        camille.click()
        expect(camille).to_have_attribute("aria-pressed", pressed)
        expect(camille).to_be_focused()
        expect(count).to_contain_text(said)
    assert phone.locator("#comptes b").all_text_contents() == ["1", "0", "2", "0"]
    expect(phone.locator(".dit").nth(1)).to_have_text("présence notée à 11 h 10 par Claude Essai")
    phone.reload()
    expect(camille).to_have_attribute("aria-pressed", "true")
    expect(count).to_contain_text("1 sur 3")
    noted = morning.ask(queries.history, morning.ids["Camille"], morning.room)
    assert [mark.status for mark in noted] == ["present", "sans_reponse", "present"], (
        "an annulment is a fact too"
    )


@one_engine
def test_us07_the_name_opens_absence_excuse_and_note(morning: Morning, phone: Page, axe: Axe) -> None:
    phone.goto(morning.list)
    phone.get_by_text("MODÈLE Sacha").click()
    axe(phone)
    assert small_targets(phone) == []
    phone.get_by_role("textbox", name="Note").fill("Train annulé")
    phone.get_by_role("button", name="Excuser l’absence").click()
    expect(_button(phone, "Sacha Modèle")).to_be_focused()
    expect(_button(phone, "Sacha Modèle")).to_have_accessible_name(
        "Absence de Sacha Modèle, noter sa présence"
    )
    expect(phone.get_by_text("absence excusée")).to_contain_text("Train annulé")
    axe(phone)
    phone.get_by_text("MODÈLE Sacha").click()
    phone.get_by_role("textbox", name="Note").fill("Arrive à midi")
    phone.get_by_role("textbox", name="Note").press("Enter")
    expect(phone.get_by_text("absence excusée")).to_contain_text("Arrive à midi")
    _button(phone, "Sacha Modèle").click()
    expect(_button(phone, "Sacha Modèle")).to_have_attribute("aria-pressed", "true")
    expect(_button(phone, "Sacha Modèle")).to_have_accessible_name("Présence de Sacha Modèle")


@one_engine
def test_us07_a_search_filters_then_says_in_which_room_somebody_is_expected(
    morning: Morning, phone: Page, axe: Axe
) -> None:
    phone.goto(morning.list)
    search, names = phone.get_by_label("Nom ou organisation"), phone.locator("#liste > li:visible")
    for typed, found in (("maxime ECHAN", 1), ("jeunesse", 1), ("uniform sach", 1), ("", 3)):
        search.fill(typed)
        expect(names).to_have_count(found)
    search.fill("specimen")
    expect(names).to_have_count(0)
    expect(phone.get_by_text("Aucun nom trouvé dans cet atelier.")).to_be_visible()
    elsewhere = phone.locator("#ailleurs")
    expect(elsewhere).to_contain_text("Chorum, atelier 6 «\u00a0Diversité\u00a0», Salle Tramontane")
    axe(phone)
    assert small_targets(phone) == []
    elsewhere.get_by_role("button", name="Accueillir Lou Spécimen").click()
    expect(phone.get_by_role("status").filter(has_text="Présence notée :")).to_be_visible()
    expect(_button(phone, "Lou Spécimen")).to_have_attribute("aria-pressed", "true")
    expect(phone.locator("#compte-presences")).to_contain_text("1 sur 4")


@one_engine
@without_scripts
def test_us07_each_gesture_is_a_form_without_scripts(morning: Morning, phone: Page) -> None:
    _open_the_list(phone)
    _button(phone, "Camille Exemple").click()
    expect(_button(phone, "Camille Exemple")).to_be_focused()
    expect(phone.locator("#compte-presences")).to_contain_text("1 sur 3")
    _button(phone, "Camille Exemple").click()
    expect(phone.locator("#compte-presences")).to_contain_text("0 sur 3")
    phone.get_by_label("Nom ou organisation").fill("CHOR lou")
    phone.keyboard.press("Enter")
    expect(phone.locator("#ailleurs")).to_contain_text("Salle Tramontane")
    expect(phone.locator("#liste")).to_be_hidden()
    phone.get_by_role("button", name="Accueillir").click()
    expect(phone.locator("#compte-presences")).to_contain_text("1 sur 4")
    phone.get_by_text("MODÈLE Sacha").click()
    phone.get_by_role("button", name="Noter l’absence").click()
    expect(phone.get_by_text("absence notée")).to_be_visible()


@one_engine
def test_us07_the_number_of_the_list_then_enter_marks_on_a_wide_screen(
    morning: Morning, page: Page, axe: Axe
) -> None:
    page.set_viewport_size(DESK)
    morning.enter(page)
    page.goto(morning.list)
    _button(page, "Maxime Échantillon").click()
    page.keyboard.press("3")
    expect(page.locator("#annonce")).to_have_text("3 : MODÈLE Sacha, Entrée pour noter")
    axe(page)
    page.keyboard.press("Enter")
    expect(_button(page, "Sacha Modèle")).to_have_attribute("aria-pressed", "true")
    expect(_button(page, "Maxime Échantillon")).to_have_attribute("aria-pressed", "true")
    page.keyboard.type("9")
    expect(page.locator("#annonce")).to_contain_text("aucun nom")
    page.keyboard.press("Enter")
    expect(page.locator("#compte-presences")).to_contain_text("2 sur 3")


@one_engine
def test_us07_a_mark_lost_with_the_network_is_said_and_sent_again_counts_once(
    morning: Morning, browser: Browser
) -> None:
    with browser.new_context(
        locale="fr-FR", viewport=PHONE
    ) as context:  # not watched: the network fails on purpose
        phone = context.new_page()
        morning.enter(phone)
        phone.goto(morning.list)
        phone.route("**/presences/*", lambda route: (route.fetch(), route.abort()))
        _button(phone, "Camille Exemple").click()
        expect(phone.get_by_text("Pas de réseau")).to_be_visible()
        expect(_button(phone, "Camille Exemple")).to_have_attribute("aria-pressed", "false")
        phone.unroute("**/presences/*")
        _button(phone, "Camille Exemple").click()
        expect(_button(phone, "Camille Exemple")).to_have_attribute("aria-pressed", "true")
    noted = morning.ask(queries.history, morning.ids["Camille"], morning.room)
    assert [mark.status for mark in noted] == ["present"], (
        "the first sending had arrived: one gesture, one mark"
    )


@one_engine
def test_us07_closing_the_list_says_its_effect_and_offers_the_way_back(
    morning: Morning, phone: Page, axe: Axe
) -> None:
    phone.goto(morning.list)
    _button(phone, "Camille Exemple").click()
    expect(_button(phone, "Camille Exemple")).to_have_attribute("aria-pressed", "true")
    phone.get_by_role("button", name="Clore la liste").click()
    expect(phone.get_by_text("Liste close : 2 absences notées.")).to_be_visible()
    assert phone.locator("#comptes b").all_text_contents() == ["1", "0", "0", "2"]
    axe(phone)
    assert small_targets(phone) == []
    phone.get_by_role("button", name="Rétablir").click()
    expect(phone.get_by_text("Liste rouverte : 2 personnes sont de nouveau sans réponse.")).to_be_visible()
    assert phone.locator("#comptes b").all_text_contents() == ["1", "0", "2", "0"]


@one_engine
def test_us07_somebody_who_leaves_at_the_pause_counts_in_one_fiche_alone(
    morning: Morning, phone: Page
) -> None:
    monteux = morning.ask(people.organisation, "Ville de Monteux")
    morning.ask(people.expect, "nice", ("Prototype", "Andrea"), (3, 5), monteux)
    third = morning.ask(lambda: people.atelier("nice", 3).id)
    phone.goto(f"{morning.etape}/presences/{third}")
    _button(phone, "Andrea Prototype").click()
    expect(phone.locator("#compte-presences")).to_contain_text("1 sur 1")
    phone.goto(morning.list)
    phone.get_by_text("PROTOTYPE Andrea").click()
    phone.get_by_role("button", name="Noter l’absence d’Andrea Prototype").click()
    expect(phone.get_by_text("absence notée")).to_be_visible()
    compiled = morning.ask(_participants)
    assert compiled == {1: 0, 2: 0, 3: 1, 4: 0, 5: 0, 6: 0, 7: 0, 8: 0}


def _participants() -> dict[int, int]:
    tour = tour_queries.tour("tour-paca")
    themes = {theme.id: theme.ordre for theme in tour.thematiques}
    return {themes[id_]: found.participants for id_, found in figures.of_tour(tour.id, list(themes)).items()}
