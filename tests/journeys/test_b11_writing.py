"""B08, B11: an organiser writes to the people of an atelier, in a real browser, and follows each letter."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from tests import factories
from tests.attendance import people
from tests.engines import one_engine
from tests.mail.writing import send_to
from tests.posting import Sink
from tests.serving import Server
from tourpaca import clock
from tourpaca.db import transaction
from tourpaca.mail import delivery
from tourpaca.registration.models import Participant

Axe = Callable[[Page], None]
MESSAGES = "/equipe/tour-paca/messages"
TEXT = "Bonjour {prénom} {nom},\n\nL’atelier {atelier} du {date} change de salle : salle B, 1er étage."


@pytest.fixture
def base(app: Flask, live_server: Server) -> str:
    """The address of a server whose tour has four people at Carpentras, three of them in one atelier."""
    with app.app_context():
        factories.tour_paca()
        nef, ville = people.organisation("La Nef"), people.organisation("Ville de Monteux")
        for name, ordre, body in (
            (("Specimen", "Alix"), 3, ville),
            (("Gabarit", "Jo"), 3, nef),
            (("Maquette", "Charlie"), 3, nef),
            (("Exemple", "Camille"), 4, None),
        ):
            people.expect("carpentras", name, (ordre,), body)
        with transaction() as current:
            for person in current.scalars(select(Participant)):
                person.email = f"{person.first_name}@exemple.org".lower()
    return live_server.url


def _choose(page: Page, base: str) -> None:
    page.goto(f"{base}{MESSAGES}")
    page.get_by_role("link", name="Écrire", exact=True).click()
    page.get_by_label("Étape").select_option(label="Carpentras, 13\u00a0février")
    page.get_by_role("button", name="Voir qui le recevra").click()
    page.get_by_label("Atelier", exact=True).select_option(label="3. Territorialité")
    page.get_by_label("Place", exact=True).select_option(label="Confirmée")
    page.get_by_role("button", name="Voir qui le recevra").click()


@one_engine
def test_b11_a_message_is_written_read_again_sent_and_followed(
    app: Flask, signed_in_page: Page, base: str, smtp_sink: Sink, axe: Axe
) -> None:
    page = signed_in_page
    _choose(page, base)
    expect(page.locator(".compte-envoi")).to_contain_text(
        "personnes recevront ce message, de 2 organisations"
    )
    page.get_by_text("Voir la liste").click()
    expect(page.locator("main details li")).to_have_text(
        ["Jo Gabarit, La Nef", "Charlie Maquette, La Nef", "Alix Specimen, Ville de Monteux"]
    )
    axe(page)
    _read_and_mend(page)
    axe(page)
    page.get_by_role("button", name="M’envoyer un essai").click()
    expect(page.get_by_role("status").first).to_contain_text("L’essai part à claude@exemple.org")
    page.get_by_role("button", name="Envoyer à 3 personnes").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Boîte d’envoi")
    expect(page.locator(".avancement")).to_contain_text("0 parti sur 3, 3 en attente")
    axe(page)
    _follow(app, page, smtp_sink, axe)


def _read_and_mend(page: Page) -> None:
    """An unknown field is refused by its name; the preview goes from person to person."""
    page.get_by_label("Objet").fill("Changement de salle")
    page.get_by_label("Texte").fill(TEXT.replace("{prénom}", "{prenom}"))
    page.get_by_role("button", name="Envoyer à 3 personnes").click()
    expect(page.get_by_role("alert")).to_contain_text("{prenom} n’existe pas")
    expect(page.get_by_label("Objet")).to_have_value("Changement de salle")
    page.get_by_label("Texte").fill(TEXT)
    page.get_by_role("button", name="Relire l’aperçu").click()
    preview = page.get_by_role("complementary", name="Aperçu réel")
    expect(preview).to_contain_text("Bonjour Jo Gabarit,")
    page.get_by_role("button", name="Suivant").click()
    expect(preview).to_contain_text("Bonjour Charlie Maquette,")
    expect(preview).to_contain_text("mardi 13 février 2018 change de salle\u00a0: salle B")
    page.get_by_role("button", name="Précédent").click()
    expect(preview).to_contain_text("1 sur 3")
    expect(page.get_by_label("Texte")).to_have_value(TEXT)


def _deliver(app: Flask, smtp_sink: Sink, until: int) -> None:
    """Carry letters as the worker does, three minutes later, until so many have come in all."""
    with app.app_context():
        send_to(app, smtp_sink)
        later = clock.now() + timedelta(minutes=3)
        delivery.deliver(lambda: later, lambda: len(smtp_sink.letters) >= until)


def _follow(app: Flask, page: Page, smtp_sink: Sink, axe: Axe) -> None:
    """The page follows the send by itself; a refused address is corrected; a letter is sent again."""
    page.evaluate("document.activeElement.blur()")
    _deliver(app, smtp_sink, until=3)
    expect(page.locator(".avancement")).to_contain_text("2 partis sur 3, 1 en attente", timeout=15_000)
    smtp_sink.answers += ["550 5.1.1 adresse inconnue"]
    _deliver(app, smtp_sink, until=4)
    expect(page.locator(".avancement")).to_have_count(0, timeout=15_000)
    refused = page.get_by_role("row", name="Alix Specimen")
    expect(refused).to_contain_text("550 5.1.1 adresse inconnue")
    axe(page)
    refused.get_by_role("link", name="Corriger l’adresse").click()
    axe(page)
    page.get_by_label("Nouvelle adresse").fill("alix.specimen@exemple.org")
    page.get_by_role("button", name="Corriger et renvoyer").click()
    expect(page.locator(".messages")).to_contain_text("L’adresse est corrigée")
    page.get_by_role("row", name="Jo Gabarit").get_by_role("button", name="Renvoyer").click()
    expect(page.locator(".messages")).to_contain_text("remis à l’envoi")
    _deliver(app, smtp_sink, until=5)
    page.reload()
    expect(page.get_by_role("navigation", name="États des messages")).to_contain_text("Partis 5")
    expect(page.get_by_role("row", name="Alix Specimen")).to_contain_text("250 2.0.0 received")
    _came(smtp_sink)


def _came(smtp_sink: Sink) -> None:
    """Each person has one letter of their own, the member a trial, and Jo a copy that is another letter."""
    assert [letter.recipients for letter in smtp_sink.letters] == [
        ("claude@exemple.org",),
        ("jo@exemple.org",),
        ("charlie@exemple.org",),
        ("alix.specimen@exemple.org",),
        ("jo@exemple.org",),
    ]
    assert len({letter.message["Message-ID"] for letter in smtp_sink.letters}) == 5
    trial, jo = smtp_sink.letters[:2]
    assert trial.message["Subject"] == "Essai\u00a0: Changement de salle"
    assert "Bonjour Jo Gabarit," in str(jo.message.get_body(("plain",)).get_content())  # type: ignore[union-attr]


@one_engine
def test_b11_without_scripts_a_link_refreshes_and_a_send_is_stopped(
    browser: Browser, signed_in_page: Page, base: str
) -> None:
    state = signed_in_page.context.storage_state()
    context = browser.new_context(java_script_enabled=False, storage_state=state, locale="fr-FR")
    page = context.new_page()
    _choose(page, base)
    page.get_by_label("Objet").fill("Changement de salle")
    page.get_by_label("Texte").fill(TEXT)
    page.get_by_role("button", name="Envoyer à 3 personnes").click()
    page.get_by_role("link", name="Actualiser").click()
    expect(page.locator(".avancement")).to_contain_text("0 parti sur 3, 3 en attente")
    page.get_by_role("button", name="Interrompre").click()
    kept_back = page.get_by_role("table", name="Les personnes et ce que devient leur message")
    expect(kept_back.get_by_role("row", name="avant le départ")).to_have_count(3)
    page.get_by_role("link", name="Boîte d’envoi").click()
    expect(page.get_by_role("navigation", name="États des messages")).to_contain_text("Interrompus 3")
    expect(page.locator(".avancement")).to_have_count(0)
    context.close()
