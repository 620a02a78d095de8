"""Marks are facts, and presence is the last of them."""

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DatabaseError

from tests.attendance import people
from tourpaca.attendance import actions, queries
from tourpaca.attendance.models import Mark, Presence
from tourpaca.db import session, transaction
from tourpaca.refusal import Refused, Unknown
from tourpaca.tour.models import Atelier, Etape

pytestmark = pytest.mark.usefixtures("open_house")


def presence(participant_id: int, atelier_id: int) -> Presence | None:
    return session().get(Presence, (participant_id, atelier_id), populate_existing=True)


def test_d02_presence_is_kept_per_atelier_with_what_the_figures_need() -> None:
    monteux = people.organisation("Ville de Monteux")
    person = people.expect("carpentras", ("Modèle", "Sacha"), (3, 5), monteux)
    third, fifth = people.atelier("carpentras", 3), people.atelier("carpentras", 5)
    actions.record(people.ACT, [people.mark(person, third.id), people.mark(person, fifth.id, "absent")])
    here, gone = presence(person, third.id), presence(person, fifth.id)
    assert here is not None
    assert gone is not None
    assert (here.status, here.organisation_id, here.thematique_id, here.counted) == (
        "present",
        monteux,
        third.thematique_id,
        True,
    )
    assert gone.status == "absent"


def test_d02_people_who_hold_the_workshop_are_marked_and_not_counted() -> None:
    person = people.expect("nice", ("Guide", "Noa"), (1,), role="animation")
    room = people.atelier("nice", 1).id
    actions.record(people.ACT, [people.mark(person, room)])
    found = presence(person, room)
    assert found is not None
    assert not found.counted


def test_d02_the_same_gesture_sent_three_times_counts_once_and_gets_the_same_answer() -> None:
    person = people.expect("nice", ("Exemple", "Camille"), (1,))
    room = people.atelier("nice", 1).id
    first = actions.record(people.ACT, [people.mark(person, room, nonce="geste-1")])[0]
    actions.record(people.ACT, [people.mark(person, room, "absent")])
    replay = actions.record(people.ACT, [people.mark(person, room, nonce="geste-1")])[0]
    assert (replay.mark_id, replay.status, replay.again) == (first.mark_id, "present", True)
    assert session().scalar(select(func.count()).select_from(Mark)) == 2
    found = presence(person, room)
    assert found is not None
    assert found.status == "absent"


def test_d02_taking_back_is_a_mark_of_its_own_and_the_first_hour_stays() -> None:
    person = people.expect("nice", ("Exemple", "Camille"), (1,))
    room = people.atelier("nice", 1).id
    actions.record(people.ACT, [people.mark(person, room)])
    actions.record(people.ACT, [people.mark(person, room, "sans_reponse")])
    assert [m.status for m in queries.history(person, room)] == ["present", "sans_reponse"]
    assert queries.lines(room, people.atelier("nice", 1).etape_id)[0].status == "sans_reponse"


@pytest.mark.parametrize("change", [update(Mark).values(status="absent"), delete(Mark)])
def test_d02_a_mark_can_neither_be_changed_nor_removed(change: object) -> None:
    person = people.expect("nice", ("Exemple", "Camille"), (1,))
    actions.record(people.ACT, [people.mark(person, people.atelier("nice", 1).id)])
    with pytest.raises(DatabaseError, match="append-only"), transaction() as current:
        current.execute(change)  # type: ignore[call-overload]


@pytest.mark.parametrize("thing", [Atelier, Etape])
def test_d02_nothing_is_noted_in_what_is_cancelled(thing: type[Atelier] | type[Etape]) -> None:
    person = people.expect("nice", ("Exemple", "Camille"), (1, 5))
    room, other = people.atelier("nice", 1), people.atelier("nice", 5).id
    which, room_id = room.id if thing is Atelier else room.etape_id, room.id
    with transaction() as current:
        current.execute(update(thing).where(thing.id == which).values(state="annule"))
    with pytest.raises(Refused, match="annul"):
        actions.record(people.ACT, [people.mark(person, other), people.mark(person, room_id)])
    assert session().scalar(select(func.count()).select_from(Mark)) == 0, "all or none"


