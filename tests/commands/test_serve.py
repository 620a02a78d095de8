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

import pytest

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


def test_it_starts_on_nothing_and_says_where_to_go(server: Server, port: int) -> None:
    assert f"http://127.0.0.1:{port}/\n" in server.log
    assert "Boîte d’envoi" in server.log
    assert _get(server.url + "/readyz") == (200, "ok\n")


def test_the_printed_link_opens_the_team_s_door(server: Server) -> None:
    (link,) = re.findall(r"http://\S+/equipe/lien/\S+", server.log)
    status, page = _get(link)
    assert status == 200
    assert 'type="password"' in page


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
