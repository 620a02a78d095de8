"""Role × route × own or foreign étape: the table of the repository is what the wall does."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.factories import tour_paca
from tests.inspecting import InspectingClient

TABLE = tomllib.loads((Path(__file__).parent / "roles.toml").read_text())
LETTERS = {"organisation": "o", "etape": "e", "accueil": "a", "lecture": "l"}
FILLERS = {"tour": "tour-paca", "fiche": "diversite", "token": "nothing"}


def _team_rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("organiser.")]


def _address(app: Flask, rule: Rule, etape: str) -> str:
    fillers = FILLERS | {"etape": etape}
    values = {name: fillers.get(name, 1) for name in rule.arguments}
    with app.test_request_context():
        return str(app.url_map.bind("localhost").build(rule.endpoint, values, method=_method(rule)))


def _method(rule: Rule) -> str:
    return "GET" if "GET" in (rule.methods or ()) else "POST"


def _status(client: InspectingClient, app: Flask, rule: Rule, etape: str) -> int:
    # A POST without its token is answered 400 once past the wall, which is all that this table asks.
    return client.open(_address(app, rule, etape), method=_method(rule)).status_code


@pytest.fixture
def place(app: Flask) -> dict[str, int]:
    """The base tour, on this test's database; ids of its étapes by slug."""
    with app.app_context():
        return {etape.slug: etape.id for etape in tour_paca().etapes}


def test_s01_every_route_of_the_team_has_a_row(app: Flask) -> None:
    """A page added without a decision on who may open it fails the build, and a row without a page too."""
    routes = {rule.endpoint for rule in _team_rules(app)}
    assert routes == set(TABLE["open"]) | set(TABLE["team"])


def test_s01_what_a_view_declares_is_what_the_table_says(app: Flask) -> None:
    """The decorator and the table are written by two hands; both must say the same."""
    for rule in _team_rules(app):
        declared = getattr(app.view_functions[rule.endpoint], "roles", ())
        expected = "".join(LETTERS[role] for role in LETTERS if role in declared)
        said = TABLE["team"].get(rule.endpoint, "")
        assert "".join(sorted(expected)) == "".join(sorted(said)), rule.endpoint


def test_s01_a_stranger_is_sent_to_sign_in_everywhere(
    app: Flask, client: InspectingClient, place: dict[str, int]
) -> None:
    """No page of the team shows anything to somebody who is not signed in."""
    for rule in _team_rules(app):
        if rule.endpoint in TABLE["open"]:
            continue
        answer = client.open(_address(app, rule, "nice"), method=_method(rule))
        refused = answer.status_code == 302 and "/equipe/connexion" in answer.location
        assert refused or answer.status_code == 400, f"{rule.endpoint}: {answer.status_code}"


@pytest.mark.parametrize("role", LETTERS)
def test_s01_a_role_without_the_right_gets_the_page_of_missing_things(
    app: Flask, team: Callable[..., InspectingClient], place: dict[str, int], role: str
) -> None:
    """What a role may not open looks as if it did not exist."""
    client = team(role, place["nice"] if role in {"etape", "accueil"} else None)
    for rule in _team_rules(app):
        if rule.endpoint in TABLE["open"] or LETTERS[role] in TABLE["team"][rule.endpoint]:
            continue
        status = _status(client, app, rule, "nice")
        assert status in ({404} if _method(rule) == "GET" else {400, 404}), (
            f"{role} {rule.endpoint}: {status}"
        )


@pytest.mark.parametrize("role", ["etape", "accueil"])
def test_s01_a_foreign_etape_looks_missing(
    app: Flask, team: Callable[..., InspectingClient], place: dict[str, int], role: str
) -> None:
    """Somebody of Nice cannot tell Carpentras from an étape that was never made."""
    client = team(role, place["nice"])
    for rule in _team_rules(app):
        if (
            "etape" not in rule.arguments
            or LETTERS[role] not in TABLE["team"][rule.endpoint]
            or _method(rule) != "GET"
        ):
            continue
        foreign = client.get(_address(app, rule, "carpentras"))
        missing = client.get(_address(app, rule, "nowhere"))
        assert (foreign.status_code, foreign.data) == (404, missing.data), rule.endpoint
