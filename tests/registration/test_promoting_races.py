"""R1 and B17 under promotion: people leave, arrive and are served at the same moment; nobody too many, nobody twice."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select

from tests import factories
from tests.racing import race
from tests.registration import sending
from tests.registration.sending import ACT, person, submission
from tests.registration.test_promoting import HALL, full_house
from tourpaca.db import session
from tourpaca.registration import actions, freeing, invariants, promoting
from tourpaca.registration.models import CONFIRMEE, EN_ATTENTE, Place
from tourpaca.registration.submission import Submission

WAITING = tuple(f"Lou Attend{number}" for number in range(10))
LEAVERS = 8


def _people(app: Flask) -> list[int]:
    with app.app_context():
        factories.tour_paca()
        full_house(*WAITING)
        return [sending.participant(f"Tenant{number}") for number in range(LEAVERS)]


def _acts(leavers: list[int], etape_id: int, newcomers: list[Submission]) -> list[Callable[[], object]]:
    leave = [partial(actions.cancel_participant, ACT, one) for one in leavers]
    come = [partial(actions.register, ACT, etape_id, one) for one in newcomers]
    serve = [partial(promoting.settle_due, ACT.now + timedelta(minutes=1)) for _ in range(3)]
    return [*leave, *come, *serve]


def _together(app: Flask) -> list[object]:
    leavers = _people(app)
    with app.app_context():
        etape_id = sending.etape_id()
        newcomers = [
            submission(person(f"Max Passant{number}", -HALL), contact_email=f"m{number}@exemple.org")
            for number in range(6)
        ]
    acts = _acts(leavers, etape_id, newcomers)
    return race(app, lambda number: acts[number](), len(acts))


def test_r23_b17_who_leaves_and_who_comes_at_once_are_served_in_order(app: Flask) -> None:
    """Eight leave, six arrive, three workers look: fourteen places are held, the first eight who waited have theirs."""
    assert [fault for fault in _together(app) if isinstance(fault, Exception)] == []
    with app.app_context():
        assert list(invariants.breaches()) == []
        assert sending.atelier(HALL).taken == 14
        states = [
            session().scalar(
                select(Place.state).where(Place.participant_id == sending.participant(name.split()[1]))
            )
            for name in WAITING
        ]
        assert states == [CONFIRMEE] * LEAVERS + [EN_ATTENTE] * (len(WAITING) - LEAVERS)
        assert len(sending.letters("promotion")) == LEAVERS


@pytest.mark.parametrize("guarded", [True, False], ids=["locks", "control"])
@pytest.mark.parametrize("engine_url", ["pg"], indirect=True)
def test_r23_workers_who_look_at_once_serve_each_place_once(
    app: Flask, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    """Three places more, four workers; the control: without the rows held, two of them serve the same person.

    SQLite has one writer at a time anyway.
    """
    _people(app)
    with app.app_context():
        sending.shrink(17, HALL)
    if not guarded:
        monkeypatch.setattr(freeing, "lock", lambda *_: None)
    faults = race(app, lambda _: promoting.settle_due(ACT.now), 4)
    with app.app_context():
        served = len(sending.letters("promotion"))
        assert (faults == [None] * 4 and served == 3 and not list(invariants.breaches())) is guarded
