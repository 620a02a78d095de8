"""B19 under load: an atelier cancelled by two organisers, while people register, change, leave and are marked."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import bindparam, select, text

from tests import factories
from tests.racing import race
from tests.registration import sending
from tests.registration.sending import ACT, TEAM, person, submission
from tests.registration.test_changes import told
from tests.registration.test_choosing import HELD, WANTED, register, wish
from tourpaca.attendance import actions, counts, facts
from tourpaca.attendance import invariants as of_presences
from tourpaca.attendance.models import PRESENT
from tourpaca.attendance.rules import NewMark
from tourpaca.db import session
from tourpaca.prepared import Prepared
from tourpaca.refusal import Refused
from tourpaca.registration import actions as registration
from tourpaca.registration.models import Participant
from tourpaca.registration.rules import Incomplete
from tourpaca.tour.models import ANNULE, Atelier

PEOPLE = 4


def _settle(app: Flask) -> tuple[int, list[int]]:
    """Register people in one atelier, and return it with who they are."""
    with app.app_context():
        factories.tour_paca()
        for number in range(PEOPLE):
            register(f"Ana Place{number}", HELD)
        people = session().scalars(select(Participant.id).order_by(Participant.id))
        return sending.atelier(HELD).id, list(people)


def test_b19_two_organisers_at_once_cancel_once_and_write_once(app: Flask) -> None:
    room, _ = _settle(app)
    acts = [partial(actions.cancel_atelier, TEAM, room, PEOPLE, f"Motif {n}") for n in range(4)]
    answers = race(app, lambda number: acts[number](), len(acts))
    assert sorted(answers) == [False, False, False, True]
    with app.app_context():
        assert len(told()) == PEOPLE
        sending.assert_counters_are_the_rows()


def test_b19_who_moves_meanwhile_is_either_read_first_or_told(app: Flask) -> None:
    """One registers, one changes, one leaves: whoever is still there when it is cancelled was counted, and is told."""
    room, (mover, leaver, *_) = _settle(app)
    with app.app_context():
        there = wish(WANTED)
        newcomer = submission(person("Bo Nouveau", HELD), contact_email="bo@exemple.org")
        etape = sending.etape_id()
    acts: list[Callable[[], object]] = [
        partial(registration.choose_atelier, ACT, mover, there),
        partial(registration.cancel_participant, ACT, leaver),
        partial(registration.register, ACT, etape, newcomer),
        *(partial(actions.cancel_atelier, TEAM, room, n) for n in range(PEOPLE - 2, PEOPLE + 2)),
    ]
    answers = race(app, lambda number: acts[number](), len(acts))
    assert {type(each) for each in answers if isinstance(each, Exception)} <= {Refused, Incomplete}
    with app.app_context():
        cancelled = sending.atelier(HELD).state == ANNULE
        assert answers[3:].count(True) == cancelled
        assert not cancelled or len(told()) >= sending.atelier(HELD).taken
        sending.assert_counters_are_the_rows()


WAITED_FOR = text(
    "SELECT count(*) FROM pg_locks WHERE NOT granted AND transactionid = pg_current_xact_id()::xid"
)
ATELIER_AS_READ = Prepared(select(Atelier.id).where(Atelier.id == bindparam("room")))


@pytest.mark.parametrize("engine_url", ["pg"], indirect=True)
@pytest.mark.parametrize("guarded", [True, False], ids=["guard", "control"])
def test_b19_nobody_is_noted_in_an_atelier_being_cancelled(
    app: Flask, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    """A mark that comes while the atelier is being cancelled waits and reads it again; without its lock it is noted."""
    room, (who, *_) = _settle(app)
    if not guarded:
        monkeypatch.setattr(facts, "_HOLD", ATELIER_AS_READ)
    marks: list[Future[object]] = []

    def mark() -> object:
        with app.app_context():
            return actions.record(TEAM, [NewMark("n", who, room, PRESENT)])

    def count_then_let_one_come(_room: int) -> int:
        marks.append(threads.submit(mark))
        while not session().scalar(WAITED_FOR):
            assert not marks[0].done()
        return 0

    monkeypatch.setattr(counts, "noted_in", count_then_let_one_come)
    with ThreadPoolExecutor(1) as threads, app.app_context():
        assert actions.cancel_atelier(TEAM, room, PEOPLE)
        assert isinstance(marks[0].exception(), Refused) == guarded
        assert (list(of_presences.breaches()) == []) == guarded
