"""US2: one organisation, several people, parallel ateliers, one waiting list; some of it is changed, some cancelled."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.engines import one_engine
from tests.journeys.visiting import card, fill_contact, fill_person, letters_to, plain, send, status
from tests.mail import simulated_calendar
from tests.posting import Sink
from tests.registration import sending
from tests.registration.sending import ACT, person, submission
from tourpaca.registration import actions

Axe = Callable[[Page], None]
Visit = Callable[..., str]
CONTACT, ALIX, BO = "morgan.factice@exemple.org", "alix@exemple.org", "bo@exemple.org"
NOOR = "noor@exemple.org"
HALF_PAST_NINE = datetime(2017, 12, 19, 8, 30, tzinfo=UTC)
ELEVEN = datetime(2017, 12, 19, 10, tzinfo=UTC)


@pytest.fixture
def base(announced: Flask, visit: Visit) -> str:
    """The address of the tour; « Territorialité » at Marseille has one place, somebody in it and somebody waiting."""
    with announced.app_context():
        sending.shrink(1, 3, etape="marseille")
        for number, ordre in enumerate((3, -3)):
            early = person(f"Ana N{number}", ordre, etape="marseille")
            sent = submission(early, organisation="APROVA 84", contact_email=f"ana{number}@exemple.org")
            actions.register(ACT, sending.etape_id("marseille"), sent)
    return visit()


def _come_to_the_form(page: Page, base: str, axe: Axe) -> None:
    page.goto(base)
    axe(page)
    page.get_by_role("link", name="Voir les ateliers de Marseille").click()
    full = page.locator(".atelier", has_text="La territorialité")
    for words in ("Complet", "Liste d’attente : 1 personne avant vous"):
        assert words in plain(full.inner_text())
    axe(page)
    page.get_by_role("link", name="S’inscrire à Marseille").click()
    axe(page)


def _fill_in_three_people(page: Page) -> None:
    fill_contact(page, "Harmonie Mutuelle", "Morgan Factice", CONTACT)
    fill_person(page, 1, "Alix Exemple", ALIX, "Concertation", "Diversité")
    page.get_by_role("button", name="Ajouter une personne").click()
    expect(card(page, 2).get_by_label("Prénom")).to_be_focused()
    fill_person(page, 2, "Bo Modèle", BO, "Politique salariale")
    page.get_by_role("button", name="Ajouter une personne").click()
    fill_person(page, 3, "Cy Spécimen", "", "Territorialité")


def _register(page: Page, base: str) -> str:
    """Register the three people and return the address of their page."""
    page.goto(f"{base}/tours/tour-paca/etapes/marseille/inscription")
    _fill_in_three_people(page)
    send(page)
    return page.url.split("?")[0]


@one_engine
def test_us02_two_ateliers_of_one_creneau_are_refused_and_nothing_is_lost(
    base: str, page: Page, axe: Axe
) -> None:
    _come_to_the_form(page, base, axe)
    _fill_in_three_people(page)
    # What the page does not offer has to be forged.
    page.evaluate("for (const one of document.querySelectorAll('[type=radio]')) one.type = 'checkbox'")
    card(page, 1).get_by_role("checkbox", name=re.compile("^Territorialité")).check()
    send(page)
    said = plain(card(page, 1).locator(".faute").inner_text())
    for words in ("Concertation et stratégie", "Territorialité", "9 h 30 à 10 h 45", "créneau 2"):
        assert words in said
    axe(page)
    expect(page.locator("#p1-last_name")).to_have_value("Modèle")
    expect(card(page, 3).get_by_role("radio", name=re.compile("^Territorialité"))).to_be_checked()
    send(page)
    assert "C’est enregistré : 3 personnes, 4 places." in status(page)
    assert "N° 2." in plain(page.locator(".personne-places", has_text="Cy Spécimen").inner_text())
    axe(page)


def test_us02_each_person_has_their_letter_and_the_contact_the_whole(
    base: str, smtp_sink: Sink, page: Page, axe: Axe
) -> None:
    whole = _register(page, base)
    smtp_sink.wait_for(5)
    (summary,), (alix,), (bo,) = (letters_to(smtp_sink, box) for box in (CONTACT, ALIX, BO))
    assert summary.subject == "Marseille, 19 décembre : votre inscription (3 personnes)"
    for words in ("Alix Exemple", "Bo Modèle", "Cy Spécimen", "En liste d’attente, n° 2"):
        assert words in summary.text
    assert whole in summary.links
    assert summary.entries == ()  # Cy waits; the others have entries of their own
    assert [(e[0], e[3]) for e in alix.entries] == [("REQUEST", HALF_PAST_NINE), ("REQUEST", ELEVEN)]
    assert [(e[0], e[3]) for e in bo.entries] == [("REQUEST", HALF_PAST_NINE)]
    assert len({e[1] for e in alix.entries + bo.entries}) == 3
    page.goto(alix.links[0])
    expect(page.get_by_role("heading", level=1)).to_contain_text("Mon inscription")
    assert "Bo Modèle" not in page.locator("main").inner_text()
    axe(page)


def test_us02_one_person_is_cancelled_then_all(
    announced: Flask, base: str, smtp_sink: Sink, page: Page, axe: Axe
) -> None:
    _register(page, base)
    page.get_by_role("link", name="Annuler l’inscription de Bo Modèle").click()
    axe(page)
    page.get_by_role("button", name="Annuler cette inscription").click()
    assert "C’est annulé." in status(page)
    axe(page)
    smtp_sink.wait_for(7)
    first, gone = letters_to(smtp_sink, BO)
    assert "L’inscription de Bo Modèle à Marseille, le mardi 19 décembre 2017, est annulée." in gone.text
    assert [e[:2] for e in gone.entries] == [("CANCEL", e[1]) for e in first.entries]
    assert [len(letters_to(smtp_sink, box)) for box in (CONTACT, ALIX)] == [2, 1]

    page.get_by_role("link", name="Annuler toute l’inscription").click()
    axe(page)
    page.get_by_role("button", name="Annuler toute l’inscription").click()
    expect(page.locator(".vide")).to_contain_text("Vous n’avez plus de place à cette étape.")
    axe(page)
    smtp_sink.wait_for(9)
    first, gone = letters_to(smtp_sink, ALIX)
    assert [e[:2] for e in gone.entries] == [("CANCEL", e[1]) for e in first.entries]
    assert [len(letters_to(smtp_sink, box)) for box in (CONTACT, BO)] == [3, 2]
    with announced.app_context():
        sending.assert_counters_are_the_rows()


def test_us02_one_person_changes_atelier_and_the_calendar_follows(
    announced: Flask, base: str, smtp_sink: Sink, page: Page, axe: Axe
) -> None:
    """Bo takes another atelier of the hour, then waits for a full one: the rest of the registration is untouched."""
    whole = _register(page, base)
    bo = page.locator(".personne-places", has_text="Bo Modèle")
    bo.get_by_role("link", name=re.compile("^Changer d’atelier")).click()
    axe(page)
    assert "Liste d’attente, n° 3. La place actuelle reste." in plain(page.locator("main").inner_text())
    page.get_by_role("button", name=re.compile("^Prendre cette place en Gouvernance")).click()
    assert "La place est prise." in status(page)
    assert "gouvernance démocratique" in bo.inner_text()
    axe(page)
    smtp_sink.wait_for(7)
    first, taken, back = letters_to(smtp_sink, BO)
    assert [letter.subject.partition(" :")[0] for letter in (taken, back)] == [
        "Changement d’atelier",
        "Place rendue",
    ]
    assert [e[:2] for e in back.entries] == [("CANCEL", e[1]) for e in first.entries]
    own = [letter.message for letter in smtp_sink.letters if letter.recipients == (BO,)]
    for calendar in simulated_calendar.imported(own):
        assert set(calendar.entries) == {entry[1] for entry in taken.entries}
    bo.get_by_role("link", name=re.compile("^Changer d’atelier")).click()
    page.get_by_role("button", name=re.compile("^Attendre une place en Territorialité")).click()
    assert "C’est noté sur la liste d’attente." in status(page)
    for words in ("Place confirmée", "N° 3."):
        assert words in plain(bo.inner_text())
    smtp_sink.wait_for(8)
    assert [len(letters_to(smtp_sink, box)) for box in (CONTACT, ALIX, BO)] == [1, 1, 4]
    page.goto(whole)
    with announced.app_context():
        sending.assert_counters_are_the_rows()


def test_us02_one_person_gives_their_place_and_both_calendars_follow(
    announced: Flask, base: str, smtp_sink: Sink, page: Page, axe: Axe
) -> None:
    """From Bo’s own page, which is dead afterwards: Cy’s has the place; the contact is told."""
    whole = _register(page, base)
    smtp_sink.wait_for(5)
    (bo,) = letters_to(smtp_sink, BO)
    page.goto(bo.links[0])
    page.get_by_role("link", name="Céder la place de Bo Modèle").click()
    axe(page)
    page.get_by_label("Prénom").fill("Noor")
    page.get_by_role("button", name="Céder la place").click()
    axe(page)
    page.get_by_label("Nom", exact=True).fill("Calque")
    page.get_by_label("Courriel").fill(NOOR)
    page.get_by_role("button", name="Céder la place").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("La place est cédée")
    axe(page)
    page.goto(bo.links[0])
    assert "cédée à une autre personne, qui a son propre lien" in plain(page.locator("main").inner_text())
    axe(page)
    smtp_sink.wait_for(8)
    (_, gone), (welcome,) = (letters_to(smtp_sink, box) for box in (BO, NOOR))
    assert [e[:2] for e in gone.entries] == [("CANCEL", bo.entries[0][1])]
    for box, held in ((BO, set()), (NOOR, {entry[1] for entry in welcome.entries})):
        own = [letter.message for letter in smtp_sink.letters if letter.recipients == (box,)]
        assert [set(each.entries) for each in simulated_calendar.imported(own)] == [held] * 3
    page.goto(welcome.links[0])
    assert "Noor Calque" in page.locator("main").inner_text()
    page.goto(whole)
    page.locator("summary", has_text="Ce qui s’est passé pour Noor Calque").click()
    assert "reprend la place de Bo Modèle, par Harmonie Mutuelle" in plain(page.locator("main").inner_text())
    with announced.app_context():
        sending.assert_counters_are_the_rows()


@one_engine
def test_r04_a_lost_link_comes_back_by_letter(base: str, smtp_sink: Sink, page: Page, axe: Axe) -> None:
    whole = _register(page, base)
    page.goto(f"{base}/inscriptions/perdu")
    axe(page)
    page.get_by_label("Courriel").fill("personne@exemple.org")
    page.get_by_role("button", name="Recevoir mon lien").click()
    unknown = page.locator("main").inner_text()
    axe(page)
    page.get_by_label("Courriel").fill(CONTACT.upper())
    page.get_by_role("button", name="Recevoir mon lien").click()
    assert page.locator("main").inner_text() == unknown
    smtp_sink.wait_for(6)
    found = letters_to(smtp_sink, CONTACT)[-1]
    (link,) = found.links
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Votre inscription à Marseille")
    page.goto(whole)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Votre inscription à Marseille")
    assert letters_to(smtp_sink, "personne@exemple.org") == []
