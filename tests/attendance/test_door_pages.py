"""The door pages: everything works as plain forms, and answers a script with data."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from tests.attendance import people
from tests.attendance.door import Door
from tests.inspecting import InspectingClient
from tests.statements import selects
from tourpaca.attendance import actions, queries

Team = Callable[..., InspectingClient]


@pytest.fixture
def door(app: Flask, team: Team) -> Door:
    return Door(app, team)


def test_d02_one_tap_notes_a_second_takes_back_and_comes_back_to_the_name(door: Door) -> None:
    person = door.expect("Échantillon", "Maxime", (6,), "Chorum")
    page = door.text(door.list)
    assert "ÉCHANTILLON Maxime" in page
    assert "@" not in re.sub(r"<[^>]*>", "", page), "no contact data at the door"
    back = door.client.submit(door.list, {"participant": person, "status": "present", "nonce": "a"})
    assert (back.status_code, back.location) == (303, f"{door.list}#p{person}")
    page = door.text(door.list)
    assert 'aria-pressed="true"' in page
    assert "présence notée à 10\u00a0h par Claude Essai" in page
    door.client.submit(door.list, {"participant": person, "status": "sans_reponse", "nonce": "b"})
    assert 'aria-pressed="true"' not in door.text(door.list)


def test_d02_the_same_form_sent_again_notes_nothing_more(door: Door) -> None:
    person = door.expect("Échantillon", "Maxime")
    form = {"participant": person, "status": "present", "nonce": "a"}
    for _ in range(3):
        assert door.client.submit(door.list, form).status_code == 303
    assert len(door.ask(queries.history, person, door.room)) == 1


def test_d02_a_note_is_kept_without_a_word_on_presence(door: Door) -> None:
    person = door.expect("Échantillon", "Maxime")
    door.client.submit(
        door.list, {"participant": person, "status": "sans_reponse", "nonce": "a", "reason": "Arrive à midi"}
    )
    assert "sans réponse à 10\u00a0h par Claude Essai. Arrive à midi" in door.text(door.list)
    assert door.counts.unmarked == 1


def test_d02_a_script_is_answered_with_data(door: Door) -> None:
    person = door.expect("Exemple", "Camille", (6,))
    answer = door.client.submit(
        door.list,
        {"participant": person, "status": "present", "nonce": "a"},
        headers={"Accept": "application/json"},
    )
    assert answer.json is not None
    assert answer.json["status"] == "present"
    assert answer.json["nonce"] != "a"


def test_d02_absence_excuse_and_note_stand_under_the_name(door: Door) -> None:
    person = door.expect("Exemple", "Camille", (6,))
    door.client.submit(
        door.list, {"participant": person, "status": "excuse", "nonce": "a", "reason": "Train annulé"}
    )
    page = door.text(door.list)
    assert "absence excusée" in page
    assert "Train annulé" in page


def test_d02_search_ignores_accents_case_and_order_and_looks_elsewhere(door: Door) -> None:
    door.expect("Échantillon", "Maxime", (6,))
    door.expect("Spécimen", "Lou", (5,), "Chorum")
    assert "ÉCHANTILLON" in door.text(f"{door.list}?q=maxime+ECHAN")
    page = door.text(f"{door.list}?q=specimen")
    assert "Aucun nom trouvé dans cet atelier" in page
    assert "Chorum, atelier 5 «\u00a0Lien avec les utilisateurs\u00a0»</small>" in page
    data = door.client.get(f"{door.list}?q=specimen", headers={"Accept": "application/json"}).json
    assert [(found["last_name"], found["where"]) for found in data] == [
        ("SPÉCIMEN", "Chorum, atelier 5 «\u00a0Lien avec les utilisateurs\u00a0»")
    ]


def test_d02_somebody_of_another_list_is_sent_to_their_room(door: Door) -> None:
    door.expect("Spécimen", "Lou", (5,))
    door.name_the_room(5, "Salle Tramontane")
    assert "atelier 5 «\u00a0Lien avec les utilisateurs\u00a0», Salle Tramontane" in door.text(
        f"{door.list}?q=lou"
    )


def test_us04_somebody_found_elsewhere_is_welcomed_and_the_number_told(door: Door) -> None:
    lou = door.expect("Spécimen", "Lou", (5,))
    door.limit(0)
    form = {"participant": lou, "status": "present", "nonce": "a", "q": "lou"}
    refused = door.client.submit(f"{door.list}/accueillir", form, page=f"{door.list}?q=lou")
    assert refused.status_code == 409
    assert "Vous pouvez accueillir cette personne\u00a0: dites pourquoi" in refused.get_data(as_text=True)
    done = door.client.submit(
        f"{door.list}/accueillir", {**form, "reason": "Une chaise"}, page=f"{door.list}?q=lou"
    )
    assert done.status_code == 303
    assert door.counts.walk_ins == 1


def test_us04_the_walk_in_form_has_few_fields_and_keeps_what_was_typed(door: Door) -> None:
    page = door.text(f"{door.list}/arrivee?nom=maxime")
    assert len(re.findall(r'<input id="', page)) <= 4
    wrong = door.client.submit(
        f"{door.list}/arrivee", {"name": "", "organisation": "Chorum", "email": "x@", "nonce": "n"}
    )
    told = wrong.get_data(as_text=True)
    assert wrong.status_code == 422
    assert 'value="Chorum"' in told
    assert "Indiquez le nom" in told
    done = door.client.submit(
        f"{door.list}/arrivee", {"name": "Maxime Échantillon", "organisation": "Chorum", "nonce": "n"}
    )
    assert done.status_code == 303
    assert door.counts.present == 1


def test_us04_a_full_room_asks_why_then_lets_in(door: Door) -> None:
    door.limit(0)
    form = {"name": "Maxime Échantillon", "nonce": "n"}
    refused = door.client.submit(f"{door.list}/arrivee", form)
    assert refused.status_code == 409
    assert "cette personne\u00a0: dites pourquoi" in refused.get_data(as_text=True)
    assert door.client.submit(f"{door.list}/arrivee", {**form, "reason": "Une chaise"}).status_code == 303


def test_us04_a_paper_sheet_is_typed_in_by_its_numbers(door: Door) -> None:
    for name in ("Alpha", "Bravo", "Charlie", "Delta"):
        door.expect(name, "Jo")
    page = door.text(f"{door.list}/saisie?numbers=1+3-4")
    ids = re.findall(r'name="present" value="(\d+)"', page)
    others = re.findall(r'name="other" value="(\d+)"', page)
    assert (len(ids), len(others)) == (3, 1)
    done = door.client.submit(
        f"{door.list}/saisie",
        {"present": ids, "other": others, "absents": "1", "nonce": "n"},
        page=f"{door.list}/arrivee",
    )
    assert done.status_code == 303
    statuses = [line.status for line in door.ask(queries.lines, door.room, door.etape)]
    assert statuses == ["present", "absent", "present", "present"]


def test_us04_a_number_that_is_not_on_the_sheet_is_told(door: Door) -> None:
    door.expect("Alpha", "Jo", (6,))
    for typed in ("2", "1 x", "3-1"):
        answer = door.client.get(f"{door.list}/saisie?numbers={typed}")
        assert answer.status_code == 422
        assert "aria-invalid" in answer.get_data(as_text=True)


def test_d02_a_mark_on_a_cancelled_workshop_is_refused_in_words(door: Door) -> None:
    person = door.expect("Exemple", "Camille", (6,))
    token = door.client.csrf(door.list)
    door.cancel()
    answer = door.client.post(
        door.list, data={"csrf_token": token, "participant": person, "status": "present", "nonce": "a"}
    )
    assert answer.status_code == 409
    assert "annulé" in answer.get_data(as_text=True)


def test_d02_a_cancelled_workshop_says_so_and_leads_to_no_mark(door: Door) -> None:
    door.expect("Exemple", "Camille", (6,))
    lists = "/equipe/tour-paca/etapes/nice/presences"
    assert f'href="{door.list}"' in door.text(lists)
    door.cancel()
    assert f'href="{door.list}"' not in door.text(lists)
    assert "Cet atelier est annulé." in door.text(door.list)


def test_d02_a_cancelled_etape_offers_neither_list_nor_sheet(door: Door, team: Team) -> None:
    door.cancel_the_etape()
    client = team("etape", door.etape)
    page = client.get("/equipe/tour-paca/etapes/nice/presences").get_data(as_text=True)
    assert "Étape annulée" in page
    assert "Marquer" not in page
    assert "Imprimer" not in page


def test_d02_a_list_is_closed_from_the_day_on_and_can_be_reopened(app: Flask, door: Door, team: Team) -> None:
    camille, noa = door.expect("Exemple", "Camille"), door.expect("Guide", "Noa")
    assert "Clore la liste" not in door.text(door.list)
    app.config["NOW"] = "2018-01-30T12:20"
    door.client = team("etape", door.etape)
    door.client.submit(door.list, {"participant": camille, "status": "present", "nonce": "a"})
    assert "Clore la liste" in door.text(door.list)
    assert door.client.submit(f"{door.list}/clore", {"nonce": "b"}, page=door.list).location == door.list
    page = door.text(door.list)
    assert "Liste close\u00a0: 1\u00a0absence notée." in page
    assert "Clore la liste" not in page, "nobody is without an answer"
    assert (door.counts.present, door.counts.absent) == (1, 1)
    door.client.submit(f"{door.list}/rouvrir", {"nonce": "b"}, page=door.list)
    assert "1\u00a0personne est de nouveau sans réponse" in door.text(door.list)
    assert [mark.status for mark in door.ask(queries.history, noa, door.room)] == ["absent", "sans_reponse"]


def test_d02_nobody_marks_a_person_of_another_etape(door: Door) -> None:
    stranger = door.expect("Loin", "Al", etape="carpentras")
    form = {"participant": stranger, "status": "present", "nonce": "a"}
    assert door.client.submit(door.list, form, page=f"{door.list}/arrivee").status_code == 404


def test_d02_the_choice_of_lists_tells_where_each_one_is(door: Door) -> None:
    person = door.expect("Exemple", "Camille", (6,))
    door.ask(actions.record, people.ACT, [people.mark(person, door.room)])
    page = door.text("/equipe/tour-paca/etapes/nice/presences")
    assert "1\u00a0présence notée sur 1" in page


@pytest.mark.parametrize("people_here", [1, 30])
def test_d02_a_list_costs_the_same_number_of_statements_whatever_its_length(
    door: Door, people_here: int
) -> None:
    for number in range(people_here):
        door.expect(f"Nom{number}", "Jo")
    door.text(door.list)
    with selects(door.app) as statements:
        door.text(door.list)
    assert len(statements) == 10, statements
