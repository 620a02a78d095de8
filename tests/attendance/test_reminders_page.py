"""B09: the page of reminders, from enabling to sending by hand what was missed, and what looking costs."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from tests.attendance.people import atelier, expect
from tests.attendance.reminding_people import EVE, change, enable, tour_id
from tests.inspecting import InspectingClient
from tests.mail.writing import letters
from tourpaca.attendance import reminders, reminding
from tourpaca.db import db, session
from tourpaca.mail.models import Letter

Team = Callable[..., InspectingClient]
REMINDERS = "/equipe/tour-paca/messages/rappels"


def test_b09_the_page_enables_says_and_offers_to_send_by_hand(reminded: Flask, team: Team) -> None:
    client = team()
    page = client.get(REMINDERS).get_data(as_text=True)
    assert page.count("Pas activé") == 12
    answer = client.submit(f"{REMINDERS}/rappel_j1", {"activer": "1"}, page=REMINDERS)
    assert answer.status_code == 303
    page = client.get(REMINDERS).get_data(as_text=True)
    assert "Prévu le 12\u00a0février, 9\u00a0h" in page
    reminded.config["NOW"] = "2018-02-12T22:00"
    page = client.get(REMINDERS).get_data(as_text=True)
    assert "Manqué\u00a0: il devait partir à 9\u00a0h" in page
    assert page.count("Envoyer à la main") == 1
    _by_hand(client)
    assert "Parti à la main à 22\u00a0h, à 1\u00a0personne" in client.get(REMINDERS).get_data(as_text=True)
    change(day=date(2018, 2, 20))
    reminding.leave_due(EVE + timedelta(days=7))
    assert len(letters()) == 1, "sent by hand, it does not leave again by itself"


def _by_hand(client: InspectingClient) -> None:
    write = "/equipe/tour-paca/messages/ecrire"
    chosen = f"{write}?etape=carpentras&modele=rappel_j1&rappel=1&place=confirmee"
    page = client.get(chosen).get_data(as_text=True)
    assert "Envoyer à 1\u00a0personne" in page
    key = page.split('name="cle" value="')[1].split('"')[0]
    assert key == reminders.send_key(tour_id(), "rappel_j1", atelier("carpentras", 3).etape_id)
    form = {"etape": "carpentras", "place": "confirmee", "objet": "Demain", "texte": "Bonjour,\n\nÀ demain."}
    sent = client.submit(write, {**form, "cle": key, "attendus": "1", "envoyer": "1"})
    assert sent.status_code == 303


@pytest.mark.parametrize("people", [1, 30])
def test_b09_the_page_costs_the_same_for_one_and_thirty_people(reminded: Flask, people: int) -> None:
    for number in range(people):
        expect("carpentras", (f"Nom{number}", "Prénom"), (1,))
    enable()
    reminding.leave_due(EVE)
    counted: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *facts: counted.append(facts[2]))
    tour = tour_id()
    counted.clear()
    reminders.plans(tour, EVE)
    assert len([each for each in counted if not each.startswith("BEGIN")]) == 5


def test_b09_a_worker_with_nothing_due_reads_once(reminded: Flask) -> None:
    enable()
    reminding.leave_due(EVE)
    counted: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *facts: counted.append(facts[2]))
    reminding.leave_due(EVE + timedelta(minutes=1))
    assert len([each for each in counted if each.startswith("SELECT")]) == 1
    assert session().scalar(select(func.count(Letter.id))) == 1
