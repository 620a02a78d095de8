"""US11: a room changed the day before, in a real browser with a real mail server, down to eleven calendars."""

from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest
from flask import Flask
from icalendar import Calendar
from playwright.sync_api import Page

from tests import pdf_text
from tests.engines import one_engine
from tests.journeys.visiting import letters_to, plain, status
from tests.mail import simulated_calendar
from tests.posting import Sink
from tests.registration import programme_moves as moves
from tests.registration import sending
from tests.registration.sending import ACT, TEAM, person, submission
from tests.serving import Server
from tests.signing import sign_in
from tourpaca import clock
from tourpaca.registration import actions

Axe = Callable[[Page], None]
Open = Callable[[str], str]
COCKPIT = "/equipe/tour-paca/etapes/carpentras"
AT_FIVE, TEN_PAST, LATER = "2018-02-12T17:00:00", "2018-02-12T17:10:00", "2018-02-12T17:40:00"
OLD, NEW = "Salle A", "Salle B, 1er étage"
FIRST_LETTERS = 15
HALF_PAST_NINE = datetime(2018, 2, 13, 8, 30, tzinfo=UTC)


def mailbox(number: int) -> str:
    """The mailbox of one of the eleven."""
    return f"t{number}@exemple.org"


@pytest.fixture
def carpentras(announced: Flask) -> Flask:
    """Carpentras with 31 people, 11 of whom in « La territorialité »; one waits for it and one has cancelled."""
    with announced.app_context():
        sending.shrink(12, 3, etape="carpentras")
        moves.move_room(3, OLD, "carpentras")
        moves.ten_minutes_later()
        for number in range(12):
            box = mailbox(number)
            one = person(f"Ana T{number}", 3, etape="carpentras", email=box)
            _register(submission(one, contact_email=box, contact_name=one.name))
        actions.cancel_participant(TEAM, sending.participant("T11"))
        sending.shrink(11, 3, etape="carpentras")
        waiting = person("Bo Attend", -3, etape="carpentras")
        _register(submission(waiting, contact_email="attend@exemple.org"))
        others = (person(f"Cy S{n}", 1 if n < 10 else 5, etape="carpentras") for n in range(20))
        _register(submission(*others, contact_email="ailleurs@exemple.org"))
    return announced


def _register(sent: object) -> None:
    actions.register(ACT, sending.etape_id("carpentras"), sent)  # type: ignore[arg-type]


@pytest.fixture
def open_at(
    carpentras: Flask, engine_url: str, serve: Callable[..., Server], smtp_sink: Sink
) -> Callable[[str], str]:
    """Open the house at a minute of that day, its worker inside; whatever was open closes first."""
    running: list[Server] = []

    def opened(now: str) -> str:
        for server in running:
            server.stop()
        settings = {"TOURPACA_NOW": now, "TOURPACA_WORKER_INSIDE": "1", **smtp_sink.environment}
        running[:] = [serve(engine_url, **settings)]
        return running[0].url

    return opened


def _give_room(page: Page, room: str) -> str:
    page.locator("tr", has_text="Territorialité").get_by_label("Salle", exact=False).first.fill(room)
    page.get_by_role("button", name="Enregistrer les ateliers").click()
    return status(page)


def _change_it_twice_and_mend_a_typo(page: Page, base: str, axe: Axe) -> None:
    page.goto(f"{base}{COCKPIT}/ateliers")
    row = page.locator("tr", has_text="Territorialité")
    assert "Si la salle change : 11 personnes seront prévenues" in plain(row.inner_text())
    axe(page)
    for room in ("Salle C", NEW):
        said = _give_room(page, room)
        assert "11 personnes seront prévenues à 17 h 10, en un seul message" in said
    axe(page)
    page.goto(f"{base}{COCKPIT}/modifier")
    page.get_by_label("Transports").fill("Bus 1, arrêt Mairie")
    page.get_by_role("button", name="Enregistrer l’étape").click()
    page.goto(base + COCKPIT)
    assert "Un changement n’est pas encore annoncé." in plain(page.locator("main").inner_text())
    axe(page)


