"""Two hundred people want the last places at the same moment: nobody too many, nobody too few, no fault."""

from collections import Counter
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.inspecting import NOW
from tests.registration import crowd
from tests.serving import Server
from tourpaca.db import session
from tourpaca.registration import files, invariants
from tourpaca.registration.models import CONFIRMEE, EN_ATTENTE, Dossier, Place
from tourpaca.tour.models import Atelier

Serve = Callable[..., Server]
CLIENTS = 200
SLOT_1, SLOT_2, SLOT_3 = 1, 6, 8  # positions of one atelier in each créneau, among the nine choices


@pytest.fixture
def rush(app: Flask, engine_url: str, serve: Serve) -> Callable[..., crowd.Form]:
    """Start three workers on a tour with a capacity and open the form; `application` may be one without its guard."""

    def start(capacity: int, application: str = "app:app") -> crowd.Form:
        with crowd.tour_with(app, capacity):
            server = serve(engine_url, workers=3, threads=2, application=application, TOURPACA_NOW=NOW)
        return crowd.open_form(server.url)

    return start


def counted(app: Flask) -> tuple[list[int], list[int], list[str]]:
    """Return the counters of ateliers somebody took, the rows behind them, and the invariants broken."""
    with app.app_context():
        counters = list(session().scalars(select(Atelier.taken).where(Atelier.taken > 0)))
        rows = select(func.count()).where(Place.state == CONFIRMEE).group_by(Place.atelier_id)
        return counters, list(session().scalars(rows)), list(invariants.breaches())


@pytest.mark.parametrize("capacity", [1, 30])
def test_r01_exactly_the_places_there_are(app: Flask, rush: Callable[..., crowd.Form], capacity: int) -> None:
    """Three ateliers at once for each of 200 clients: as many registered as places, the rest told, none with a 5xx."""
    form = rush(capacity)
    answers = form.send_together([form.filled(n, SLOT_1, SLOT_2, SLOT_3) for n in range(CLIENTS)])
    assert Counter(a.status for a in answers) == {303: capacity, 422: CLIENTS - capacity}
    assert counted(app) == ([capacity] * 3, [capacity] * 3, [])


def test_r01_groups_are_never_split(app: Flask, rush: Callable[..., crowd.Form]) -> None:
    """Sixty groups of three for ten places: three groups come whole, one place stays."""
    form = rush(10)
    answers = form.send_together([form.filled(n, SLOT_1, people=3) for n in range(60)])
    assert Counter(a.status for a in answers) == {303: 3, 422: 57}
    assert counted(app) == ([9], [9], [])


def test_r01_the_rest_waits_in_the_order_of_arrival(app: Flask, rush: Callable[..., crowd.Form]) -> None:
    """All accept to wait: everybody is registered, each rank is given once, and the first to wait stay first."""
    form = rush(30)
    answers = form.send_together([form.filled(n, SLOT_1, waits=True) for n in range(CLIENTS)])
    assert {a.status for a in answers} == {303}
    with app.app_context():
        asked = select(Place.state).order_by(Place.id)
        states = list(session().scalars(asked))
        assert Counter(states) == {CONFIRMEE: 30, EN_ATTENTE: CLIENTS - 30}
        assert states.index(EN_ATTENTE) == 30
        assert list(invariants.breaches()) == []


def test_r06_twenty_clients_race_for_the_last_place(app: Flask, rush: Callable[..., crowd.Form]) -> None:
    """One wins, nineteen are told « complet » and offered the list; all nineteen accept at once: a rank each."""
    form = rush(1)
    typed = [form.filled(n, SLOT_1) for n in range(20)]
    answers = form.send_together(typed)
    assert Counter(a.status for a in answers) == {303: 1, 422: 19}
    losers = [form.waiting(each) for each, answer in zip(typed, answers, strict=True) if answer.status == 422]
    assert {a.status for a in form.send_together(losers)} == {303}
    with app.app_context():
        states = list(session().scalars(select(Place.state).order_by(Place.id)))
        assert states == [CONFIRMEE] + [EN_ATTENTE] * 19
        ranks = sorted(held.rank for held in files.held(session(), Place.state == EN_ATTENTE))
        assert ranks == list(range(1, 20))
    assert counted(app) == ([1], [1], [])


def test_r01_control_without_the_guard_too_many_get_in(app: Flask, rush: Callable[..., crowd.Form]) -> None:
    """The same rush on a house that looks first, then takes without looking again: it oversells."""
    form = rush(30, "tests.registration.unguarded:app")
    form.send_together([form.filled(n, SLOT_1) for n in range(CLIENTS)])
    with app.app_context():
        assert (session().scalar(select(func.max(Atelier.taken))) or 0) > 30


@pytest.mark.parametrize("forms", [50, pytest.param(500, marks=pytest.mark.soak)])
def test_r03_three_sendings_of_one_form_make_one_registration(
    app: Flask, rush: Callable[..., crowd.Form], forms: int
) -> None:
    """Each form is sent three times at once, fifty forms together: one dossier each, the same page for all three."""
    form, answers = rush(1_000), []
    typed = [form.filled(n, SLOT_1, SLOT_2) for n in range(forms)]
    for first in range(0, forms, 50):
        answers += form.send_together([each for each in typed[first : first + 50] for _ in range(3)])
    assert {a.status for a in answers} == {303}
    for n in range(forms):
        assert len({a.location for a in answers[3 * n : 3 * n + 3]}) == 1
    assert len({a.location for a in answers}) == forms
    with app.app_context():
        assert session().scalar(select(func.count()).select_from(Dossier)) == forms
        assert list(invariants.breaches()) == []
