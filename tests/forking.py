"""Servers born of a process that has already read the house: starting one is most of what a journey waits for."""

import io
import multiprocessing
import os
import sys
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from subprocess import TimeoutExpired
from typing import TextIO

ROOT = Path(__file__).parent.parent
READ_BEFOREHAND = ["granian.cli", "granian.server", "tourpaca", "tourpaca.chores", "tests.compiled_templates"]

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(READ_BEFOREHAND)


class Forked:
    """A granian in its own process group: what the tests use of `subprocess.Popen`."""

    def __init__(self, arguments: list[str], environment: dict[str, str]) -> None:
        read, written = _context.Pipe(duplex=False)
        self._process: ForkServerProcess = _context.Process(
            target=_become, args=(arguments, environment, written)
        )
        self._process.start()
        written.close()
        self.stdout: TextIO = io.TextIOWrapper(os.fdopen(os.dup(read.fileno()), "rb"))
        read.close()

    @property
    def pid(self) -> int:
        """The leader of the group."""
        return self._process.pid or 0

    def poll(self) -> int | None:
        """Return how it ended, or None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Return how it ended, once it has; refuse to wait longer than `timeout` seconds."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise TimeoutExpired("granian", timeout or 0)
        return self._process.exitcode


def _become(arguments: list[str], environment: dict[str, str], written: Connection) -> None:
    from granian import cli  # noqa: PLC0415  (only in the process that serves)

    os.setsid()
    for descriptor in (1, 2):
        os.dup2(written.fileno(), descriptor)
    written.close()
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    sys.argv = ["granian", *arguments]
    multiprocessing.set_start_method("fork", force=True)
    cli.entrypoint()