def _of(sink: Sink, box: str) -> list[EmailMessage]:
    return [letter.message for letter in sink.letters if letter.recipients == (box,)]


def _subscribe(page: Page, base: str, sink: Sink) -> str:
    (first, *_) = letters_to(sink, mailbox(0))
    page.goto(base + urlsplit(first.links[0]).path)
    page.get_by_role("button", name="Créer l’adresse de l’agenda d’Ana T0").click()
    assert "L’adresse de l’agenda est prête." in status(page)
    return urlsplit(
        page.get_by_role("link", name="Voir le fichier de l’agenda d’Ana T0").get_attribute("href")
    ).path


def _where(page: Page, address: str) -> str:
    (entry,) = Calendar.from_ical(page.context.request.get(address).body()).walk("VEVENT")
    return str(entry["LOCATION"])


@one_engine
def test_us11_a_room_changed_the_day_before(
    carpentras: Flask, open_at: Open, smtp_sink: Sink, page: Page, axe: Axe
) -> None:
    base = open_at(AT_FIVE)
    smtp_sink.wait_for(FIRST_LETTERS)
    sign_in(carpentras, page, base, clock.read(AT_FIVE))
    feed = _subscribe(page, base, smtp_sink)
    assert _where(page, base + feed) == f"{OLD}, Carpentras"
    _change_it_twice_and_mend_a_typo(page, base, axe)

    smtp_sink.answers[:] = ["250 2.0.0 received"] * 8 + ["451 4.3.0 later"] * 3
    base = open_at(TEN_PAST)
    smtp_sink.wait_for(FIRST_LETTERS + 8)
    page.goto(base + COCKPIT)
    _wait_for(page, "8 envoyés, 3 en attente.")
    axe(page)
    base = open_at(LATER)
    smtp_sink.wait_for(FIRST_LETTERS + 11)
    page.goto(base + COCKPIT)
    _wait_for(page, "11 envoyés, 0 en attente.")

    for number in range(11):
        _judge(smtp_sink, mailbox(number))
    told = [letter for letter in smtp_sink.letters if "Changement" in str(letter.message["Subject"])]
    assert {letter.recipients[0] for letter in told} == {mailbox(number) for number in range(11)}
    assert len(told) == 11
    assert _where(page, base + feed) == f"{NEW}, Carpentras"
    sheet = page.context.request.get(f"{base}{COCKPIT}/emargement.pdf").body()
    assert NEW in plain(pdf_text.text(sheet))


def _wait_for(page: Page, said: str) -> None:
    for _ in range(100):
        if said in plain(page.locator("main").inner_text()):
            return
        page.reload()
    raise AssertionError(f"never said: {said}\n{page.locator('main').inner_text()}")


def _judge(sink: Sink, box: str) -> None:
    """One letter with old and new room; the entry follows in the three readers' calendars: one, with the new room."""
    first, told = letters_to(sink, box)
    assert told.subject == "Changement de salle : Carpentras, 13 février"
    for words in (f"Salle : {NEW} (avant : {OLD})", "Accès : information à venir."):
        assert words in told.text
    assert "Salle C" not in told.text
    assert [entry[:2] for entry in told.entries] == [entry[:2] for entry in first.entries]
    (old,), (new,) = (list(simulated_calendar.files(message)) for message in _of(sink, box))
    before, after = simulated_calendar.by_icalendar(old), simulated_calendar.by_icalendar(new)
    assert (after.sequence, after.start) == (before.sequence + 1, HALF_PAST_NINE)
    for calendar in simulated_calendar.imported(_of(sink, box)):
        (entry,) = calendar.entries.values()
        assert (entry.location, entry.start) == (f"{NEW}, Carpentras", HALF_PAST_NINE)
