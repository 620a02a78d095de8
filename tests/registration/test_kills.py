"""The server is killed, an act fails at any point, the disk is trusted: what was acknowledged is there, whole."""

import os
import random
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from tests.inspecting import NOW
from tests.registration import crowd, sending
from tests.registration.sending import ACT, person, submission
from tests.serving import READY, Server
from tourpaca.db import db, session
from tourpaca.kept.connection import Kept
from tourpaca.kept.postgres import KeptPostgres
from tourpaca.kept.sqlite import KeptSqlite
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


RESPAWN = {"GRANIAN_RESPAWN_FAILED_WORKERS": "true", "GRANIAN_RESPAWN_INTERVAL": "0.1"}


def workers(server: Server) -> list[int]:
    """Return the worker processes of a server."""
    parent = server.process.pid
    return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def test_r04_killed_workers_lose_nothing_they_acknowledged(app: Flask, engine_url: str, serve: Serve) -> None:
    """kill -9 of two workers of three while people register: the last goes on, and what was told is there, whole.

    Each worker dies once: the server gives up on one that dies again as soon as it is back.
    """
    with crowd.tour_with(app, None):
        chance = random.Random(4)
    server = serve(engine_url, workers=3, threads=2, TOURPACA_NOW=NOW, **RESPAWN)
    visitors = Visitors(crowd.open_form(server.url), 0)
    for turn, worker in enumerate(workers(server)[:2]):
        visitors.stop.wait(chance.uniform(0.2, 0.6))
        os.kill(worker, signal.SIGKILL)
        while server.log.count(READY) < turn + 4 and server.process.poll() is None:
            visitors.stop.wait(0.02)
    visitors.leave()
    form = crowd.open_form(server.url)
    with app.app_context():
        assert visitors.acknowledged <= set(session().scalars(select(Dossier.submission_key)))
        assert list(invariants.breaches()) == []
    lost = [typed for key, typed in visitors.sent.items() if key not in visitors.acknowledged]
    assert {form.send(typed | {"csrf_token": form.token}).status for typed in lost} <= {303}
    with app.app_context():
        assert len(visitors.acknowledged) > 2
        assert session().scalar(select(func.count()).select_from(Dossier)) == len(visitors.sent)
        assert list(invariants.breaches()) == []


POINTS: list[tuple[Any, str]] = [
    (attachment, "ask_holders"),
    (programme, "of_etape"),
    (registering, "refuse_if_full"),
    (attachment, "recognise"),
    (dossiers, "open_one"),
    (rules, "check_open"),
    (rules, "check"),
    (registering, "all_wishes"),
    (taking, "ask"),
    (dossiers, "namesakes"),
    (taking, "take"),
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
    """Twenty-one points of the act: no row, no letter, no counter moved; sent again, it passes once."""
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


def made_for_this_engine() -> type[Kept]:
    """Return the kind of connection that a thread of this house keeps."""
    return KeptSqlite if db.engine.dialect.name == "sqlite" else KeptPostgres


def test_r11_a_failure_at_the_commit_leaves_nothing(house: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine refuses the commit itself: like a failure before it."""
    sent, etape = submission(person("Camille Exemple", 2)), sending.etape_id()
    made = made_for_this_engine()
    end = made.end

    def refuse(kept: Kept, command: str) -> None:
        if command == "COMMIT":
            raise BreakdownError
        end(kept, command)

    with monkeypatch.context() as broken:
        broken.setattr(made, "end", refuse)
        with pytest.raises(BreakdownError):
            actions.register(ACT, etape, sent)
    assert told(sent.key) == (0, 0)
    sending.assert_counters_are_the_rows()


def test_r11_a_reply_lost_after_the_commit_repeats_nothing(
    house: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Committed, then the answer is lost: the row and its letters are there; sent again, the same page and no more."""
    sent, etape = submission(person("Camille Exemple", 2)), sending.etape_id()
    with monkeypatch.context() as broken:
        fail_after(broken, made_for_this_engine(), "end")
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
