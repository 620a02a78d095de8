"""Links between organisations and the fiches: the effect told is the effect had, undone gives back the start."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from tests import factories
from tests.fiches import compiled
from tests.fiches.compiled import ACT
from tourpaca.db import session, transaction
from tourpaca.fiches import citations, figures
from tourpaca.fiches import queries as fiche_queries
from tourpaca.fiches.chiffres_cles import ChiffresCles
from tourpaca.organisations import actions, queries
from tourpaca.organisations.attachment import recognise
from tourpaca.organisations.models import Graphie, Organisation
from tourpaca.refusal import Refused
from tourpaca.registration.models import Dossier, Participant
from tourpaca.tour.models import Thematique

NAMES = ("API", "API Provence", "Chorum", "La Nef", "Uniformation")


def known(name: str) -> int:
    """The organisation that a name means."""
    with transaction() as current:
        return recognise(current, name, factories.EARLIER)


def themes() -> list[int]:
    """The thématiques of the tour, in order."""
    return list(session().scalars(select(Thematique.id).order_by(Thematique.ordre)))


def live() -> dict[int, ChiffresCles]:
    """The figures of every fiche, read anew."""
    session().expire_all()
    return figures.of_tour(1, themes())


def said() -> list[tuple[int, int, tuple[str, ...]]]:
    """What the fiches would print."""
    return [(each.participants, each.organisations, each.names) for each in live().values()]


@pytest.fixture
def five(app: Flask) -> Any:
    """Five organisations, each present in two ateliers with its neighbour."""
    with app.app_context():
        factories.tour_paca()
        places = compiled.ateliers()
        for number, name in enumerate(NAMES):
            rooms = [places[1, 1 + number % 4][0], places[1, 5 + number % 4][0]]
            compiled.come(places[1, 1][1], rooms, known(name), f"Personne {number}")
        yield app


def test_t04_the_effect_told_before_is_the_effect_had(five: Flask) -> None:
    api, provence = known("API"), known("API Provence")
    with transaction() as current:
        current.execute(update(Organisation).where(Organisation.id == api).values(cited=False))
    (told,) = citations.effects(api, provence)
    before = live()
    actions.link(ACT, api, provence)
    after = live()
    assert {line.ordre: line.after for line in told.lines} == {
        n: after[theme] for n, theme in enumerate(themes(), 1) if before[theme].roots & {api, provence}
    }
    assert (told.before, told.after) == (5, 4)
    assert all("API Provence" not in line.after.names for line in told.lines if line.ordre in {1, 5})


def test_t04_t10_linked_names_that_may_be_cited_are_printed_once(five: Flask) -> None:
    actions.link(ACT, known("Uniformation"), known("API"))
    assert next(names for *_, names in said()) == ("API",)
    assert [count for _, count, _ in said()] == [1, 1, 1, 1, 1, 1, 1, 1]


def contents() -> list[dict[str, object]]:
    """What every published version says."""
    return [version.content for each in fiche_queries.all_versions(1).values() for version in each]


def test_us06_a_published_fiche_does_not_move(app: Flask) -> None:
    with app.app_context():
        compiled.tour_published()
        one, other = known("Chorum"), known("Uniformation")
        effect = citations.effects(one, other)[0]
        assert {line.version for line in effect.lines} == {1}
        frozen = contents()
        actions.link(ACT, one, other)
        actions.rename(ACT, other, "Uniformation, opérateur de compétences", 1)
        session().expire_all()
        assert contents() == frozen
        assert (effect.before, effect.after) == (63, 62)


STEPS = st.lists(st.tuples(st.integers(0, 4), st.none() | st.integers(0, 4)), max_size=12)


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_t04_any_links_agree_with_a_recount_and_undone_give_back_the_start(
    five: Flask, steps: list[tuple[int, int | None]]
) -> None:
    ids = [known(name) for name in NAMES]
    start = said()
    links: dict[int, int] = {}
    for number, to in steps:
        follow(ids, links, number, to)
        assert [each.organisations for each in live().values()] == recount(links)
    for number in list(links):
        actions.unlink(ACT, ids[number])
    assert said() == start


def follow(ids: list[int], links: dict[int, int], number: int, to: int | None) -> None:
    """Link or unlink in the house, and in a plain dictionary when the house agreed."""
    if to is None:
        actions.unlink(ACT, ids[number])
        links.pop(number, None)
        return
    try:
        actions.link(ACT, ids[number], ids[to])
    except Refused:
        assert number in links or to in links or number == to
    else:
        links[number] = to


def recount(links: dict[int, int]) -> list[int]:
    """Organisations of each fiche, from the links alone: organisation n came to themes n % 4 and 4 + n % 4."""

    def end(number: int) -> int:
        return end(links[number]) if number in links else number

    by_room = [{end(number) for number in range(5) if number % 4 == room} for room in range(4)]
    return [len(bodies) for bodies in by_room + by_room]


def merge_in_place(act: object, organisation_id: int, to_id: int) -> None:
    """What the house does not do: move names and people of one body to the other."""
    with transaction() as current:
        for model in (Graphie, Participant, Dossier):
            moved = update(model).where(model.organisation_id == organisation_id)
            current.execute(moved.values(organisation_id=to_id))


@pytest.mark.parametrize(("join", "follows"), [(actions.link, True), (merge_in_place, False)])
def test_us06_race_a_registration_under_way_follows_the_link(
    app: Flask, join: Callable[..., None], follows: bool
) -> None:
    """Recognised before a link and registered after it, a name counts with the body.

    The control: on PostgreSQL a merge in place leaves it behind; SQLite has one writer at a time.
    """
    with app.app_context():
        factories.tour_paca()
        api, provence = known("API"), known("API Provence")
        several_writers = session().get_bind().dialect.name == "postgresql"
    recognised, joined = threading.Event(), threading.Event()

    def register() -> None:
        with app.app_context(), transaction() as current:
            body = recognise(current, "API", factories.EARLIER)
            recognised.set()
            if several_writers:
                assert joined.wait(10)
            current.add(Dossier(id=1, etape_id=1, organisation_id=body, created_at=factories.EARLIER))

    person = threading.Thread(target=register)
    person.start()
    assert recognised.wait(10)
    with app.app_context():
        join(ACT, api, provence)
        joined.set()
        person.join()
        counts_for = session().get_one(Dossier, 1).organisation_id
        assert counts_for is not None
        assert (queries.body(counts_for).root_id == provence) is (follows or not several_writers)


def test_us06_bodies_printed_side_by_side_are_two(app: Flask) -> None:
    with app.app_context():
        compiled.tour_published()
        ssam, mutualite = known("Mutualité française PACA SSAM"), known("Mutualité française PACA")
        api = known("API")
        together, met = citations.printed_together(), citations.met(1, [ssam])
        assert together(ssam, mutualite)
        assert met(ssam, mutualite)
        assert not together(ssam, api)
