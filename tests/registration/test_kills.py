"""The server is killed, an act fails at any point, the disk is trusted: what was acknowledged is there, whole."""

import random
import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select, text
from sqlalchemy.engine import Connection

from tests.inspecting import NOW
from tests.registration import crowd, sending
from tests.registration.sending import ACT, person, submission
from tests.serving import Server
from tourpaca.db import db, session
from tourpaca.mail import outbox
from tourpaca.mail.models import Letter
from tourpaca.organisations import attachment
from tourpaca.registration import (
    actions,
    dossiers,
    invariants,
    letters,
    programme,
    registering,
    rules,
    taking,
)
from tourpaca.registration.models import Dossier
from tourpaca.tour import revision

Serve = Callable[..., Server]


class Visitors:
    """Eight visitors who register one after the other until told to stop; what they sent and what they were told."""

    def __init__(self, form: crowd.Form, first: int) -> None:
        self.form, self.sent, self.acknowledged = form, {}, set[str]()  # type: ignore[var-annotated]
        self.stop = threading.Event()
        self.threads = [threading.Thread(target=self._register, args=(first + n,)) for n in range(8)]
        for thread in self.threads:
            thread.start()

    def _register(self, number: int) -> None:
        while not self.stop.is_set():
            typed = self.form.filled(number, 1, 6)
            self.sent[typed["key"]] = typed
            if self.form.send(typed).status == 303:
                self.acknowledged.add(typed["key"])
            number += 8

    def leave(self) -> None:
        """Stop all of them."""
        self.stop.set()
        for thread in self.threads:
            thread.join()


@pytest.mark.parametrize("kills", [3, pytest.param(30, marks=pytest.mark.soak)])
def test_r04_a_killed_server_loses_nothing_it_acknowledged(
    app: Flask, engine_url: str, serve: Serve, kills: int
) -> None:
    """kill -9 of the whole server at random moments, then every form again: one dossier each, with letters."""
    with crowd.tour_with(app, None):
        chance, acknowledged, sent = random.Random(kills), set[str](), {}  # type: ignore[var-annotated]
    for turn in range(kills):
        server = serve(engine_url, workers=2, threads=2, TOURPACA_NOW=NOW)
        visitors = Visitors(crowd.open_form(server.url), turn * 100_000)
        visitors.stop.wait(chance.uniform(0.3, 0.9))
        server.kill()
        visitors.leave()
        acknowledged |= visitors.acknowledged
        sent |= visitors.sent
    server = serve(engine_url, TOURPACA_NOW=NOW)
    form = crowd.open_form(server.url)
    with app.app_context():
        kept = set(session().scalars(select(Dossier.submission_key)))
        assert acknowledged <= kept
        assert list(invariants.breaches()) == []
    lost = [typed | {"csrf_token": form.token} for key, typed in sent.items() if key not in acknowledged]
    assert {form.send(typed).status for typed in lost} <= {303}
    with app.app_context():
        assert len(acknowledged) > 0
        assert session().scalar(select(func.count()).select_from(Dossier)) == len(sent)
        assert list(invariants.breaches()) == []


POINTS: list[tuple[Any, str]] = [
    (programme, "of_etape"),
    (attachment, "recognise"),
    (dossiers, "open_one"),
    (rules, "check_open"),
    (rules, "check"),
    (registering, "all_wishes"),
    (taking, "take"),
    (taking, "enter"),
    (registering, "check_newcomers"),
    (dossiers, "add_people"),
    (dossiers, "plan_places"),
    (dossiers, "add_places"),
    (dossiers, "add_links"),
    (registering, "file_of"),
    (letters, "of_registration"),
    (outbox, "post"),
    (actions, "write"),
    (revision, "bump"),
]


class BreakdownError(Exception):
    """The failure that is injected."""


def fail_after(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> None:
    """Let a step of the act do its work, then fail."""
    step = getattr(module, name)

    def broken(*facts: Any, **named: Any) -> None:
        step(*facts, **named)
        raise BreakdownError

    monkeypatch.setattr(module, name, broken)


def told(key: str) -> tuple[int, int]:
    """Return how many dossiers and letters a submission left."""
    session().rollback()
    found = session().scalars(select(Dossier.id).where(Dossier.submission_key == key)).all()
    return len(found), session().scalar(select(func.count()).select_from(Letter)) or 0


@pytest.mark.parametrize(("module", "name"), POINTS, ids=[name for _, name in POINTS])
def test_r11_a_failure_before_the_commit_leaves_nothing(
    house: Flask, monkeypatch: pytest.MonkeyPatch, module: Any, name: str
) -> None:
    """Eighteen points of the act: no row, no letter, no counter moved; sent again, it passes once."""
    sent = submission(person("Camille Exemple", 2, email="camille@exemple.org"))
    etape = sending.etape_id()
    with monkeypatch.context() as broken:
        fail_after(broken, module, name)
        with pytest.raises(BreakdownError):
            actions.register(ACT, etape, sent)
    assert told(sent.key) == (0, 0)
    sending.assert_counters_are_the_rows()
    assert not actions.register(ACT, etape, sent).again
    assert told(sent.key) == (1, 2)


def test_r11_a_failure_at_the_commit_leaves_nothing(house: Flask) -> None:
    """The engine refuses the commit itself: like a failure before it."""
    sent, etape = submission(person("Camille Exemple", 2)), sending.etape_id()

    def refuse(connection: Connection) -> None:
        raise BreakdownError

    event.listen(db.engine, "commit", refuse)
    with pytest.raises(BreakdownError):
        actions.register(ACT, etape, sent)
    event.remove(db.engine, "commit", refuse)
    assert told(sent.key) == (0, 0)
    sending.assert_counters_are_the_rows()


def test_r11_a_reply_lost_after_the_commit_repeats_nothing(
    house: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Committed, then the answer is lost: the row and its letters are there; sent again, the same page and no more."""
    sent, etape = submission(person("Camille Exemple", 2)), sending.etape_id()
    with monkeypatch.context() as broken:
        fail_after(broken, db.engine.dialect, "do_commit")
        with pytest.raises(BreakdownError):
            actions.register(ACT, etape, sent)
    assert told(sent.key) == (1, 1)
    assert actions.register(ACT, etape, sent).again
    assert told(sent.key) == (1, 1)
    sending.assert_counters_are_the_rows()


def test_r14_a_commit_is_on_the_disk_before_it_is_told(house: Flask) -> None:
    """SQLite syncs at every commit (FULL), in WAL; PostgreSQL answers after its log is flushed."""
    if db.engine.dialect.name == "sqlite":
        asked = ("PRAGMA synchronous", "PRAGMA journal_mode", "PRAGMA foreign_keys")
        assert [session().scalar(text(one)) for one in asked] == [2, "wal", 1]
    else:
        assert session().scalar(text("SHOW synchronous_commit")) == "on"
