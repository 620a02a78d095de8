"""US3: a full atelier with its waiting list; a place comes free, given at once or held out for an answer."""

from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import update

from tests.engines import one_engine
from tests.journeys.visiting import fill_contact, fill_person, letters_to, plain, send, status
from tests.posting import Sink
from tests.registration import sending
from tests.registration.sending import ACT, TEAM, person, submission
from tourpaca.db import transaction
from tourpaca.registration import actions
from tourpaca.tour.models import A_CONFIRMER, Tour

Axe = Callable[[Page], None]
Visit = Callable[..., str]
FORM = "/tours/tour-paca/etapes/marseille/inscription"
HALL = 5
EOVI, APROVA = "lou@exemple.org", "noa@exemple.org"
ELEVEN = datetime(2017, 12, 19, 10, tzinfo=UTC)


@pytest.fixture
def base(announced: Flask, visit: Visit) -> str:
    """The address of the tour; « Le lien avec les utilisateurs » at Marseille is full, fourteen people hold it."""
    with announced.app_context():
        for number in range(14):
            one = person(f"Casden Tenant{number}", HALL, etape="marseille")
            some = submission(one, organisation="Casden", contact_email=f"casden{number}@exemple.org")
            actions.register(ACT, sending.etape_id("marseille"), some)
    return visit()


def _wait(page: Page, base: str, organisation: str, name: str, email: str, rank: int) -> str:
    """Register somebody who accepts to wait, told so on the screen; return the address of their page."""
    page.goto(base + FORM)
    fill_contact(page, organisation, name, email)
    fill_person(page, 1, name, email, "Lien avec les utilisateurs")
    assert f"Complet : liste d’attente, n° {rank}" in plain(page.locator("section.personne").inner_text())
    send(page)
    shown = plain(page.locator("section.personne-places").inner_text())
    assert f"N° {rank}." in shown
    return page.url.split("?")[0]


def _casden_leaves(announced: Flask) -> None:
    with announced.app_context():
        actions.cancel_participant(TEAM, sending.participant("Tenant3"))


@one_engine
def test_us03_the_first_who_waits_is_served_at_once(
    announced: Flask, base: str, page: Page, smtp_sink: Sink, axe: Axe
) -> None:
    """N° 1 and n° 2, told so by letter without an entry; a place comes free: n° 1 is confirmed, n° 2 moves up."""
    first = _wait(page, base, "Mutuelle Eovi", "Lou Premier", EOVI, 1)
    assert "va aussitôt à la première personne de la liste" in plain(page.locator("main").inner_text())
    axe(page)
    second = _wait(page, base, "APROVA 84", "Noa Second", APROVA, 2)
    smtp_sink.wait_for(16)
    (waits,) = letters_to(smtp_sink, EOVI)
    assert ("n° 1" in plain(waits.text), waits.entries) == (True, ())
    _casden_leaves(announced)
    smtp_sink.wait_for(18)
    (_, given) = letters_to(smtp_sink, EOVI)
    ((method, _, _, start),) = given.entries
    assert (method, start) == ("REQUEST", ELEVEN)
    page.goto(first)
    expect(page.locator(".etiquette", has_text="Place confirmée")).to_be_visible()
    page.goto(second)
    assert "N° 1." in plain(page.locator("section.personne-places").inner_text())


def test_us03_a_place_is_held_out_refused_and_accepted_by_one_link(
    announced: Flask, base: str, page: Page, smtp_sink: Sink, axe: Axe
) -> None:
    with announced.app_context(), transaction() as current:
        current.execute(update(Tour).values(promotion=A_CONFIRMER))
    _wait(page, base, "Mutuelle Eovi", "Lou Premier", EOVI, 1)
    assert "deux jours ouvrés pour répondre" in plain(page.locator("main").inner_text())
    second = _wait(page, base, "APROVA 84", "Noa Second", APROVA, 2)
    smtp_sink.wait_for(16)
    _casden_leaves(announced)
    smtp_sink.wait_for(18)
    (_, offer) = letters_to(smtp_sink, EOVI)
    assert offer.entries == ()
    assert "Nous la gardons pour vous jusqu’au mardi 5 décembre 2017 à 10 h" in plain(offer.text)
    page.goto(base + urlsplit(offer.links[0]).path)
    expect(page.locator(".etiquette", has_text="Place proposée")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Refuser").click()
    assert "C’est noté." in status(page)
    smtp_sink.wait_for(19)
    page.goto(second)
    page.get_by_role("button", name="Accepter la place").click()
    assert "La place est à vous." in status(page)
    axe(page)
    smtp_sink.wait_for(20)
    (*_, accepted) = letters_to(smtp_sink, APROVA)
    assert [entry[0] for entry in accepted.entries] == ["REQUEST"]
    page.locator("summary", has_text="Ce qui s’est passé").click()
    life = plain(page.locator("details ol").inner_text())
    assert "se voit proposer la place, par Le système" in life
    assert "accepte la place, par APROVA 84" in life
