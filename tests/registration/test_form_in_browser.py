"""The form in a real browser: by keyboard alone, without scripts, on a narrow screen, sent twice in every way."""

import re
from collections.abc import Callable
from typing import Literal

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.journeys.visiting import card, fill_contact, fill_person, plain, send, status
from tests.registration.filling import CONTACT, FORM, dossiers, fill

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
Axe = Callable[[Page], None]


def reach(page: Page, **what: str) -> None:
    """Press Tab until the focus is on a control; each one on the way shows that it has the focus."""
    wanted = page.get_by_role(what["role"], name=re.compile(what["name"])).first  # type: ignore[arg-type]
    for _ in range(40):
        page.keyboard.press("Tab")
        halo = "e => getComputedStyle(e.closest('.option') || e).outlineWidth"
        assert page.locator(":focus").evaluate(halo) == "3px"
        if wanted.evaluate("e => e === document.activeElement"):
            return
    pytest.fail(f"the keyboard never reaches {what}")


def write(page: Page, name: str, text: str) -> None:
    """Go to a field by Tab and type."""
    reach(page, role="textbox", name=name)
    page.keyboard.type(text)


def test_r24_the_keyboard_alone_registers_two_people(form: str, page: Page) -> None:
    page.goto(form)
    reach(page, role="combobox", name="Nom de l’organisation")
    page.keyboard.type("Cannes Jeunesse")
    reach(page, role="checkbox", name="Ne pas citer")
    page.keyboard.press("Space")
    write(page, "Prénom et nom", "Morgan Factice")
    write(page, "^Courriel$", "morgan.factice@exemple.org")
    write(page, "^Prénom$", "Camille")
    write(page, "^Nom$", "Exemple")
    reach(page, role="radio", name="Pas d’atelier")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    reach(page, role="button", name="Ajouter une personne")
    page.keyboard.press("Enter")
    expect(page.locator("#p1-first_name")).to_be_focused()
    expect(card(page, 1).get_by_role("radio", name=re.compile("^Concertation"))).to_be_checked()
    page.keyboard.type("Sacha")
    page.keyboard.press("Tab")
    page.keyboard.type("Modèle")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    reach(page, role="button", name="Envoyer l’inscription")
    page.keyboard.press("Enter")
    page.wait_for_url("**/inscriptions/**")
    assert "C’est enregistré : 2 personnes, 2 places." in status(page)


def test_r24_without_scripts_everything_is_there(app: Flask, form: str, bare: Page) -> None:
    bare.goto(form)
    fill_contact(bare, *CONTACT)
    bare.get_by_role("button", name="Recopier le contact").click()
    expect(bare.locator("#p0-last_name")).to_have_value("Factice")
    expect(bare.locator("#p0-first_name")).to_be_focused()
    bare.get_by_role("button", name="Ajouter une personne").click()
    bare.get_by_role("button", name="Ajouter une personne").click()
    bare.get_by_role("button", name="Retirer cette personne").nth(1).click()
    expect(bare.locator("#people")).to_be_focused()
    send(bare)
    summary = bare.locator(".bilan-fautes")
    assert "L’inscription n’est pas encore envoyée" in plain(summary.inner_text())
    expect(bare.locator("#contact_name")).to_have_value("Morgan Factice")
    fill_person(bare, 1, "Morgan Factice", "", "Gouvernance")
    fill_person(bare, 2, "Sacha Modèle", "sacha@exemple.org", "Territorialité")
    send(bare)
    assert "C’est enregistré : 2 personnes, 2 places." in status(bare)
    expect(bare.locator(".etiquette", has_text="En liste d’attente")).to_be_visible()
    assert dossiers(app) == 1


