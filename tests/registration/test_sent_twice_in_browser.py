"""The form sent twice in every way a browser knows: never two registrations."""

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.journeys.visiting import card, fill_contact, fill_person, send, status
from tests.registration.filling import CAMILLE, CONTACT, dossiers, fill

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)


def test_r22_pressed_twice_it_is_sent_once(app: Flask, form: str, page: Page) -> None:
    fill(page, form)
    page.get_by_role("button", name="Envoyer l’inscription").dblclick()
    page.wait_for_url("**/inscriptions/**")
    assert "C’est enregistré" in status(page)
    assert dossiers(app) == 1


def test_r22_pressed_twice_without_scripts_it_is_recorded_once(app: Flask, form: str, bare: Page) -> None:
    fill(bare, form)
    bare.get_by_role("button", name="Envoyer l’inscription").dblclick()
    bare.wait_for_url("**/inscriptions/**")
    assert dossiers(app) == 1


def test_r22_refresh_and_back_never_register_twice(app: Flask, form: str, page: Page) -> None:
    fill(page, form)
    send(page)
    page.reload()
    page.go_back()
    page.wait_for_url(form)
    fill_contact(page, *CONTACT)
    fill_person(page, 1, *CAMILLE)
    send(page)
    expect(card(page, 1)).to_contain_text("C’est une autre personne")
    page.reload()
    expect(card(page, 1)).to_contain_text("C’est une autre personne")
    assert dossiers(app) == 1


def test_r22_two_tabs_register_once(app: Flask, form: str, page: Page) -> None:
    other = page.context.new_page()
    for tab in (page, other):
        fill(tab, form)
    send(page)
    send(other)
    expect(card(other, 1)).to_contain_text("le lien vient de partir par courriel")
    expect(other.locator("#p0-last_name")).to_have_value("Exemple")
    assert dossiers(app) == 1


def test_r22_a_tab_duplicated_leads_to_the_same_page(app: Flask, form: str, page: Page) -> None:
    """Two tabs of one form carry one key."""
    fill(page, form)
    other = page.context.new_page()
    fill(other, form)
    key = page.locator("[name=key]").input_value()
    other.locator("[name=key]").evaluate("(e, key) => e.value = key", key)
    send(page)
    send(other)
    assert "Cette inscription était déjà enregistrée." in status(other)
    assert other.url.split("?")[0] == page.url.split("?")[0]
    assert dossiers(app) == 1
