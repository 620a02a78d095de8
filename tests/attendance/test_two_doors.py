"""Two people mark the same list at the same moment: no mark is lost, the newest wins, a gesture counts once."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from tests.attendance import people
from tests.racing import race
from tourpaca.attendance import actions, facts, queries
from tourpaca.attendance.invariants import breaches
from tourpaca.attendance.models import Mark, Presence
from tourpaca.attendance.rules import NewMark
from tourpaca.db import connection_of, session, transaction
from tourpaca.journal.models import Act

DOORS = 8
STATUSES = ("present", "absent", "excuse", "sans_reponse")
# What a house without facts would do: the same row, written over by whoever comes last.
OVER = text("UPDATE presence SET status = :status, mark_id = :mark_id WHERE participant_id = :person")


@pytest.fixture
def camille(open_house: Flask) -> tuple[int, int]:
    """A person expected at Nice, and her atelier."""
    return people.expect("nice", ("Exemple", "Camille"), (5,)), people.atelier("nice", 5).id


def at_once(house: Flask, act: Callable[[int], object]) -> list[object]:
    """Run the doors together, then let go of what this thread read before them."""
    found = race(house, act, DOORS)
    session().rollback()
    return found


def status_of(person: int, room: int) -> tuple[str, int]:
    found = session().get_one(Presence, (person, room), populate_existing=True)
    return found.status, found.mark_id


def newest(person: int, room: int) -> tuple[str, int]:
    last = queries.history(person, room)[-1]
    return last.status, last.id


def test_us07_two_doors_marking_one_person_lose_no_mark_and_the_newest_shows(
    open_house: Flask, camille: tuple[int, int]
) -> None:
    def door(number: int) -> list[str]:
        act = Act(people.THE_DAY, f"membre:{number}", f"Porte {number}")
        return [
            actions.record(act, [people.mark(*camille, STATUSES[(number + turn) % 4])])[0].status
            for turn in range(5)
        ]

    answers = at_once(open_house, door)
    assert answers == [[STATUSES[(number + turn) % 4] for turn in range(5)] for number in range(DOORS)]
    assert len(queries.history(*camille)) == DOORS * 5
    assert status_of(*camille) == newest(*camille)
    line = queries.lines(camille[1], people.atelier("nice", 5).etape_id)[0]
    assert line.author == queries.history(*camille)[-1].author_name
    assert list(breaches()) == []


@pytest.mark.parametrize("guarded", [True, False])
def test_us07_two_doors_that_finish_in_the_other_order(camille: tuple[int, int], guarded: bool) -> None:
    """The control without the guard shows the older mark: what the first door wrote last."""
    person, room = camille
    actions.record(people.ACT, [people.mark(person, room, "sans_reponse")])
    early, late = (_append_alone(people.mark(person, room, status)) for status in ("present", "absent"))
    for status, mark_id in (("absent", late), ("present", early)):
        with transaction() as current:
            if guarded:
                facts.FOLLOW.run(connection_of(current), {"mark_id": mark_id})
            else:
                current.execute(OVER, {"status": status, "mark_id": mark_id, "person": person})
    assert (status_of(person, room) == newest(person, room)) is guarded
    assert status_of(person, room)[0] == ("absent" if guarded else "present")


def _append_alone(mark: NewMark) -> int:
    with transaction() as current:
        mark_id = facts.APPEND.value(connection_of(current), facts.values(people.ACT, mark))
    assert mark_id is not None
    return int(mark_id)


@pytest.mark.parametrize("named", [True, False])
def test_us07_one_gesture_sent_at_once_by_eight_requests_counts_once(
    open_house: Flask, camille: tuple[int, int], named: bool
) -> None:
    """The control sends eight gestures of as many names: eight marks, so the name is what makes them one."""

    def send(number: int) -> int:
        mark = people.mark(*camille, nonce="un-geste" if named else f"geste-{number}")
        return actions.record(people.ACT, [mark])[0].mark_id

    answers = at_once(open_house, send)
    assert len(set(answers)) == (1 if named else DOORS), answers
    assert session().scalar(select(func.count()).select_from(Mark)) == (1 if named else DOORS)


def test_us07_one_arrival_sent_at_once_by_eight_requests_adds_one_person(open_house: Flask) -> None:
    room = people.atelier("nice", 6).id

    def send(_: int) -> int:
        return actions.walk_in(people.ACT, room, actions.Arrival("Zoé Durand"), "une-arrivée").participant_id

    assert len(set(at_once(open_house, send))) == 1
    assert queries.counts(people.atelier("nice", 6).etape_id)[room].walk_ins == 1


@pytest.mark.parametrize("wrong", [datetime(2035, 1, 1, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC)])
def test_d02_a_mark_made_under_a_wrong_clock_follows_the_order_of_arrival(
    camille: tuple[int, int], wrong: datetime
) -> None:
    actions.record(people.ACT, [people.mark(*camille, marked_at=wrong)])
    assert status_of(*camille)[0] == "present"
    actions.record(people.ACT, [people.mark(*camille, "absent")])
    assert status_of(*camille)[0] == "absent"
    first, second = queries.history(*camille)
    assert (first.marked_at, first.received_at, second.marked_at) == (wrong, people.THE_DAY, people.THE_DAY)
