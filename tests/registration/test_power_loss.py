"""R14: what is acknowledged survives a cut of the power, since the disk was asked to keep it before the answer."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from tests.inspecting import InspectingClient
from tests.registration import crowd
from tests.registration.test_pages import NICE, typed
from tests.serving import ROOT
from tourpaca.db import db, session
from tourpaca.kept.postgres import KeptPostgres

Trace = Callable[[], list[str]]


@pytest.fixture
def traced(sqlite_url: str, app: Flask) -> Iterator[tuple[str, Trace]]:
    """The house under a tracer of system calls: its address, and what it did since the last look."""
    with crowd.tour_with(app, 14):
        environment = {**os.environ, "TOURPACA_SECRET_KEY": "a secret of the tests, long enough for anyone"}
    command = [sys.executable, "-m", "tests.registration.tracing", sqlite_url]
    tracer = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    assert tracer.stdout
    lines = tracer.stdout
    port = next(found[1] for line in lines if (found := re.match(r"port (\d+)", line)))

    def until_answered() -> list[str]:
        seen: list[str] = []
        while not seen or not seen[-1].startswith("answer"):
            seen.append(next(lines).strip())
        return seen

    yield f"http://127.0.0.1:{port}", until_answered
    tracer.kill()
    tracer.communicate()


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_r14_the_disk_has_the_last_byte_before_the_answer_leaves(
    traced: tuple[str, Trace], app: Flask
) -> None:
    """System calls of ten registrations: each base is synced after its last write and before « 303 »."""
    url, until_answered = traced
    form = crowd.open_form(url)
    assert "write base" not in until_answered()
    for number in range(10):
        assert form.send(form.filled(number, 1, 6)).status == 303
        *done, answer = until_answered()
        assert answer == "answer 303"
        assert done.count("write base") > 1
        assert done[-1] == "sync base", done


@pytest.mark.parametrize("engine_url", ["pg"], indirect=True)
def test_r14_postgresql_flushes_its_log_before_the_answer(
    house: Flask, client: InspectingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After each « 303 » the log is on the disk beyond where it stood when the registration was about to commit."""
    asked = ("SHOW fsync", "SHOW synchronous_commit", "SHOW full_page_writes")
    assert [session().scalar(text(one)) for one in asked] == ["on"] * 3
    reached: list[str] = []
    end = KeptPostgres.end

    def look(kept: KeptPostgres, command: str) -> None:
        reached.append(kept.send("SELECT pg_current_wal_insert_lsn()::text", []).rows[0][0])
        end(kept, command)

    monkeypatch.setattr(KeptPostgres, "end", look)
    for number in range(10):
        form = typed(client, **{"p0-last_name": f"Nom{number}", "contact_email": f"c{number}@exemple.org"})
        reached.clear()
        assert client.submit(NICE, form).status_code == 303
        flushed = text("SELECT pg_current_wal_flush_lsn() > CAST(:reached AS pg_lsn)")
        assert session().scalar(flushed, {"reached": reached[-1]})


def test_r14_a_house_whose_engine_does_not_wait_for_the_disk_is_not_ready(
    app: Flask, client: InspectingClient
) -> None:
    """Asked when a deployment starts: such a base would lose what was acknowledged, and is not served."""
    assert client.get("/readyz").status_code == 200
    with app.app_context(), db.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        if db.engine.dialect.name == "sqlite":
            driver.execute("PRAGMA synchronous=NORMAL")
        else:
            driver.execute("SET SESSION synchronous_commit = off")
            driver.commit()
    assert client.get("/readyz").status_code == 503
