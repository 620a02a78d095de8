"""Whether the engine waits for the disk before it says that something is kept: asked at the start, and by doctor."""

from collections.abc import Iterator

from sqlalchemy import text
from sqlalchemy.engine import Connection

from tourpaca.db import db

WAITS = {"synchronous_commit": {"on", "remote_apply", "remote_write"}, "fsync": {"on"}}


def risks() -> Iterator[str]:
    """Yield, in French, each setting under which a cut of the power could lose what was acknowledged."""
    with db.engine.connect() as connection:
        yield from (
            _of_sqlite(connection) if connection.dialect.name == "sqlite" else _of_postgresql(connection)
        )


def _of_sqlite(connection: Connection) -> Iterator[str]:
    if connection.exec_driver_sql("PRAGMA synchronous").scalar() != 2:
        yield "SQLite n’attend pas le disque (synchronous n’est pas FULL) : une coupure peut perdre des inscriptions"


def _of_postgresql(connection: Connection) -> Iterator[str]:
    for setting, wanted in WAITS.items():
        found = connection.execute(text(f"SHOW {setting}")).scalar_one()
        if found not in wanted:
            yield f"PostgreSQL a {setting}={found} : une coupure peut perdre des inscriptions"
