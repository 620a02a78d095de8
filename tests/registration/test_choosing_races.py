"""R18 under load: many change at the same moment; never one too many, never somebody in none, nobody overtaken."""

from collections.abc import Callable
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import Connection, select

from tests import factories
from tests.racing import race
from tests.registration import sending
from tests.registration.sending import ACT
from tests.registration.test_choosing import HELD, WANTED, register, wish
from tourpaca.db import session
from tourpaca.refusal import Refused
from tourpaca.registration import actions, invariants, taking
from tourpaca.registration.models import CONFIRMEE, LIVE, Participant, Place
from tourpaca.registration.submission import Person

PAIRS = 4


def _people(app: Flask, *ordres: int) -> list[tuple[int, int]]:
    """Register pairs of people, one for each theme, and return who they are with the theme they hold."""
    with app.app_context():
        factories.tour_paca()
        names = [(f"Lou Change{number}x{ordre}", ordre) for number in range(PAIRS) for ordre in ordres]
        for name, ordre in names:
            register(name, ordre)
        return [(sending.participant(name.split()[1]), ordre) for name, ordre in names]


def _change(app: Flask, wanted: list[tuple[int, int]]) -> list[object]:
    """Let everybody choose at the same moment the atelier named beside them, or its list."""
    with app.app_context():
        wishes = [(who, wish(-ordre)) for who, ordre in wanted]
    acts = [partial(actions.choose_atelier, ACT, who, one) for who, one in wishes]
    return race(app, lambda number: acts[number](), len(acts))


def _held() -> dict[int, list[tuple[int, str]]]:
    found: dict[int, list[tuple[int, str]]] = {}
    for place in session().scalars(select(Place).where(Place.state.in_(LIVE)).order_by(Place.id)):
        found.setdefault(place.participant_id, []).append((place.atelier_id, place.state))
    return found


def test_r18_two_crowds_that_swap_at_once_all_have_what_they_chose(app: Flask) -> None:
    """Four here, four there, one place free on each side: who waits is served by who leaves; no lock crosses."""
    people = _people(app, HELD, WANTED)
    with app.app_context():
        sending.shrink(PAIRS + 1, HELD, WANTED)
    faults = _change(app, [(who, WANTED if ordre == HELD else HELD) for who, ordre in people])
    assert [fault for fault in faults if isinstance(fault, Exception)] == []
    with app.app_context():
        rooms = {HELD: sending.atelier(WANTED).id, WANTED: sending.atelier(HELD).id}
        assert _held() == {who: [(rooms[ordre], CONFIRMEE)] for who, ordre in people}
        sending.assert_counters_are_the_rows()


def _claim_what_was_seen(connection: Connection, atelier_id: int) -> bool:
    """Take a place without asking the base, as who trusts the page that showed one left."""
    taking.give_back(connection, {atelier_id: -1})
    return True


@pytest.mark.parametrize("guarded", [True, False], ids=["guard", "control"])
def test_r18_the_last_place_goes_to_one_and_the_others_keep_theirs(
    app: Flask, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    """Eight change to one last place: one has it, seven stay and wait in line; without the guard all eight are in."""
    people = [who for who, _ in _people(app, HELD, HELD + 2)]
    with app.app_context():
        sending.shrink(1, WANTED)
    if not guarded:
        monkeypatch.setattr(taking, "claim", _claim_what_was_seen)
    answers = _change(app, [(who, WANTED) for who in people])
    with app.app_context():
        lost = [who for who in people if CONFIRMEE not in {state for _, state in _held()[who]}]
        fair = answers.count(CONFIRMEE) == 1 and len(sending.waiting(WANTED)) == len(people) - 1
        assert lost == []
        assert list(invariants.breaches()) == []
        assert (fair, sending.atelier(WANTED).taken <= 1) == (guarded, guarded)


def test_r18_one_person_who_sends_many_times_has_one_place(app: Flask) -> None:
    """Two choices, four sendings of each, all at once: one confirmed place in the créneau, whichever came last."""
    ((who, _), *_) = _people(app, HELD)
    answers = _change(app, [(who, WANTED), (who, HELD + 2)] * 4)
    assert {answer for answer in answers if isinstance(answer, str)} == {CONFIRMEE}
    with app.app_context():
        assert [state for _, state in _held()[who]] == [CONFIRMEE]
        sending.assert_counters_are_the_rows()


def test_r18_a_place_given_to_several_at_once_has_one_taker(app: Flask) -> None:
    """Six names for one place at the same moment, and its holder who cancels: one life goes on, or none."""
    ((who, _), *_) = _people(app, HELD)
    given = [
        partial(actions.cede_place, ACT, who, Person("Cy", f"Nouveau{n}", f"n{n}@exemple.org"))
        for n in range(6)
    ]
    acts: list[Callable[[], object]] = [*given, partial(actions.cancel_participant, ACT, who)]
    faults = race(app, lambda number: acts[number](), len(acts))
    assert {type(fault) for fault in faults if isinstance(fault, Exception)} <= {Refused}
    with app.app_context():
        newcomers = set(_held()) - {who}
        named = select(Participant.id).where(Participant.last_name.startswith("Nouveau"))
        assert len(newcomers & set(session().scalars(named))) == (0 if faults[-1] == 1 else 1)
        assert who not in _held()
        sending.assert_counters_are_the_rows()
