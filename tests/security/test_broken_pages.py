"""S21 and S8: a page that fails says nothing of itself, to visitors or in the log, and keeps its policy."""

import json
import logging
import re
from collections.abc import Callable

import pytest
from flask import Flask, abort

from tests import factories
from tests.inspecting import InspectingClient
from tests.security.crawling import POLICY
from tourpaca import logs
from tourpaca.refusal import Refused


@pytest.fixture
def app(own_app: Flask) -> Flask:
    """An application of its own: faulty routes are added to it."""
    return own_app


@pytest.fixture
def broken(app: Flask) -> Flask:
    """An application one page of which fails while holding somebody's name."""

    def fail(token: str) -> str:
        raise RuntimeError("Zébulon-7f3a\r\nINJECTED")

    app.add_url_rule("/casse/<token>", view_func=fail, endpoint="public.broken")
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


def test_s21_a_fault_shows_a_page_with_a_reference_and_nothing_else(broken: Flask) -> None:
    """No trace, no message, no query; the reference leads to the log."""
    answer = broken.test_client().get("/casse/secret-token")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert "citant" in text
    assert not any(leak in text for leak in ("Zébulon", "Traceback", "RuntimeError", "secret-token"))


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_s21_a_fault_in_any_view_says_nothing_of_itself(
    broken: Flask, team: Callable[..., InspectingClient]
) -> None:
    """Every route of the house in turn, for somebody who may do everything: the same page, and no word of the fault."""

    def fail(**_arguments: object) -> None:
        raise RuntimeError("SELECT secret FROM Zébulon-7f3a")

    client = team()
    broken.config["WTF_CSRF_ENABLED"] = False
    fail.roles = ("organisation", "tous")  # type: ignore[attr-defined]
    broken.view_functions = dict.fromkeys(broken.view_functions, fail)
    urls = broken.url_map.bind("localhost")
    for rule in broken.url_map.iter_rules():
        values = {name: min(getattr(rule._converters.get(name), "items", ["1"])) for name in rule.arguments}
        for method in (rule.methods or set()) & {"GET", "POST"}:
            answer = client.open(urls.build(rule.endpoint, values, method=method), method=method)
            text = answer.get_data(as_text=True)
            assert answer.status_code == 500, f"{method} {rule}: {answer.status}"
            assert "citant" in text
            assert not re.search("7f3a|SELECT|RuntimeError|Traceback", text), rule.rule


def test_s21_the_log_names_the_route_and_no_person(broken: Flask, caplog: pytest.LogCaptureFixture) -> None:
    """JSON lines, one object each; neither the token nor the message of the fault is written."""
    logs.log.addHandler(caplog.handler)
    try:
        broken.test_client().get("/casse/secret-token")
    finally:
        logs.log.removeHandler(caplog.handler)
    lines = [logs.JsonLines().format(record) for record in caplog.records]
    told = [json.loads(line) for line in lines]
    assert {"/casse/<token>"} == {line["route"] for line in told}
    assert told[0]["fault"] == "RuntimeError"
    assert not any(leak in line for line in lines for leak in ("7f3a", "secret-token", "INJECTED"))
    assert all("\n" not in line for line in lines)


def test_s21_line_breaks_of_the_input_cannot_forge_a_line() -> None:
    """A CR/LF inside a message stays inside its JSON text."""
    record = logging.LogRecord("tourpaca", logging.INFO, "", 1, "a\r\nb", None, None)
    assert "\n" not in logs.JsonLines().format(record)


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_s08_every_answer_carries_the_policy(broken: Flask) -> None:
    """Pages, files, redirections, every kind of refusal, kept pages and static files: the same words, exactly."""
    with broken.app_context():
        factories.tour_paca()
    for code in (400, 403, 404, 409, 410, 413, 415, 429, 503):
        broken.add_url_rule(f"/refus/{code}", f"public.{code}", lambda code=code: abort(code))
    broken.add_url_rule("/refus/regle", "public.rule", _refuse)
    client = broken.test_client()
    tour, tag = "/tours/tour-paca", client.get("/tours/tour-paca").headers["ETag"]
    asked = [client.get(f"/refus/{rule}") for rule in ("regle", 400, 403, 404, 409, 410, 413, 415, 429, 503)]
    asked += [
        client.get(path)
        for path in ("/", tour, "/casse/jeton", "/nulle-part", "/equipe/", "/livez", "/readyz")
    ]
    asked += [client.get(f"/static/{name}") for name in ("css/tourpaca.css", "js/tourpaca.js", "absent.css")]
    asked += [client.get(tour, headers={"If-None-Match": tag}), client.head(tour), client.options(tour)]
    asked += [
        client.get(f"{tour}/calendrier.ics"),
        client.get(f"{tour}/livret.pdf"),
        client.delete("/equipe/"),
    ]
    asked += [
        client.get("/", headers={"Host": "evil.example"}),
        client.post("/retrouver", data={"email": "a"}),
    ]
    asked += [client.submit("/retrouver", {"email": "sans arobase"})]  # type: ignore[attr-defined]
    for answer in asked:
        assert answer.headers.get("Content-Security-Policy") == POLICY, (
            f"{answer.request.path} {answer.status}"
        )
        answer.close()
    codes = {answer.status_code for answer in asked}
    assert codes >= {200, 302, 304, 400, 403, 404, 405, 409, 410, 413, 415, 422, 429, 500, 503}


def _refuse() -> None:
    raise Refused("Rien n’a été changé.")
