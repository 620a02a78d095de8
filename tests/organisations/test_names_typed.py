"""Names proposed to strangers: through the front door, and in a real browser as they type."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import update

from tests import factories
from tests.inspecting import NOW, InspectingClient
from tests.registration.sending import ACT
from tests.serving import Server
from tourpaca.db import transaction
from tourpaca.organisations.attachment import recognise, write_graphie
from tourpaca.organisations.models import VERIFIEE, Organisation

FORM = "/tours/tour-paca/etapes/nice/inscription"
BODIES = (
    ("Mutualité Française PACA SSAM", "Mutualité Fr. Provence"),
    ("L’Épicerie d’à côté", ""),
    ("France Active PACA", "PACA Investissement"),
    ("AT&T <Solidaires>", ""),
)


@pytest.fixture
def known(app: Flask) -> Flask:
    """Verified bodies, one of them with everything that is nobody's business; and one that nobody verified."""
    with app.app_context():
        factories.tour_paca()
        with transaction() as session:
            for name, spelling in BODIES:
                body = recognise(session, name, ACT.now)
                if spelling:
                    write_graphie(session, body, spelling, "imprimee")
            private = {"siren": "732829320", "departement": "13", "kind": "association"}
            session.execute(update(Organisation).values(state=VERIFIEE, **private))
            recognise(session, "Camille Exemple, auto-entreprise", ACT.now)
    return app


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("mutualite", ["Mutualité Française PACA SSAM"]),
        ("MUTUALITÉ franç", ["Mutualité Française PACA SSAM"]),
        ("mutualite fr prov", ["Mutualité Française PACA SSAM"]),
        ("epicerie d'a", ["L’Épicerie d’à côté"]),
        ("l'épicerie", ["L’Épicerie d’à côté"]),
        ("L’EPICERIE D’À", ["L’Épicerie d’à côté"]),
        ("paca inv", ["France Active PACA"]),
        ("at&t", ["AT&T <Solidaires>"]),
        ("camille", []),
        ("732829320", []),
        ("%", []),
        ("_", []),
        ("\x00", []),
        ("x" * 5_000, []),
    ],
)
def test_r20_a_name_is_found_by_any_spelling_and_shown_as_it_is_written(
    known: Flask, client: InspectingClient, typed: str, names: list[str]
) -> None:
    assert client.get("/organisations.json", query_string={"q": typed}).json == names


def test_r20_nothing_but_names_leaves(known: Flask, client: InspectingClient) -> None:
    """A list of texts: no id, number, kind or département; no cookie; the same to everybody."""
    answer = client.get("/organisations.json?q=paca")
    assert answer.json == ["France Active PACA", "Mutualité Française PACA SSAM"]
    assert "Set-Cookie" not in answer.headers
    assert answer.mimetype == "application/json"
    assert client.get("/organisations.json").json == []
    assert client.post("/organisations.json", data={"q": "paca"}).status_code in {400, 405}


@pytest.fixture
def form(known: Flask, engine_url: str, serve: Callable[..., Server], page: Page) -> Page:
    """A browser on the form."""
    page.goto(serve(engine_url, TOURPACA_NOW=NOW).url + FORM)
    return page


ONE_ENGINE = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)


@ONE_ENGINE
def test_r20_typed_letter_by_letter_a_spelling_leads_to_the_name(
    form: Page, axe: Callable[[Page], None]
) -> None:
    """« paca invest » is a spelling of France Active PACA: found, said aloud, taken by arrow and Enter."""
    field = form.get_by_role("combobox", name="Nom de l’organisation")
    field.press_sequentially("paca invest", delay=20)
    proposed = form.get_by_role("listbox", name="Organisations connues").get_by_role("option")
    expect(proposed).to_have_text(["France Active PACA"])
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(form.locator(".propose").get_by_role("status")).to_contain_text("Un nom proposé")
    axe(form)
    field.press("ArrowDown")
    expect(proposed).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", "organisation-propositions-0")
    axe(form)
    field.press("Enter")
    expect(field).to_have_value("France Active PACA")
    expect(proposed).to_have_count(0)
    assert form.url.endswith("/inscription")  # Enter has chosen, and sent nothing


@ONE_ENGINE
def test_r20_a_name_is_taken_with_the_pointer_or_left(form: Page) -> None:
    field = form.get_by_role("combobox", name="Nom de l’organisation")
    field.press_sequentially("epicerie", delay=20)
    form.get_by_role("option", name="L’Épicerie d’à côté").click()
    expect(field).to_have_value("L’Épicerie d’à côté")
    expect(field).to_be_focused()
    field.fill("")
    field.press_sequentially("mutu", delay=20)
    expect(form.get_by_role("option")).to_have_count(1)
    field.press("Escape")
    expect(form.get_by_role("option")).to_have_count(0)
    field.press_sequentially("elle des dockers", delay=5)
    field.press("Tab")
    expect(field).to_have_value("mutuelle des dockers")
    expect(form.get_by_role("option")).to_have_count(0)
