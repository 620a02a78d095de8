"""A GET never writes: pages, and every link of every letter, opened by scanners as often as they like."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from tests import factories
from tests.inspecting import InspectingClient
from tests.registration.sending import ACT, atelier, etape_id, letters, participant, person, submission
from tests.signing import member
from tourpaca import setting
from tourpaca.accounts import actions as accounts
from tourpaca.attendance import actions as attendance
from tourpaca.attendance.rules import NewMark
from tourpaca.db import db
from tourpaca.mail import composition
from tourpaca.registration import actions

WRITES = re.compile(r"\s*(insert|update|delete|replace|drop|create|alter)\b", re.IGNORECASE)
READS = ("GET", "HEAD", "OPTIONS")


@contextmanager
def watched(app: Flask) -> Iterator[list[str]]:
    """List every writing statement that reaches the database meanwhile."""
    seen: list[str] = []

    def look(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if WRITES.match(statement):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", look)
    yield seen
    event.remove(engine, "before_cursor_execute", look)


@pytest.fixture
def app(own_app: Flask) -> Flask:
    """An application of its own: a faulty route is added to it."""
    return own_app


@pytest.fixture
def lived_in(app: Flask) -> str:
    """A tour with an inscription, a presence and a member of the team; the token of the inscription's page."""
    with app.app_context():
        factories.tour_paca()
        two = (person("Camille Exemple", 2, 7, email="camille@exemple.org"), person("Sacha Modèle", 3, 6))
        token = actions.register(ACT, etape_id(), submission(*two)).token
        accounts.invite(ACT, "noa@exemple.org", "lecture", by_letter=True)
        attendance.record(ACT, [NewMark("nonce-1", participant("Modèle"), atelier(3).id, "present", "porte")])
        return token


def _addresses(app: Flask, token: str) -> list[tuple[str, str]]:
    fillers = {
        "tour": factories.TOUR,
        "etape": "nice",
        "token": token,
        "fiche": "diversite",
        "kind": "pdf",
        "ending": "png",
    }
    urls = app.url_map.bind("localhost")
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    return [(r.endpoint, urls.build(r.endpoint, {n: fillers.get(n, 1) for n in r.arguments})) for r in rules]


def test_s02_no_page_writes(app: Flask, team: Callable[..., InspectingClient], lived_in: str) -> None:
    """Every address of the house, asked with GET, HEAD and OPTIONS by somebody who may see everything."""
    client = team()
    for endpoint, path in _addresses(app, lived_in):
        for method in READS:
            with watched(app) as written:
                client.open(path, method=method).close()
            assert not written, f"{method} {endpoint}: {written}"


def test_s02_the_hook_sees_a_page_that_writes(app: Flask, client: InspectingClient) -> None:
    """The control: with a page that does write, the test above goes red."""
    app.add_url_rule("/fautive", view_func=lambda: {"id": member("lecture")}, endpoint="public.faulty")
    with watched(app) as written:
        client.get("/fautive")
    assert written


def test_s02_scanners_open_every_link_of_every_letter_and_a_person_still_can(
    app: Flask, lived_in: str
) -> None:
    """Three times each, GET and HEAD: nothing changes; then the person cancels with the same link."""
    with app.app_context():
        base = setting.base_url()
        texts = [composition.text(letter) for letter in letters()]
        own: Any = letters("confirmation")[0].content["context"]
    links = {link.rstrip(".,)") for text in texts for link in re.findall(re.escape(base) + r"\S+", text)}
    assert own["link"] in links
    scanner = app.test_client()
    with watched(app) as written:
        for link in links:
            for method in ("GET", "HEAD") * 3:
                scanner.open(link.removeprefix(base), method=method).close()
    assert not written
    answer = scanner.submit(f"{own['link'].removeprefix(base)}/annuler", {})  # type: ignore[attr-defined]
    assert answer.status_code == 303
