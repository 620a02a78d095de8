"""The door pages: everything works as plain forms, and answers a script with data."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, update

from tests import factories
from tests.attendance import people
from tests.inspecting import InspectingClient
from tourpaca.attendance import actions, queries
from tourpaca.db import db, transaction
from tourpaca.tour.models import Atelier

Team = Callable[..., InspectingClient]


class Door:
    """The door of Nice's sixth atelier, opened by somebody of the welcome desk."""

    def __init__(self, app: Flask, team: Team) -> None:
        self._app = app
        with app.app_context():
            factories.tour_paca()
            room = people.atelier("nice", 6)
            self.room, self.etape = room.id, room.etape_id
        self.client = team("accueil", self.etape)
        self.list = f"/equipe/tour-paca/etapes/nice/presences/{self.room}"

    def text(self, path: str) -> str:
        return self.client.get(path).get_data(as_text=True)

    def ask(self, function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """Call a function of the house in a context of its own, as a request would."""
        with self._app.app_context():
            return function(*arguments, **named)

    def expect(
        self, last: str, first: str, ordres: tuple[int, ...] = (6,), body: str = "", etape: str = "nice"
    ) -> int:
        """Return a participant of an étape."""
        organisation = self.ask(people.organisation, body) if body else None
        return int(self.ask(people.expect, etape, (last, first), ordres, organisation))

    def limit(self, capacity: int) -> None:
        """Set the number of the room."""
        self._change(capacity=capacity)

    def cancel(self) -> None:
        """Cancel the atelier."""
        self._change(state="annule")

    def _change(self, **values: Any) -> None:
        def change() -> None:
            with transaction() as session:
                session.execute(update(Atelier).where(Atelier.id == self.room).values(**values))

        self.ask(change)

    @property
    def counts(self) -> queries.Counts:
        """What is noted in the atelier."""
        found: queries.Counts = self.ask(queries.counts, self.etape)[self.room]
        return found


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
    assert "atelier 5 « Lien avec les utilisateurs »" in page


def test_us04_somebody_found_elsewhere_is_welcomed_and_the_number_told(door: Door) -> None:
    lou = door.expect("Spécimen", "Lou", (5,))
    door.limit(0)
    form = {"participant": lou, "status": "present", "nonce": "a", "q": "lou"}
    refused = door.client.submit(f"{door.list}/accueillir", form, page=f"{door.list}?q=lou")
    assert refused.status_code == 409
    assert "Vous pouvez accueillir cette personne" in refused.get_data(as_text=True)
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
    assert "dites pourquoi" in refused.get_data(as_text=True)
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
    statements: list[str] = []
    listener = lambda *facts: statements.append(facts[2])  # noqa: E731
    engine = door.ask(lambda: db.engine)
    event.listen(engine, "before_cursor_execute", listener)
    door.text(door.list)
    event.remove(engine, "before_cursor_execute", listener)
    assert len([each for each in statements if each.startswith("SELECT")]) == 9, statements
