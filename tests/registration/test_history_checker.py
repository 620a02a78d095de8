"""R2: random histories of many clients at once, read again event by event; each fault planted is found."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests import factories
from tests.engines import one_engine
from tests.registration import sending, witness
from tests.registration.history import THEMES, Crowd, anomalies
from tests.registration.test_promoting import rules_of_the_tour
from tourpaca.registration import invariants, promoting, taking, waiting
from tourpaca.tour.models import A_CONFIRMER, AUTOMATIQUE

CAPACITY = 4
Spoil = Callable[[pytest.MonkeyPatch], None]


def lived(app: Flask, seed: int, operations: int, clients: int = 16) -> list[str]:
    """Live one history and return every anomaly found in it, and every fault that a client met."""
    with app.app_context():
        factories.tour_paca()
        sending.shrink(CAPACITY, *THEMES)
        rules_of_the_tour(promotion=(AUTOMATIQUE, A_CONFIRMER)[seed % 2])
        witness.watch()
    crowd = Crowd(app, seed, clients, operations)
    faults = crowd.run()
    with app.app_context():
        seen = witness.seen()
        assert len(seen) > operations / 3
        return [*map(repr, faults), *anomalies(seen, crowd.log, CAPACITY), *invariants.breaches()]


@pytest.mark.parametrize(
    ("seed", "operations"),
    [
        *((seed, 240) for seed in range(3)),
        *(pytest.param(seed, 5_000, marks=pytest.mark.soak) for seed in range(100)),
    ],
)
def test_r2_nobody_too_many_nobody_out_of_turn_nobody_lost(app: Flask, seed: int, operations: int) -> None:
    assert lived(app, seed, operations) == []


def _the_last_first(monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = waiting.blocks
    monkeypatch.setattr(promoting.waiting, "blocks", lambda queue: list(reversed(blocks(queue))))


def _no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    def take(connection: Any, atelier_id: int, n: int) -> Callable[[], bool]:
        taking.give_back(connection, {atelier_id: -n})
        return lambda: True

    monkeypatch.setattr(taking, "_take", take)


def _nobody_served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(promoting, "settle", lambda *_: promoting.Settled())


@one_engine
@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (_the_last_first, "is served before"),
        (_no_limit, "places taken of"),
        (_nobody_served, "a place is free"),
    ],
)
def test_r2_control_each_fault_planted_is_found(
    app: Flask, monkeypatch: pytest.MonkeyPatch, spoil: Spoil, found: str
) -> None:
    spoil(monkeypatch)
    assert any(found in anomaly for anomaly in lived(app, 1, 160, clients=4))
