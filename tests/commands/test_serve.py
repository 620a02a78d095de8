"""`flask serve`, which is what `make run` becomes: prepares an empty base, says where to go, stops cleanly."""

import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from urllib.parse import urlencode

import pytest

from tests.registration import crowd
from tests.serving import ROOT, Server, free_port

FLASK = Path(sys.executable).parent / "flask"


def _serve(url: str, port: int, **environment: str) -> Server:
    settings = {**os.environ, "TOURPACA_DATABASE_URL": url, "PORT": str(port), "GRANIAN_LOG_LEVEL": "info"}
    process = subprocess.Popen(
        [FLASK, "--app", "app", "serve"],
        cwd=ROOT,
        env={**settings, "PYTHONUNBUFFERED": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    server = Server(process, f"http://127.0.0.1:{port}")
    server.wait_until_ready(1)
    return server


@pytest.fixture
def port() -> int:
    """A port that is free now."""
    return free_port()


@pytest.fixture
def base(tmp_path: Path) -> str:
    """The address of a base that does not exist yet."""
    return f"sqlite:///{tmp_path / 'instance' / 'neuve.sqlite'}"


@pytest.fixture
def server(base: str, port: int) -> Iterator[Server]:
    """The house, started on nothing."""
    running = _serve(base, port)
    yield running
    running.stop()


def _get(url: str) -> tuple[int, str]:
    with urllib.request.urlopen(url) as answer:
        return answer.status, answer.read().decode()


def test_m08_it_starts_on_nothing_and_says_where_to_go(server: Server, port: int) -> None:
    assert f"http://127.0.0.1:{port}/\n" in server.log
    assert "Boîte d’envoi" in server.log
    assert _get(server.url + "/readyz") == (200, "ok\n")


def test_the_printed_link_opens_the_team_s_door(server: Server) -> None:
    (link,) = re.findall(r"http://\S+/equipe/lien/\S+", server.log)
    status, page = _get(link)
    assert status == 200
    assert 'type="password"' in page


def test_m08_without_a_mail_server_people_register_and_the_letter_waits(server: Server) -> None:
    """One command, SQLite, no SMTP: the tour to come takes a registration, whose letter is kept to be read."""
    nice = crowd.open_form(server.url)
    answer = nice.send(nice.filled(1, 1, 6))
    assert answer.status == 303
    assert "Place confirmée" in _get(server.url + answer.location)[1]
    (link,) = re.findall(r"/equipe/lien/\S+", server.log)
    team = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    typed = {"password": "le mistral souffle sur la tournée"}
    with team.open(server.url + link) as page:
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.read().decode())
    assert found
    typed["csrf_token"] = found[1]
    team.open(server.url + link, urlencode(typed).encode()).close()
    with team.open(f"{server.url}/equipe/tour-paca/messages") as page:
        outbox = page.read().decode()
    assert "Morgan Factice" in outbox
    assert "À envoyer" in outbox


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_at_once_and_leaves_nothing_behind(base: str, port: int, number: signal.Signals) -> None:
    server = _serve(base, port)
    started = monotonic()
    os.kill(server.process.pid, number)
    assert server.process.wait(timeout=10) == 0
    assert monotonic() - started < 5
    with pytest.raises(ProcessLookupError):
        os.killpg(server.process.pid, 0)
    server.stop()


def test_a_second_start_keeps_the_base_and_prints_another_link(base: str, port: int) -> None:
    links = []
    for _ in range(2):
        server = _serve(base, port)
        links += re.findall(r"/equipe/lien/\S+", server.log)
        server.stop()
    assert len(set(links)) == 2


def test_a_second_house_on_the_same_port_is_refused_before_it_touches_anything(
    server: Server, port: int, tmp_path: Path
) -> None:
    """Both would be let in by the system, and answer the same person in turn."""
    other = tmp_path / "autre.sqlite"
    settings = {**os.environ, "TOURPACA_DATABASE_URL": f"sqlite:///{other}", "PORT": str(port)}
    second = subprocess.run(
        [FLASK, "--app", "app", "serve"], cwd=ROOT, env=settings, capture_output=True, text=True, timeout=30
    )
    assert second.returncode == 1
    assert f"PORT={port + 1} make run" in second.stderr
    assert not other.exists()
    assert _get(server.url + "/livez")[0] == 200


def test_in_production_no_link_is_printed(base: str, port: int) -> None:
    server = _serve(
        base,
        port,
        TOURPACA_ENV="production",
        TOURPACA_SECRET_KEY="0123456789abcdefghijklmnopqrstuvwxyz",
        TOURPACA_BASE_URL="https://tournee.exemple.org",
    )
    server.stop()
    assert "https://tournee.exemple.org/\n" in server.log
    assert "/equipe/lien/" not in server.log
