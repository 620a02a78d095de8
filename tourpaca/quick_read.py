"""One raw connection per thread, kept for the one small read that stands before every public page.

Through the engine (pool, compiled statement, transaction) the same read costs twice as much as all the rest of a
cached page; docs/performance.md has the measure.
"""

import threading
from dataclasses import dataclass
from typing import Any
from weakref import WeakSet

from sqlalchemy import event
from sqlalchemy.engine import Engine


@dataclass(frozen=True, slots=True)
class Watched:
    """A number in the base that says, by changing, that something read with it is out of date."""

    statement: str
    keys: tuple[str, ...] = ()


class QuickRead:
    """Reads one whole number by texts written `$1`, `$2` in the statement, each time from the last commit.

    Connections close with their thread or with the engine's own (`engine.dispose()`); a lost one is opened
    again, once.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._kept = threading.local()
        self._all: WeakSet[Any] = WeakSet()
        self._dress: type[_Sqlite | _Postgres] = _Sqlite if engine.dialect.name == "sqlite" else _Postgres
        event.listen(engine, "engine_disposed", self._close)

    def number(self, statement: str, *keys: str) -> int | None:
        """Return the number that `statement` reads for `keys`, or None when it finds no row."""
        kept = getattr(self._kept, "connection", None)
        try:
            return (kept or self._open()).number(statement, keys)
        except _LostError:
            return self._open().number(statement, keys)

    def _open(self) -> "_Sqlite | _Postgres":
        args, options = self._engine.dialect.create_connect_args(self._engine.url)
        opened = self._dress(self._engine.dialect.connect(*args, **options))
        self._kept.connection = opened
        self._all.add(opened)
        return opened

    def _close(self, _engine: Engine) -> None:
        for kept in list(self._all):
            kept.close()


class _LostError(Exception):
    """The kept connection does not answer any more."""


class _Sqlite:
    def __init__(self, connection: Any) -> None:
        connection.isolation_level = None  # no transaction stays open between two reads
        self._connection = connection

    def number(self, statement: str, keys: tuple[str, ...]) -> int | None:
        if self._connection is None:
            raise _LostError
        # fetchall, not fetchone: a statement left half read would pin its snapshot, and the next read would be stale.
        named = {str(place): key for place, key in enumerate(keys, 1)}
        rows = self._connection.execute(statement, named).fetchall()
        return rows[0][0] if rows else None

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class _Postgres:
    """Speaks to libpq below the driver's cursors: the round trip is then nearly the whole price."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._prepared: dict[str, bytes] = {}

    def number(self, statement: str, keys: tuple[str, ...]) -> int | None:
        from psycopg import OperationalError  # noqa: PLC0415

        try:
            return self._read(statement, keys)
        except OperationalError as lost:
            self.close()
            raise _LostError from lost

    def _read(self, statement: str, keys: tuple[str, ...]) -> int | None:
        name = self._prepared.get(statement) or self._prepare(statement)
        result = self._connection.pgconn.exec_prepared(name, [key.encode() for key in keys])
        if result.error_message:
            self.close()
            raise _LostError(result.error_message.decode())
        value = result.get_value(0, 0) if result.ntuples else None
        return int(value) if value is not None else None

    def _prepare(self, statement: str) -> bytes:
        name = b"quick_%d" % len(self._prepared)
        self._connection.pgconn.prepare(name, statement.encode())
        self._prepared[statement] = name
        return name

    def close(self) -> None:
        self._connection.close()

    def __del__(self) -> None:
        self.close()
