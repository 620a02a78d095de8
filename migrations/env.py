"""How migrations meet the database: on the application's engine, in one transaction, SQLite's batch trap closed."""

from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy.engine import Connection

import tourpaca

# A table of a room that no page uses yet belongs to the schema as well.
for room in iter_modules(tourpaca.__path__, "tourpaca."):
    if room.ispkg and find_spec(f"{room.name}.models"):
        import_module(f"{room.name}.models")

migrate = current_app.extensions["migrate"]
engine = migrate.db.engine
metadata = migrate.db.metadata


def _leave_no_empty_revision(_context: Any, _revision: Any, directives: list[Any]) -> None:
    """`flask db migrate` writes no file when models and schema agree."""
    if getattr(context.config.cmd_opts, "autogenerate", False) and directives[0].upgrade_ops.is_empty():
        directives[:] = []


def _foreign_keys(connection: Connection, state: str) -> None:
    """Switch SQLite's foreign keys on the bare driver connection.

    Batch mode re-creates a table: with foreign keys on, dropping a parent deletes every child row that
    has ON DELETE CASCADE, silently. Sent through SQLAlchemy the pragma would come after BEGIN and do nothing.
    """
    if connection.dialect.name == "sqlite":
        connection.connection.driver_connection.execute(f"PRAGMA foreign_keys={state}")  # type: ignore[union-attr]


def _refuse_orphans(connection: Connection) -> None:
    """With the keys off nothing else would see a migration that leaves a child without its parent."""
    if connection.dialect.name == "sqlite":
        orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if orphans:
            raise RuntimeError(f"the migration leaves rows without their parent: {orphans[:5]}")


def _run(connection: Connection) -> None:
    options = {"process_revision_directives": _leave_no_empty_revision, **migrate.configure_args}
    # Alembic takes SQLite for a base that cannot undo DDL; with our own BEGIN it can, so a failed step leaves nothing.
    context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True, **options)
    with context.begin_transaction():
        context.run_migrations()
        _refuse_orphans(connection)


def online() -> None:
    """Run on the engine of the application, so that its settings (WAL, FULL) hold here too."""
    with engine.connect() as connection:
        _foreign_keys(connection, "OFF")
        try:
            _run(connection)
        finally:
            connection.rollback()
            _foreign_keys(connection, "ON")


if context.is_offline_mode():
    raise SystemExit("Les migrations se jouent sur une base ouverte, pas en mode --sql.")
online()
