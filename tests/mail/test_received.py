"""B08: « who received what? » has its answer a year later, from the person and from the send."""

import csv
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import event, select, update

from tests import factories
from tests.attendance.people import ACT, expect
from tests.inspecting import InspectingClient
from tests.mail.writing import draft, post
from tourpaca.attendance import actions
from tourpaca.attendance.audience import Criteria
from tourpaca.attendance.letters import Message
from tourpaca.db import db, session, transaction
from tourpaca.journal.models import Entry
from tourpaca.mail.models import INTERROMPU, PARTI, Envoi, Letter
from tourpaca.registration.models import Participant
from tourpaca.tour.models import Etape, Tour

Team = Callable[..., InspectingClient]
TEAM = "/equipe/tour-paca"


@pytest.fixture
def house(app: Flask) -> Iterator[Flask]:
    """A message of the team reached two people of Carpentras, a year ago."""
    with app.app_context():
        factories.tour_paca()
        for name in ("Specimen", "Gabarit"):
            person = expect("carpentras", (name, "Alix"), (3,))
            with transaction() as current:
                current.get_one(Participant, person).email = f"{name}@exemple.org".lower()
        criteria = Criteria(_tour(), _etape("carpentras"), place="confirmee")
        actions.write_to(ACT, criteria, Message("Salle de {nom}", "Bonjour,\n\nSalle B.", "k"), 2)
        with transaction() as current:
            sent = {"state": PARTI, "sent_at": ACT.now, "answer": "250 accepté"}
            current.execute(update(Letter).values(**sent))
        app.config["NOW"] = "2019-02-20T10:00"
        yield app


def _tour() -> int:
    return session().scalars(select(Tour.id)).one()


def _etape(slug: str) -> int:
    return session().scalars(select(Etape.id).where(Etape.slug == slug)).one()


def _person(name: str = "Specimen") -> int:
    return session().scalars(select(Participant.id).where(Participant.last_name == name)).one()


def test_b08_a_year_later_a_person_says_what_they_received(house: Flask, team: Team) -> None:
    client = team()
    assert "/messages" in client.get(f"{TEAM}/inscriptions").get_data(as_text=True)
    page = client.get(f"{TEAM}/inscriptions/personnes/{_person()}/messages").get_data(as_text=True)
    for words in (
        "Salle de Specimen",
        "Parti le 13\u00a0février 2018, 9\u00a0h",
        "250 accepté",
        "Tout l’envoi",
    ):
        assert words in page
    assert "Salle de Gabarit" not in page


def test_b08_a_letter_to_a_former_address_is_still_theirs(house: Flask, team: Team) -> None:
    with transaction() as current:
        current.get_one(Participant, _person()).email = "autre@exemple.org"
    page = team().get(f"{TEAM}/inscriptions/personnes/{_person()}/messages").get_data(as_text=True)
    assert "à specimen@exemple.org" in page


def test_b08_a_send_says_its_criteria_its_text_and_each_letter(house: Flask, team: Team) -> None:
    envoi = session().scalars(select(Envoi.id)).one()
    page = team().get(f"{TEAM}/messages/envois/{envoi}").get_data(as_text=True)
    for words in (
        "mardi 13\u00a0février 2018 — Carpentras et place\u00a0: confirmée",
        "Salle de {nom}",
        "Alix Specimen",
        "Alix Gabarit",
        "2\u00a0personnes",
    ):
        assert words in page


def _taken(client: InspectingClient, envoi: int) -> list[list[str]]:
    """The list of a send as a spreadsheet reads it."""
    page = f"{TEAM}/messages/envois/{envoi}"
    answer = client.submit(f"{page}/liste", {}, page=page)
    assert (answer.status_code, answer.content_type) == (200, "text/csv; charset=utf-8")
    assert f'filename="Envoi {envoi} du 2018-02-13.csv"' in answer.headers["Content-Disposition"]
    return list(csv.reader(answer.get_data().decode("utf-8-sig").splitlines(), delimiter=";"))


def test_r09_the_list_of_a_send_goes_out_as_csv_and_the_journal_knows(house: Flask, team: Team) -> None:
    envoi = session().scalars(select(Envoi.id)).one()
    with transaction() as current:
        stopped = {"state": INTERROMPU, "sent_at": None, "answer": "=1+1"}
        current.execute(update(Letter).where(Letter.to_name == "Alix Specimen").values(**stopped))
    assert _taken(team(), envoi) == [
        ["Organisation", "Nom", "Courriel", "État", "Parti le", "Réponse du serveur"],
        ["", "Alix Gabarit", "gabarit@exemple.org", "Parti", "13/02/2018 09:00", "250 accepté"],
        ["", "Alix Specimen", "specimen@exemple.org", "Interrompu", "", "'=1+1"],
    ]
    noted = session().scalars(select(Entry).where(Entry.verb == "envoi.exporter")).one()
    assert (noted.subject, noted.etape_id) == (f"envoi:{envoi}", _etape("carpentras"))


def test_s01_a_member_of_the_etape_takes_the_list_of_a_send(house: Flask, team: Team) -> None:
    assert len(_taken(team("etape", _etape("carpentras")), session().scalars(select(Envoi.id)).one())) == 3


def test_s01_a_member_of_another_etape_does_not_take_it(house: Flask, team: Team) -> None:
    envoi, outbox = session().scalars(select(Envoi.id)).one(), f"{TEAM}/messages"
    answer = team("etape", _etape("nice")).submit(f"{outbox}/envois/{envoi}/liste", {}, page=outbox)
    assert answer.status_code == 404


def test_s01_a_member_of_another_etape_sees_neither(house: Flask, team: Team) -> None:
    client = team("etape", _etape("nice"))
    envoi = session().scalars(select(Envoi.id)).one()
    for path in (
        f"inscriptions/personnes/{_person()}/messages",
        f"messages/envois/{envoi}",
        "messages/envois/99",
    ):
        assert client.get(f"{TEAM}/{path}").status_code == 404


@pytest.mark.parametrize("count", [1, 30])
def test_b08_the_page_of_a_person_costs_the_same_for_one_and_thirty_letters(
    house: Flask, team: Team, count: int
) -> None:
    where = {"tour_id": _tour(), "etape_id": _etape("carpentras"), "to_email": "SPECIMEN@exemple.org"}
    post(*(draft(900 + number, **where) for number in range(count)), now=ACT.now)
    client, path = team(), f"{TEAM}/inscriptions/personnes/{_person()}/messages"
    client.get(path)
    counted: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *facts: counted.append(facts[2]))
    page = client.get(path).get_data(as_text=True)
    assert page.count("<tr>") == count + 2
    assert len([each for each in counted if each.startswith("SELECT")]) == 5