@pytest.mark.parametrize(("width", "zoom"), [(320, 1), (1280, 4)])
def test_r24_nothing_scrolls_sideways_on_a_small_screen_or_enlarged(
    form: str, browser: Browser, width: int, zoom: int
) -> None:
    """320 px, and 1280 px at 400 % which is as many; with faults, long words, and widely spaced text (WCAG 1.4.12)."""
    context = browser.new_context(
        viewport={"width": width // zoom, "height": 700}, device_scale_factor=zoom, locale="fr-FR"
    )
    page = context.new_page()
    page.goto(form)
    _does_not_scroll(page)
    fill_contact(page, "Fédération" * 12, "Anne-Marie-Joséphine " * 4, "sans-arobase" * 8)
    fill_person(page, 1, "Maximilien-Barthélemy " + "Longuenom" * 12, "", "Territorialité")
    send(page)
    _does_not_scroll(page)
    page.locator("#contact_email").fill("morgan@exemple.org")
    send(page)
    assert "C’est enregistré" in status(page)
    _does_not_scroll(page)
    context.close()


def _does_not_scroll(page: Page) -> None:
    spaced = (
        "const wide = new CSSStyleSheet(); wide.replaceSync('*{line-height:1.5!important;letter-spacing:.12em"
        "!important;word-spacing:.16em!important}'); document.adoptedStyleSheets = [wide]"
    )
    sizes = "[document.documentElement.scrollWidth, innerWidth]"
    for prepare in ("0", spaced):
        page.evaluate(prepare)
        wide, room = page.evaluate(sizes)
        assert wide <= room, f"{page.url}: {wide} px in {room}"


def test_r24_faults_are_told_on_top_with_links_that_lead_to_each_field(
    form: str, page: Page, axe: Axe
) -> None:
    page.goto(form)
    fill_contact(page, "Cannes Jeunesse", "Morgan Factice", "morgan.factice.exemple.org")
    page.get_by_label("De quoi avez-vous besoin").fill("Une place près de la porte")
    send(page)
    expect(page.locator(".bilan-fautes")).to_be_focused()
    assert page.title().startswith("Point à corriger\u00a0: Nice")
    axe(page)
    for link in page.locator(".bilan-fautes a").all():
        target = (link.get_attribute("href") or "").removeprefix("#")
        link.click()
        assert page.evaluate("document.activeElement.id") == target
        assert page.locator(f"[id='{target}']").evaluate(
            "e => !!e.closest('.en-faute').querySelector('.faute')"
        )
    assert page.locator(".bilan-fautes a").count() == 4  # the address, first name, last name, no atelier
    expect(page.get_by_label("De quoi avez-vous besoin")).to_have_value("Une place près de la porte")
    expect(page.locator("#contact_email")).to_have_value("morgan.factice.exemple.org")
    described = page.locator("#contact_email").get_attribute("aria-describedby") or ""
    assert "@" in page.locator(f"#{described}").inner_text()


def test_r07_complet_is_heard_with_the_name_of_the_atelier(form: str, page: Page) -> None:
    """What a screen reader says of a choice: the atelier, « Complet », the rank; of the others, the places left."""
    page.goto(form)
    full = page.get_by_role("radio", name=re.compile("^Territorialité Complet : liste d’attente, n°.1$"))
    expect(full).to_have_count(1)
    expect(page.get_by_role("radio", name=re.compile("Il reste 1?[0-9].places?"))).to_have_count(7)
    page.goto(form.removesuffix("/inscription"))
    expect(page.locator(".atelier", has_text="La territorialité").locator(".etiquette")).to_have_text(
        "Complet"
    )


def test_r03_the_address_of_the_page_is_told_to_nobody(form: str, page: Page) -> None:
    """No request that the personal page makes, and no link followed from it, carries its address as a Referer."""
    fill(page, form)
    send(page)
    told: list[str] = []
    page.on("request", lambda request: told.append(request.all_headers().get("referer", "")))
    page.reload()
    page.get_by_role("link", name="Mes données").click()
    page.wait_for_url("**/donnees-personnelles")
    assert page.evaluate("document.referrer") == ""
    assert len(told) > 2
    assert set(told) == {""}


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (360, "dark"), (1280, "dark")])
def test_r24_every_page_of_a_registration_is_sound(
    form: str, page: Page, axe: Axe, width: int, scheme: Literal["light", "dark"]
) -> None:
    """The form, its faults, the personal page, cancelling, the lost and the dead link (journeys: at 1280)."""
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    fill(page, form)
    _look(page, axe, width)
    page.locator("#contact_name").fill("")
    send(page)
    _look(page, axe, width)
    page.locator("#contact_name").fill("Morgan Factice")
    send(page)
    _look(page, axe, width)
    house = form.removesuffix(FORM)
    page.get_by_role("link", name="Annuler l’inscription de Camille Exemple").click()
    _look(page, axe, width)
    for path in (
        "/retrouver",
        "/retrouver?fait=envoi",
        "/inscriptions/perdu",
        FORM.replace("nice", "bouches-du-rhone"),
    ):
        page.goto(house + path)
        _look(page, axe, width)


def _look(page: Page, axe: Axe, width: int) -> None:
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") == width, page.url


def test_r01_three_people_are_registered_in_two_requests(app: Flask, form: str, page: Page, axe: Axe) -> None:
    """Copying the contact and adding people ask the server nothing; « back » finds the form, not a lost sending."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.method) if request.url == form else None)
    page.goto(form)
    fill_contact(page, *CONTACT)
    page.get_by_role("button", name="Recopier le contact").click()
    expect(page.locator("#p0-first_name")).to_be_focused()
    fill_person(page, 1, "Morgan Factice", CONTACT[2], "Gouvernance")
    for number, name in ((2, "Sacha Modèle"), (3, "Camille Exemple")):
        page.get_by_role("button", name="Ajouter une personne").click()
        expect(card(page, number).get_by_label("Prénom")).to_be_focused()
        fill_person(page, number, name, "", "Territorialité")
    expect(page.get_by_role("button", name="Retirer cette personne , Personne 1")).to_be_visible()
    axe(page)
    send(page)
    assert "C’est enregistré : 3 personnes, 3 places." in status(page)
    assert asked == ["GET", "POST"]
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Inscrire des personnes")
    assert dossiers(app) == 1
