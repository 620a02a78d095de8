"""B07, B09: the team writes its own reminder, lets it leave by itself, and reads who received it, in a real browser."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.attendance import people
from tests.engines import one_engine
from tests.posting import Sink
from tests.signing import sign_in
from tourpaca.db import transaction
from tourpaca.registration.models import Participant

Axe = Callable[[Page], None]
Open = Callable[[str], str]
MESSAGES = "/equipe/tour-paca/messages"
BEFORE, THE_EVE = "2018-02-10T10:00", "2018-02-12T09:00:10"
TEXT = "Bonjour {prénom} {nom},\n\nC’est demain, {date}, à {ville}.\n\n{places}\n\n{lien personnel}"


@pytest.fixture
def carpentras(announced: Flask) -> Flask:
    """Carpentras with two people, one of whom has no organisation."""
    with announced.app_context():
        nef = people.organisation("La Nef")
        for last, first, body in (("Gabarit", "Jo", nef), ("Specimen", "Alix", None)):
            people.expect("carpentras", (last, first), (3,), body)
        with transaction() as current:
            for person in current.scalars(select(Participant)):
                person.email = f"{person.first_name}@exemple.org".lower()
    return announced


@one_engine
def test_b09_a_reminder_is_written_enabled_sent_at_nine_and_read(
    carpentras: Flask, page: Page, visit: Open, smtp_sink: Sink, axe: Axe
) -> None:
    base = visit(BEFORE)
    sign_in(carpentras, page, base, datetime(2018, 2, 10, 9, tzinfo=UTC))
    _write_the_model(page, base, axe)
    _enable(page, base, axe)
    assert smtp_sink.letters == []
    base = visit(THE_EVE)
    smtp_sink.wait_for(2)
    _came(smtp_sink)
    sign_in(carpentras, page, base, datetime(2018, 2, 12, 8, 0, 5, tzinfo=UTC), "dominique@exemple.org")
    _read(page, base, axe)
    assert len(smtp_sink.letters) == 2


def _write_the_model(page: Page, base: str, axe: Axe) -> None:
    page.goto(f"{base}{MESSAGES}")
    page.get_by_role("link", name="Modèles").click()
    axe(page)
    page.get_by_role("link", name="Relire le modèle « Rappel, la veille »").click()
    page.get_by_label("Texte").fill(TEXT.replace("{ville}", "{vile}"))
    page.get_by_role("button", name="Enregistrer le modèle").click()
    expect(page.get_by_role("alert")).to_contain_text("{vile} n’existe pas")
    axe(page)
    page.get_by_label("Texte").fill(TEXT + "\n\n{organisation}")
    page.get_by_label("Tel que le lirait").select_option(label="Alix Specimen")
    page.get_by_role("button", name="Relire l’aperçu").last.click()
    preview = page.get_by_role("complementary", name="Aperçu réel")
    expect(preview).to_contain_text("C’est demain, mardi 13 février 2018, à Carpentras.")
    expect(preview).to_contain_text("Vide pour cette personne\u00a0: {organisation}")
    axe(page)
    page.get_by_label("Texte").fill(TEXT)
    page.get_by_role("button", name="Enregistrer le modèle").click()
    expect(page.locator(".messages")).to_contain_text("Le modèle « Rappel, la veille » est enregistré.")
    expect(page.get_by_role("row", name="Rappel, la veille")).to_contain_text("le vôtre")


def _enable(page: Page, base: str, axe: Axe) -> None:
    page.get_by_role("link", name="Rappels").click()
    page.get_by_role("button", name="Activer « Rappel, la veille »").click()
    expect(page.locator(".messages")).to_contain_text("partira de lui-même")
    eve = page.get_by_role("region", name="Rappel, la veille")
    expect(eve.get_by_role("row", name="Carpentras")).to_contain_text("Prévu le 12 février, 9 h")
    expect(eve.get_by_role("row", name="Nice")).to_contain_text(
        "Manqué\u00a0: il devait partir le 29 janvier, 9 h"
    )
    axe(page)


def _came(smtp_sink: Sink) -> None:
    """Each has a letter of their own, with their places and a link that is theirs."""
    assert sorted(letter.recipients for letter in smtp_sink.letters) == [
        ("alix@exemple.org",),
        ("jo@exemple.org",),
    ]
    texts = [str(letter.message.get_body(("plain",)).get_content()) for letter in smtp_sink.letters]  # type: ignore[union-attr]
    links = {line for text in texts for line in text.splitlines() if "/inscriptions/" in line}
    assert len(links) == 2
    for text in texts:
        assert "C’est demain, mardi 13\u00a0février 2018, à Carpentras." in text
        assert "La territorialité" in text


def _read(page: Page, base: str, axe: Axe) -> None:
    page.goto(f"{base}{MESSAGES}/rappels")
    row = page.get_by_role("region", name="Rappel, la veille").get_by_role("row", name="Carpentras")
    expect(row).to_contain_text("Parti à 9 h, à 2 personnes")
    row.get_by_role("link", name="Qui l’a reçu").click()
    expect(page.locator("main")).to_contain_text(
        "mardi 13 février 2018 — Carpentras et place\u00a0: confirmée"
    )
    expect(page.get_by_role("row", name="Alix Specimen")).to_contain_text("Parti")
    axe(page)
    page.goto(f"{base}/equipe/tour-paca/inscriptions")
    page.get_by_role("link", name="Messages à SPECIMEN Alix").click()
    expect(page.get_by_role("row", name="Carpentras")).to_contain_text("Parti à 9 h")
    axe(page)
