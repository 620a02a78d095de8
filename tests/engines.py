"""Databases for the tests: one migrated template per worker and engine, one quick copy per test."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import flask_migrate
import pytest
from sqlalchemy.engine import URL

from tests import postgres
from tourpaca import create_app
from tourpaca.db import db

ENGINES = ("sqlite", "pg")
# For what does not depend on the engine: what a browser shows or does, when its rooms are tested on both.
one_engine = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)


def migrate(url: str, revision: str = "head") -> None:
    """Bring a database to a revision with the migrations that users run, then let go of it."""
    app = create_app({"TESTING": True, "SECRET_KEY": "s" * 40, "SQLALCHEMY_DATABASE_URI": url})
    with app.app_context():
        flask_migrate.upgrade(revision=revision)
        db.engine.dispose()


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def _worker() -> str:
    return f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, closed SQLite file."""
    path = tmp_path_factory.mktemp("template") / "base.sqlite"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_admin() -> URL:
    """Address on the session's PostgreSQL server from which databases are created."""
    try:
        return postgres.admin_url()
    except postgres.PostgresMissingError as missing:
        pytest.fail(str(missing), pytrace=False)


@pytest.fixture(scope="session")
def postgres_template(postgres_admin: URL) -> Iterator[str]:
    """Name of a migrated PostgreSQL database to which nothing is connected."""
    name = f"tourpaca_template_{_worker()}"
    with postgres.temporary(postgres_admin, name) as url:
        migrate(_text(url))
        yield name


@pytest.fixture
def sqlite_url(sqlite_template: Path) -> Iterator[str]:
    """A fresh migrated SQLite file for this test, in memory where there is enough of it."""
    with TemporaryDirectory(
        prefix="tourpaca-sqlite-", dir=postgres.quick_place(), ignore_cleanup_errors=True
    ) as folder:
        path = Path(folder) / "tourpaca.sqlite"
        shutil.copy(sqlite_template, path)
        yield f"sqlite:///{path}"


@pytest.fixture
def pg_url(postgres_admin: URL, postgres_template: str, tmp_path: Path) -> Iterator[str]:
    """A fresh migrated PostgreSQL database for this test."""
    name = f"tourpaca_{_worker()}_{re.sub(r'[^a-z0-9]', '', tmp_path.name.lower())[-30:]}"
    with postgres.temporary(postgres_admin, name, postgres_template) as url:
        yield _text(url)


@pytest.fixture
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any table, on the engine named by the indirect parameter; for the migrations."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite'}"
        return
    admin = request.getfixturevalue("postgres_admin")
    with postgres.temporary(admin, f"tourpaca_{_worker()}_empty") as url:
        yield _text(url)


@pytest.fixture(params=ENGINES)
def engine_url(request: pytest.FixtureRequest) -> str:
    """A fresh migrated database, on each of the two engines: the test runs twice (`-k sqlite`, `-k pg`)."""
    return str(request.getfixturevalue(f"{request.param}_url"))
