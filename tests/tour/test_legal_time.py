"""R19: on the nights when legal time changes, an hour that does not exist is refused, one that comes twice is said."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests import factories
from tests.inspecting import InspectingClient
from tests.registration.sending import TEAM as TEAM_ACT
from tests.security.forms import Form, forms
from tourpaca import clock
from tourpaca.db import session, transaction
from tourpaca.refusal import Refused
from tourpaca.tour import legal_time
from tourpaca.tour.actions import duplication
from tourpaca.tour.actions.duplication import Elsewhere
from tourpaca.tour.models import Creneau, Etape

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
Team = Callable[..., InspectingClient]
TEAM = "/equipe/tour-paca"
NICE = f"{TEAM}/etapes/nice"
SPRING, AUTUMN = date(2018, 3, 25), date(2018, 10, 28)
GAP = "2\u00a0h\u00a030 n’existe pas. Écrivez 3\u00a0h\u00a030, ou une heure d’avant le changement."
TWICE = "2\u00a0h\u00a030 vient deux fois\u00a0: nous retenons la première fois, à l’heure d’été."


@pytest.fixture
def nice(app: Flask) -> Callable[[date], int]:
    """Put Nice on a day, its hours unknown, and return its id. No context stays open."""
    with app.app_context():
        factories.tour_paca()

    def on(day: date) -> int:
        with app.app_context(), transaction() as current:
            etape = current.scalars(select(Etape).where(Etape.slug == "nice")).one()
            etape.day, etape.starts_at, etape.ends_at, etape.closes_at = day, None, None, None
            current.execute(
                update(Creneau).where(Creneau.etape_id == etape.id).values(starts_at=None, ends_at=None)
            )
            return etape.id

    return on


def first_form(client: InspectingClient, page: str, name: str) -> tuple[Form, str]:
    """Return the form of a page that holds a field, and the field's whole name."""
    for form in forms(client.get(page).get_data(as_text=True)):
        found = next((each for each in form.values if each == name or each.startswith(f"{name}-")), "")
        if found:
            return form, found
    raise AssertionError(f"no field {name} on {page}")


@pytest.mark.parametrize("page", [f"{NICE}/modifier", f"{TEAM}/horaires", f"{NICE}/ateliers"])
def test_r19_an_hour_that_does_not_exist_is_refused_beside_its_field_with_what_to_type(
    app: Flask, nice: Callable[[date], int], team: Team, page: str
) -> None:
    nice(SPRING)
    client = team()
    form, name = _of_nice(app, client, page)
    answer = client.post(form.action, data={**form.values, name: "2 h 30"})
    said = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert GAP in said.split(f'id="{name}"')[0][-2000:] + said.split(f'id="{name}"')[1][:2000]
    assert 'value="2 h 30"' in said or 'value="02:30"' in said
    answer = client.post(form.action, data={**form.values, name: "3 h 30"})
    assert answer.status_code == 303


@pytest.mark.parametrize("page", [f"{NICE}/modifier", f"{TEAM}/horaires", f"{NICE}/ateliers"])
def test_r19_an_hour_that_comes_twice_is_the_first_and_the_page_says_so(
    app: Flask, nice: Callable[[date], int], team: Team, page: str
) -> None:
    nice(AUTUMN)
    client = team()
    form, name = _of_nice(app, client, page)
    answer = client.post(form.action, data={**form.values, name: "2 h 30"}, follow_redirects=True)
    assert TWICE in answer.get_data(as_text=True)
    assert clock.instant(AUTUMN, time(2, 30)) == datetime(2018, 10, 28, 0, 30, tzinfo=UTC)


def _of_nice(app: Flask, client: InspectingClient, page: str) -> tuple[Form, str]:
    """Return the form of a page and the name of the field where the beginning of Nice is typed."""
    form, name = first_form(client, page, "starts_at")
    if page.endswith("/horaires"):
        with app.app_context():
            name = f"starts_at-{session().scalars(select(Etape.id).where(Etape.slug == 'nice')).one()}"
    return form, name


def test_r19_registrations_open_at_an_hour_that_exists(nice: Callable[[date], int], team: Team) -> None:
    nice(date(2018, 4, 10))
    client = team()
    form, name = first_form(client, f"{NICE}/modifier", "opens_at")
    answer = client.post(form.action, data={**form.values, name: "2018-03-25T02:30"})
    assert answer.status_code == 422
    assert GAP in answer.get_data(as_text=True)


def test_r19_an_etape_taken_over_on_such_a_night_is_refused(app: Flask, nice: Callable[[date], int]) -> None:
    etape_id = nice(date(2018, 1, 30))
    with app.app_context():
        with transaction() as current:
            current.get_one(Etape, etape_id).starts_at = time(2, 30)
        with pytest.raises(Refused, match="n’existe pas"):
            duplication.duplicate(TEAM_ACT, etape_id, Elsewhere(SPRING, "06"))


@pytest.mark.parametrize(
    ("wall", "exists", "single"),
    [
        (datetime(2018, 3, 25, 1, 59), True, True),
        (datetime(2018, 3, 25, 2, 0), False, True),
        (datetime(2018, 3, 25, 2, 59), False, True),
        (datetime(2018, 3, 25, 3, 0), True, True),
        (datetime(2018, 10, 28, 1, 59), True, True),
        (datetime(2018, 10, 28, 2, 0), True, False),
        (datetime(2018, 10, 28, 2, 59), True, False),
        (datetime(2018, 10, 28, 3, 0), True, True),
        (datetime(2018, 1, 30, 9, 0), True, True),
    ],
)
def test_r19_the_hour_before_the_hour_itself_and_the_hour_after(
    app: Flask, wall: datetime, exists: bool, single: bool
) -> None:
    assert (legal_time.gap(wall) == "", legal_time.twice([wall, wall, None]) == []) == (exists, single)
