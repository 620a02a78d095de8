"""The migrations of the schema, for the commands that bring a base up to date; their library waits until then."""

from pathlib import Path
from typing import Any

from flask import Flask

from tourpaca.db import db

# What the drivers call a table or a column that is not there: PostgreSQL's states, the words of SQLite.
ABSENT_STATES = {"42P01", "42703"}
ABSENT_WORDS = ("no such table", "no such column")
FOLDER = Path(__file__).parent.parent / "migrations"


class Later:
    """Stands where Flask-Migrate keeps its settings, until something asks for one of them.

    Importing it and Alembic takes a tenth of the time of a cold start, and a server never migrates.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app

    def __getattr__(self, name: str) -> Any:
        """Put the library in its place, then answer as it does."""
        from flask_migrate import Migrate  # noqa: PLC0415

        Migrate(self._app, db, directory=str(FOLDER), render_as_batch=True)
        return getattr(self._app.extensions["migrate"], name)


def init_app(app: Flask) -> None:
    """Make `flask db` and `flask_migrate.upgrade()` work in this application."""
    app.extensions["migrate"] = Later(app)


def is_behind(fault: Exception) -> bool:
    """Tell whether a fault comes from a base that the migrations have not brought up to date."""
    cause = getattr(fault, "orig", fault)
    absent = getattr(cause, "sqlstate", "") in ABSENT_STATES or str(cause).startswith(ABSENT_WORDS)
    return absent and _revision() != _last_revision()


def _revision() -> str | None:
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415

    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _last_revision() -> str | None:
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    return ScriptDirectory(str(FOLDER)).get_current_head()
