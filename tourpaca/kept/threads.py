"""The connections that threads keep: one each, opened when first asked for and again when lost."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar
from weakref import WeakSet

from sqlalchemy import event
from sqlalchemy.engine import Engine

from tourpaca.kept.connection import Kept

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Watched:
    """A number in the base that says, by changing, that something read with it is out of date."""

    statement: str
    keys: tuple[str, ...] = ()


class KeptConnections:
    """Hands each thread its own connection; a lost one is opened again, once.

    They close with their thread or with the engine's own (`engine.dispose()`).
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._local = threading.local()
        self._all: WeakSet[Kept] = WeakSet()
        self._dress = _connection_to(engine.dialect.name)
        event.listen(engine, "engine_disposed", self._close)

    def ask(self, run: Callable[[Kept], Found]) -> Found:
        """Return what `run` reads, each statement standing alone, from the last commit."""
        kept = self._mine()
        try:
            return run(kept)
        except Exception:
            if not kept.closed:
                raise
        return run(self._mine())

    def number(self, statement: str, *keys: str) -> int | None:
        """Return the number that `statement` reads for the texts `keys` (`$1`, `$2`…), or None without a row."""
        return self.ask(lambda kept: kept.number(statement, keys))

    @contextmanager
    def transaction(self) -> Iterator[Kept]:
        """Keep everything that runs inside, or nothing."""
        kept = self.ask(_begun)
        try:
            yield kept
            kept.end("COMMIT")
        except BaseException:
            if not kept.closed:
                kept.end("ROLLBACK")
            raise

    def _mine(self) -> Kept:
        kept: Kept | None = getattr(self._local, "kept", None)
        if kept is None or kept.closed:
            kept = self._local.kept = self._dress(self._engine)
            self._all.add(kept)
        return kept

    def _close(self, _engine: Engine) -> None:
        for kept in list(self._all):
            kept.close()


def _connection_to(dialect: str) -> type[Kept]:
    """Return the connection of that engine; the other engine's is not imported."""
    if dialect == "sqlite":
        from tourpaca.kept.sqlite import KeptSqlite  # noqa: PLC0415

        return KeptSqlite
    from tourpaca.kept.postgres import KeptPostgres  # noqa: PLC0415

    return KeptPostgres


def _begun(kept: Kept) -> Kept:
    kept.begin()
    return kept
