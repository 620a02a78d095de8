"""Public pages kept ready: true to the last commit, the same for everybody, and cheap to ask for again."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask, Response, session
from flask.testing import FlaskClient
from sqlalchemy import text, update

from tests import factories
from tests.inspecting import InspectingClient
from tourpaca.db import db, transaction
from tourpaca.kept.threads import Watched
from tourpaca.public import cache
from tourpaca.tour import programme
from tourpaca.tour.models import Atelier
from tourpaca.tour.revision import bump

NICE = "/tours/tour-paca/etapes/nice"


@pytest.fixture
def paca(app: Flask) -> Flask:
    with app.app_context():
        factories.tour_paca(capacity=400)
    return app


def take(app: Flask, taken: int, counted: bool = True) -> None:
    """Take places as the hot path does: raw statement, then the revision, one commit."""
    with app.app_context(), transaction() as session:
        session.execute(update(Atelier).where(Atelier.etape_id == 2, Atelier.ordre == 1).values(taken=taken))
        if counted:
            bump(session, 1)


@contextmanager
def hammering(app: Flask, threads: int = 2) -> Iterator[list[BaseException]]:
    """Other readers, who never stop asking for the same page."""
    stop, faults = threading.Event(), []

    def ask() -> None:
        client = app.test_client()
        try:
            while not stop.is_set():
                assert client.get(NICE).status_code == 200
        except BaseException as fault:
            faults.append(fault)

    readers = [threading.Thread(target=ask) for _ in range(threads)]
    for reader in readers:
        reader.start()
    yield faults
    stop.set()
    for reader in readers:
        reader.join()


def test_seats_left_are_true_to_the_last_commit(paca: Flask, client: InspectingClient) -> None:
    with hammering(paca) as faults:
        for taken in range(1, 41):
            take(paca, taken)
            page = client.get(NICE).get_data(as_text=True)
            assert f"Il reste {400 - taken}\u00a0places sur 400." in page
    assert not faults


def test_control_a_change_that_is_not_counted_stays_unseen(paca: Flask, client: InspectingClient) -> None:
    client.get(NICE)
    take(paca, 7, counted=False)
    assert "sur 400" in client.get(NICE).get_data(as_text=True)
    assert "Il reste 393" not in client.get(NICE).get_data(as_text=True)


def test_a_page_rendered_during_a_change_is_not_kept_under_the_new_number(
    paca: Flask, client: InspectingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = programme.published

    def read_then_somebody_commits(slug: str) -> programme.Programme:
        found = read(slug)
        monkeypatch.setattr(programme, "published", read)
        take(paca, 9)
        return found

    monkeypatch.setattr(programme, "published", read_then_somebody_commits)
    assert "Il reste 400" in client.get(NICE).get_data(as_text=True)
    assert "Il reste 391" in client.get(NICE).get_data(as_text=True)


def test_a_lost_connection_is_opened_again(paca: Flask, client: InspectingClient) -> None:
    client.get(NICE)
    with paca.app_context():
        if db.engine.dialect.name == "postgresql":
            with db.engine.connect() as admin:
                ended = admin.execute(
                    text(
                        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    )
                )
                assert ended.scalar()
        db.engine.dispose()
    take(paca, 3)
    assert "Il reste 397" in client.get(NICE).get_data(as_text=True)


def test_a_page_known_to_the_browser_is_not_sent_again(paca: Flask, client: InspectingClient) -> None:
    first = client.get(NICE)
    tag = first.headers["ETag"]
    again = client.get(NICE, headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == tag
    take(paca, 1)
    changed = client.get(NICE, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != tag


def test_the_page_is_gzipped_for_those_who_read_it(paca: Flask, client: InspectingClient) -> None:
    plain = client.get(NICE)
    small = FlaskClient(paca, Response).get(NICE, headers={"Accept-Encoding": "gzip, br"})
    refused = client.get(NICE, headers={"Accept-Encoding": "gzip; q=0"})
    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.data) == plain.data == refused.data
    assert int(small.headers["Content-Length"]) == len(small.data) <= 15_000


def test_the_page_is_the_same_for_everybody(paca: Flask, client: InspectingClient) -> None:
    client.get("/equipe/")  # a visitor who may have a session
    client.set_cookie("session", "anything")
    for path in ("/", "/tours/tour-paca", NICE):
        answer = client.get(path)
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.headers["Cache-Control"] == "no-cache"
        assert "csrf" not in answer.get_data(as_text=True)


def test_head_says_what_get_would(paca: Flask, client: InspectingClient) -> None:
    asked, told = client.get(NICE), client.head(NICE)
    assert told.data == b""
    assert told.headers["ETag"] == asked.headers["ETag"]


def test_a_page_expires_with_time_alone_and_not_when_the_clock_goes_back(
    paca: Flask, client: InspectingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered, render = [], cache.template
    monkeypatch.setattr(cache, "template", lambda *a, **k: rendered.append(a) or render(*a, **k))
    for moment, times in (("12-01T10:00", 1), ("12-01T23:59", 1), ("12-02T00:00", 2), ("12-01T09:00", 3)):
        paca.config["NOW"] = f"2017-{moment}"
        client.get(NICE)
        assert len(rendered) == times


def test_an_answer_that_depends_on_a_cookie_is_never_kept(own_app: Flask) -> None:
    watched = Watched("SELECT 1")

    @own_app.get("/personnel")
    def personal() -> Response:
        session["visits"] = session.get("visits", 0) + 1
        return cache.page(watched, lambda _: cache.Rendered(str(session["visits"]), cache.NEVER))

    client = FlaskClient(own_app, Response)
    assert [client.get("/personnel").get_data(as_text=True) for _ in range(3)] == ["1", "2", "3"]
    assert not own_app.extensions["shelf"].kept


def test_a_kept_page_carries_the_headers_of_any_other(paca: Flask, client: InspectingClient) -> None:
    other = {name for name, _ in client.get("/accessibilite").headers}
    for headers in ({}, {"If-None-Match": client.get(NICE).headers["ETag"]}):
        kept = client.get(NICE, headers=headers)
        assert other - {name for name, _ in kept.headers} <= {"Content-Type", "Content-Length", "Vary"}
    assert "Strict-Transport-Security" in client.get(NICE, base_url="https://localhost").headers
    assert "Strict-Transport-Security" not in client.get(NICE).headers
