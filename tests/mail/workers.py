"""Worker processes of a test, on its database and its mail server: started, stopped, killed; none outlives it."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.serving import ROOT

Worker = subprocess.Popen[str]
Start = Callable[..., Worker]


@pytest.fixture
def start_worker(engine_url: str) -> Iterator[Start]:
    """Start `flask worker` on this test's database and the mail server of a loopback port.

    `start_worker(port, TOURPACA_NOW="…")` where more is to be set.
    """
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("TOURPACA_")},
        "TOURPACA_DATABASE_URL": engine_url,
        "TOURPACA_SECRET_KEY": "a secret of the tests, long enough for anyone",
        "TOURPACA_BASE_URL": "http://localhost",
        "TOURPACA_MAIL_SERVER": "127.0.0.1",
    }
    with ExitStack() as running:

        def one(port: int, **more: str) -> Worker:
            command = [sys.executable, "-m", "flask", "--app", "app", "worker"]
            there = {**environment, "TOURPACA_MAIL_PORT": str(port), **more}
            process = subprocess.Popen(command, cwd=ROOT, env=there, stdout=subprocess.PIPE, text=True)
            running.callback(kill, process)
            return process

        yield one


def kill(process: Worker) -> None:
    """End a worker as a power cut would: it writes nothing more."""
    process.kill()
    process.wait()
    if process.stdout:
        process.stdout.close()


def ask_to_leave(process: Worker) -> str:
    """Ask a worker to leave, as a service manager would, and return what it said."""
    # Its first line says that it is there; before that the signal would find a process that knows of none.
    assert process.stdout
    assert process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    return said