def test_d02_a_person_of_another_etape_is_unknown_here() -> None:
    person = people.expect("nice", ("Exemple", "Camille"), (1,))
    with pytest.raises(Unknown):
        actions.record(people.ACT, [people.mark(person, people.atelier("carpentras", 1).id)])


def test_d02_a_status_of_another_kind_is_refused() -> None:
    person = people.expect("nice", ("Exemple", "Camille"), (1,))
    with pytest.raises(Refused):
        actions.record(people.ACT, [people.mark(person, people.atelier("nice", 1).id, "peut-être")])


def test_d02_lists_and_counts_follow_the_marks() -> None:
    room = people.atelier("nice", 1)
    room_id, etape_id = room.id, room.etape_id
    for name in (("Étoile", "Jo"), ("Exemple", "Camille"), ("d’Azur", "Noa"), ("Zed", "Al")):
        people.expect("nice", name, (1,))
    stranger = people.expect("nice", ("Ailleurs", "Lou"), (2,))
    noa, jo, camille, _al = (line.participant_id for line in queries.lines(room_id, etape_id))
    actions.record(
        people.ACT,
        [
            people.mark(noa, room_id),
            people.mark(camille, room_id, "excuse"),
            people.mark(jo, room_id, "absent"),
            people.mark(stranger, room_id),
        ],
    )
    lines = queries.lines(room_id, etape_id)
    assert [line.last_name for line in lines] == ["d’Azur", "Étoile", "Exemple", "Zed", "Ailleurs"]
    assert [line.registered for line in lines] == [True] * 4 + [False]
    assert queries.counts(etape_id)[room_id] == queries.Counts(4, 2, 1, 1, 1, 1)


def test_d02_a_search_finds_people_of_the_other_lists() -> None:
    room = people.atelier("nice", 1)
    chorum = people.organisation("Chorum")
    lou = people.expect("nice", ("Spécimen", "Lou"), (6,), chorum)
    people.expect("nice", ("Ici", "Chorus"), (1,))
    people.expect("carpentras", ("Chor", "Loin"), (6,))
    found = queries.elsewhere(room.etape_id, room.id, "chor specim")
    assert [(f.participant_id, f.atelier_ids) for f in found] == [(lou, (people.atelier("nice", 6).id,))]


def test_d02_closing_notes_absent_whoever_is_not_answered_for_and_writes_over_nothing() -> None:
    room = people.atelier("nice", 1)
    room_id, etape_id = room.id, room.etape_id
    came, excused, silent, taken_back = (people.expect("nice", (name, "Jo"), (1,)) for name in "ABCD")
    gone = people.expect("nice", ("E", "Jo"), (2,))
    for person, status in (
        (came, "present"),
        (excused, "excuse"),
        (taken_back, "present"),
        (gone, "present"),
    ):
        actions.record(people.ACT, [people.mark(person, room_id, status)])
    for person in (taken_back, gone):
        actions.record(people.ACT, [people.mark(person, room_id, "sans_reponse")])
    assert [actions.close_list(people.ACT, room_id, "fin") for _ in range(2)] == [2, 2], "once, however often"
    statuses = {line.participant_id: line.status for line in queries.lines(room_id, etape_id)}
    assert statuses == {
        came: "present", excused: "excuse", silent: "absent", taken_back: "absent", gone: "sans_reponse",
    }  # fmt: skip
    actions.record(people.ACT, [people.mark(silent, room_id)])
    assert actions.reopen_list(people.ACT, room_id, "fin") == 1, "who came late stays present"
    assert actions.reopen_list(people.ACT, room_id, "fin") == 0
    statuses = {line.participant_id: line.status for line in queries.lines(room_id, etape_id)}
    assert (statuses[silent], statuses[taken_back]) == ("present", "sans_reponse")


def test_d02_a_cancelled_workshop_is_not_closed() -> None:
    room = people.atelier("nice", 1).id
    with transaction() as current:
        current.execute(update(Atelier).where(Atelier.id == room).values(state="annule"))
    with pytest.raises(Refused, match="annulé"):
        actions.close_list(people.ACT, room, "fin")
