"""A real server for the tests that need one: browsers, races, kills."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from time import monotonic

import pytest

from tests.forking import ROOT, Forked
from tests.inspecting import NOW
from tests.posting import Sink

READY = "[INFO] Started worker-"


@dataclass
class Server:
    """A granian of its own, in its own process group; `url` ends without a slash."""

    process: subprocess.Popen[str] | Forked
    url: str
    lines: list[str] = field(default_factory=list)
    reader: threading.Thread | None = None

    @property
    def log(self) -> str:
        """Everything the server wrote so far."""
        return "".join(self.lines)

    def stop(self) -> None:
        """Ask it to stop, as a service manager would, and wait."""
        self._signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL)
        self._finish()

    def kill(self) -> None:
        """Kill the whole group at once, as a power cut would."""
        self._signal(signal.SIGKILL)
        self._finish()

    def _signal(self, number: int) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, number)

    def _finish(self) -> None:
        self.process.wait()
        if self.reader:
            self.reader.join()
        if self.process.stdout:
            self.process.stdout.close()

    def wait_until_ready(self, workers: int) -> None:
        """Return when every worker listens; a server that dies first fails the test with what it said."""
        started = 0
        for line in self.process.stdout or ():
            self.lines.append(line)
            started += READY in line
            if started == workers:
                self._wait_until_it_accepts()
                self.reader = threading.Thread(target=self._read_on, daemon=True)
                self.reader.start()
                return
        self.stop()
        pytest.fail("the server did not start:\n" + self.log)

    def _wait_until_it_accepts(self) -> None:
        # The line comes a few milliseconds before the worker's socket accepts.
        address = ("127.0.0.1", int(self.url.rsplit(":", 1)[1]))
        pause, deadline = threading.Event(), monotonic() + 10
        while True:
            try:
                return socket.create_connection(address).close()
            except ConnectionRefusedError:
                if monotonic() > deadline:
                    raise
                pause.wait(0.005)

    def _read_on(self) -> None:
        self.lines.extend(self.process.stdout or ())


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _program(arguments: list[str], environment: dict[str, str]) -> subprocess.Popen[str]:
    """Run granian as a service manager does, in a process that has read nothing yet."""
    return subprocess.Popen(
        [sys.executable, "-m", "granian", *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def start(
    database_url: str,
    workers: int = 1,
    threads: int = 4,
    application: str = "tests.served:app",
    read_beforehand: bool = True,
    **environment: str,
) -> Server:
    """Start the application on a free loopback port with its own database and clock."""
    port = free_port()
    settings = {
        **{name: value for name, value in os.environ.items() if not name.startswith("TOURPACA_")},
        "TOURPACA_DATABASE_URL": database_url,
        "TOURPACA_SECRET_KEY": "a secret of the tests, long enough for anyone",
        "TOURPACA_BASE_URL": f"http://127.0.0.1:{port}",
        "PYTHONUNBUFFERED": "1",
        **environment,
    }
    arguments = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--no-ws"]
    arguments += ["--workers", str(workers), "--blocking-threads", str(threads), application]
    process = (Forked if read_beforehand else _program)(arguments, settings)
    server = Server(process, f"http://127.0.0.1:{port}")
    server.wait_until_ready(workers)
    return server


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Start servers and stop them all at the end: `serve(database_url, workers=3, TOURPACA_NOW="…")`."""
    with ExitStack() as running:

        def one(database_url: str, **options: object) -> Server:
            server = start(database_url, **options)  # type: ignore[arg-type]
            running.callback(server.stop)
            return server

        yield one


@pytest.fixture
def live_server(engine_url: str, smtp_sink: Sink) -> Iterator[Server]:
    """The application in a real server on this test's database, clock at NOW, letters sent to `smtp_sink`."""
    server = start(engine_url, TOURPACA_NOW=NOW, **smtp_sink.environment)
    yield server
    server.stop()
