"""The team's pages of messages: the outbox, one letter, and writing."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select, update

from tests import factories
from tests.attendance.people import expect, organisation
from tests.inspecting import InspectingClient
from tests.mail.writing import draft, letters, post
from tourpaca import clock
from tourpaca.db import db, session, transaction
from tourpaca.mail.models import INTERROMPU, PARTI, REFUSE, RETENU, Envoi, Letter, Mime
from tourpaca.organisations.models import Organisation
from tourpaca.registration.models import Participant
from tourpaca.tour.models import Etape, Tour

Team = Callable[..., InspectingClient]
OUTBOX, WRITE = "/equipe/tour-paca/messages", "/equipe/tour-paca/messages/ecrire"
FORM = {"etape": "carpentras", "objet": "Salle", "texte": "Bonjour {prénom},\n\nSalle B.", "cle": "k"}


@pytest.fixture
def house(app: Flask) -> Iterator[Flask]:
    """The tour of the stories with two people at Carpentras and one at Nice."""
    with app.app_context():
        factories.tour_paca()
        for town, name in (("carpentras", "Specimen"), ("carpentras", "Gabarit"), ("nice", "Maquette")):
            expect(town, (name, "Alix"), (3,))
        with transaction() as current:
            for person in current.scalars(select(Participant)):
                person.email = f"{person.last_name}@exemple.org".lower()
    return app


def _etape(app: Flask, slug: str) -> int:
    with app.app_context():
        return session().scalars(select(Etape.id).where(Etape.slug == slug)).one()


def _fill(app: Flask, count: int, etape: str = "nice", first: int = 0) -> None:
    with app.app_context():
        tour_id = session().scalars(select(Tour.id)).one()
        where = {"tour_id": tour_id, "etape_id": _etape(app, etape)}
        numbers = range(first, first + count)
        post(*(draft(number, to_name=f"Personne {number}", **where) for number in numbers), now=clock.now())


def _set(app: Flask, **values: object) -> None:
    with app.app_context(), transaction() as current:
        current.execute(update(Letter).values(**values))


def test_b11_an_empty_outbox_says_so(house: Flask, team: Team) -> None:
    page = team().get(OUTBOX).get_data(as_text=True)
    assert "Aucun message." in page
    assert "Aucun serveur de courrier n’est réglé." in page


@pytest.mark.parametrize("count", [1, 30])
def test_b11_the_outbox_costs_the_same_for_one_and_thirty_letters(
    house: Flask, team: Team, count: int
) -> None:
    _fill(house, count)
    client = team()
    client.get(OUTBOX)
    counted: list[str] = []
    with house.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *facts: counted.append(facts[2]))
    page = client.get(OUTBOX).get_data(as_text=True)
    assert page.count("<tr>") == count + 1
    assert len([each for each in counted if not each.startswith("BEGIN")]) == 6


def test_b11_states_are_tabs_with_counts_and_the_servers_words(house: Flask, team: Team) -> None:
    _fill(house, 3)
    with house.app_context(), transaction() as current:
        first, second = [letter.id for letter in letters()][:2]
        left = {"state": PARTI, "sent_at": clock.now(), "answer": "250 2.0.0 ok"}
        current.execute(update(Letter).where(Letter.id == first).values(**left))
        gone = {"state": REFUSE, "answer": "550 5.1.1 unknown"}
        current.execute(update(Letter).where(Letter.id == second).values(**gone))
    client = team()
    page = client.get(OUTBOX).get_data(as_text=True)
    for words in ("Tous 3", "À envoyer 1", "Partis 1", "Refusés 1", "Interrompus 0", "550 5.1.1 unknown"):
        assert words in page
    assert "Parti à 10\u00a0h" in page
    only = client.get(f"{OUTBOX}?etat=refuse").get_data(as_text=True)
    assert ("Personne 1" in only, "Personne 2" in only) == (True, False)


def test_r08_the_outbox_says_how_punctual_letters_were(house: Flask, team: Team) -> None:
    _fill(house, 101)
    with house.app_context(), transaction() as current:
        now = clock.now()
        for letter in current.scalars(select(Letter)):
            letter.state, letter.attempts, letter.sent_at = PARTI, 1, now + timedelta(seconds=1.5)
        slow, again, old = list(current.scalars(select(Letter).limit(3)))
        slow.sent_at = now + timedelta(seconds=40)
        again.attempts, again.created_at = 2, now - timedelta(seconds=7)
        old.due_at = old.sent_at = now - timedelta(hours=30)
    page = team().get(OUTBOX).get_data(as_text=True)
    page = page.replace("\u202f", " ").replace("\u00a0", " ")
    assert "Depuis hier, 99 % des 100 messages sont partis en moins de 9 s, le plus lent en 40 s." in page


def test_r06_held_letters_have_a_tab_and_are_the_first_thing_to_do(house: Flask, team: Team) -> None:
    _fill(house, 3)
    _set(house, state=RETENU, answer="le serveur refuse le nom ou le mot de passe réglés : 535 no")
    house.config["MAIL_SERVER"] = "mail.exemple.org"
    client = team()
    page = client.get(f"{OUTBOX}?etat=retenu").get_data(as_text=True)
    for words in ("Retenus 3", "Périmés 0", "Essayer maintenant", "3\u00a0messages attendent"):
        assert words in page
    assert "Le courrier ne part pas" in client.get("/equipe/tour-paca/").get_data(as_text=True)


def test_b11_more_than_a_page_follows(house: Flask, team: Team) -> None:
    _fill(house, 51)
    client = team()
    assert "page=2" in client.get(OUTBOX).get_data(as_text=True)
    assert client.get(f"{OUTBOX}?page=2").get_data(as_text=True).count("<tr>") == 2


def test_b11_a_letter_is_read_as_text_with_its_files(house: Flask, team: Team) -> None:
    _fill(house, 1)
    page = team().get(f"{OUTBOX}/1").get_data(as_text=True)
    assert "L’atelier change de salle : salle B, 1er étage." in page
    assert "camille.0@exemple.org" in page


def test_b11_a_letter_that_left_is_sent_again_as_a_copy(house: Flask, team: Team) -> None:
    _fill(house, 1)
    _set(house, state=PARTI, sent_at=None)
    with house.app_context(), transaction() as current:
        current.add(Mime(letter_id=1, content=b"frozen"))
    client = team()
    for _ in range(2):
        client.post(f"{OUTBOX}/1/renvoyer", data={"csrf_token": client.csrf(OUTBOX)})
    with house.app_context():
        stored = letters()
        assert [(letter.kind, letter.sequence) for letter in stored] == [
            ("message", 0),
            ("message:renvoi", 0),
            ("message:renvoi", 1),
        ]
        assert len({letter.message_id for letter in stored}) == 3
        assert [letter.mime is None for letter in stored] == [False, True, True]


def test_b11_a_letter_waiting_for_its_turn_is_not_doubled(house: Flask, team: Team) -> None:
    _fill(house, 1)
    client = team()
    answer = client.post(
        f"{OUTBOX}/1/renvoyer", data={"csrf_token": client.csrf(OUTBOX)}, follow_redirects=True
    )
    assert "il partira une seule fois" in answer.get_data(as_text=True)
    with house.app_context():
        assert len(letters()) == 1


def test_b11_a_send_is_stopped_and_taken_up_again(house: Flask, team: Team) -> None:
    client = team()
    client.submit(WRITE, {**FORM, "envoyer": "1", "attendus": "2"})
    page = client.get(OUTBOX).get_data(as_text=True)
    assert "0\u00a0parti sur 2, 2 en attente" in page
    client.submit(f"{OUTBOX}/envois/1/interrompre", {}, page=OUTBOX)
    listed = client.get(f"{OUTBOX}/envois/1").get_data(as_text=True)
    assert listed.count("par Claude Essai, avant le départ") == 2
    with house.app_context():
        assert {letter.state for letter in letters()} == {INTERROMPU}
    assert "par Claude Essai, avant le départ" in client.get(OUTBOX).get_data(as_text=True)
    client.submit(f"{OUTBOX}/1/renvoyer", {}, page=OUTBOX)
    with house.app_context():
        assert letters()[0].due_at == clock.now()


def test_b08_the_count_the_names_and_the_preview_come_before_a_word(house: Flask, team: Team) -> None:
    page = team().get(f"{WRITE}?etape=carpentras").get_data(as_text=True)
    assert "Envoyer à 2\u00a0personnes" in page
    assert "<strong>personnes recevront ce message</strong>" in page
    assert "Bonjour Alix Gabarit," in page
    assert "Alix Maquette" not in page


def test_b08_next_and_previous_keep_what_was_typed(house: Flask, team: Team) -> None:
    page = team().submit(WRITE, {**FORM, "personne": "1"}).get_data(as_text=True)
    assert "2 sur 2" in page
    assert "Bonjour Alix,\n\nSalle B." in page
    assert 'value="Salle"' in page


def test_b08_an_unknown_field_is_said_beside_the_text(house: Flask, team: Team) -> None:
    answer = team().submit(WRITE, {**FORM, "texte": "Bonjour {prenom}", "envoyer": "1", "attendus": "2"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'id="texte-faute"' in page
    assert "{prenom} n’existe pas" in page
    assert "Bonjour {prenom}</textarea>" in page


def test_b08_sending_twice_sends_once(house: Flask, team: Team) -> None:
    client = team()
    for _ in range(2):
        answer = client.submit(WRITE, {**FORM, "envoyer": "1", "attendus": "2"})
        assert (answer.status_code, answer.location) == (303, OUTBOX)
    with house.app_context():
        assert len(letters()) == 2
        assert letters()[0].due_at - letters()[0].created_at == timedelta(minutes=2)


def test_b08_another_number_than_the_buttons_sends_nothing(house: Flask, team: Team) -> None:
    answer = team().submit(WRITE, {**FORM, "envoyer": "1", "attendus": "7"})
    assert answer.status_code == 409
    assert "Rien n’est parti" in answer.get_data(as_text=True)
    with house.app_context():
        assert letters() == []


def test_b08_nobody_means_no_button(house: Flask, team: Team) -> None:
    page = team().get(f"{WRITE}?etape=marseille").get_data(as_text=True)
    assert "Aucune personne avec ces critères." in page
    assert "Envoyer à" not in page


def test_s01_a_member_of_one_etape_sees_and_writes_to_its_people_only(house: Flask, team: Team) -> None:
    _fill(house, 1, "nice")
    _fill(house, 1, "carpentras", first=1)
    client = team("etape", _etape(house, "carpentras"))
    page = client.get(OUTBOX).get_data(as_text=True)
    assert ("Personne 1" in page, "Personne 0" in page) == (True, False)
    assert "Tous 1" in page
    assert client.get(f"{OUTBOX}/1").status_code == 404
    assert client.submit(f"{OUTBOX}/1/renvoyer", {}, page=OUTBOX).status_code == 404
    writing = client.get(f"{WRITE}?etape=nice").get_data(as_text=True)
    assert ("Alix Gabarit" in writing, "Alix Maquette" in writing) == (True, False)
    client.submit(WRITE, {**FORM, "etape": "nice", "envoyer": "1", "attendus": "2"})
    with house.app_context():
        assert [letter.to_email for letter in letters()][2:] == [
            "gabarit@exemple.org",
            "specimen@exemple.org",
        ]


def test_b08_the_types_of_organisations_are_said_in_words(house: Flask, team: Team) -> None:
    with house.app_context():
        body = organisation("Ecomess")
        alix = expect("nice", ("Factice", "Alix"), (3,), body)
        with transaction() as current:
            current.get_one(Organisation, body).kind = "autre_ess_partenaire"
            current.get_one(Participant, alix).email = "alix@exemple.org"
    client = team()
    page = client.get(WRITE).get_data(as_text=True)
    assert '<option value="autre_ess_partenaire">Autre acteur de l’ESS</option>' in page
    wanted = {"etape": "", "type": "autre_ess_partenaire"}
    client.submit(WRITE, {**FORM, **wanted, "envoyer": "1", "attendus": "1"})
    with house.app_context():
        sent = session().scalars(select(Envoi.id)).one()
    page = client.get(f"{OUTBOX}/envois/{sent}").get_data(as_text=True)
    assert "type d’organisation\u00a0: autre acteur de l’ESS" in page
