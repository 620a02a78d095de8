"""US5: an atelier under its minimum, cancelled by hand three days before; letters, calendars, another in one press."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import update

from tests.engines import one_engine
from tests.journeys.visiting import letters_to, plain, status
from tests.mail import simulated_calendar
from tests.posting import Sink
from tests.registration import sending
from tests.registration.sending import ACT, person, submission
from tests.serving import Server
from tests.signing import sign_in
from tourpaca import clock
from tourpaca.db import transaction
from tourpaca.registration import actions
from tourpaca.tour.models import Atelier

Axe = Callable[[Page], None]
ETHIQUE = 8
THREE_DAYS_BEFORE = "2018-02-10T10:00"
LOU, NOA = "lou@exemple.org", "noa@exemple.org"


@pytest.fixture
def carpentras(announced: Flask) -> Flask:
    """« L'éthique et la déontologie » at Carpentras: two people for a minimum of four, one with a first créneau too."""
    with announced.app_context():
        for name, box, ordres in (("Lou Première", LOU, (2, ETHIQUE)), ("Noa Seconde", NOA, (ETHIQUE,))):
            one = person(name, *ordres, etape="carpentras")
            some = submission(one, contact_email=box, contact_name=name)
            actions.register(ACT, sending.etape_id("carpentras"), some)
        ethique = sending.atelier(ETHIQUE, "carpentras").id
        with transaction() as current:
            current.execute(update(Atelier).where(Atelier.id != ethique).values(minimum=0))
    return announced


def _entries(sink: Sink, box: str) -> set[int]:
    """Return how many entries a mailbox's letters leave in a calendar, whichever program reads them."""
    messages = [letter.message for letter in sink.letters if letter.recipients == (box,)]
    return {len(calendar.entries) for calendar in simulated_calendar.imported(messages)}


def _cancel(page: Page, base: str, axe: Axe) -> None:
    """From the dashboard to the page that tells everything first, then the one press that cancels."""
    page.goto(f"{base}/equipe/tour-paca/")
    assert "2 personnes pour un minimum de 4" in plain(page.locator("main").inner_text())
    axe(page)
    page.get_by_role("link", name=re.compile("^Décider Carpentras")).click()
    said = plain(page.locator("main").inner_text())
    for words in ("Lou Première", "2 personnes avec une place", "Ouverts dans le même créneau"):
        assert words in said
    axe(page)
    page.get_by_label("Motif").fill("Trop peu de personnes inscrites")
    page.get_by_role("button", name="Annuler cet atelier").click()
    assert "L’atelier est annulé : les messages partent." in status(page)
    axe(page)


@one_engine
def test_us05_an_atelier_cancelled_for_too_few(
    carpentras: Flask,
    engine_url: str,
    serve: Callable[..., Server],
    smtp_sink: Sink,
    page: Page,
    axe: Axe,
) -> None:
    """One letter each, the entry leaves, the other créneau stays; the personal page takes another in one press."""
    settings = {"TOURPACA_NOW": THREE_DAYS_BEFORE, "TOURPACA_WORKER_INSIDE": "1", **smtp_sink.environment}
    base = serve(engine_url, **settings).url
    smtp_sink.wait_for(2)
    sign_in(carpentras, page, base, clock.read(THREE_DAYS_BEFORE))
    _cancel(page, base, axe)
    smtp_sink.wait_for(4)
    for box, left in ((LOU, 1), (NOA, 0)):
        (_, off) = letters_to(smtp_sink, box)
        assert off.subject.startswith("Atelier annulé")
        assert [entry[0] for entry in off.entries] == ["CANCEL"]
        assert "Le motif : Trop peu de personnes inscrites" in off.text
        assert "Dans le même créneau, ces ateliers sont ouverts" in off.text
        assert _entries(smtp_sink, box) == {left}
    page.goto(base + urlsplit(off.links[0]).path)
    expect(page.locator(".etiquette", has_text="Annulé")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Prendre une place").first.click()
    assert "La place est prise." in status(page)
    axe(page)
    smtp_sink.wait_for(5)
    (*_, chosen) = letters_to(smtp_sink, NOA)
    assert [entry[0] for entry in chosen.entries] == ["REQUEST"]
    assert _entries(smtp_sink, NOA) == {1}
    with carpentras.app_context():
        sending.assert_counters_are_the_rows()
