"""The connections that threads keep: one each, opened when first asked for and again when lost."""

import threading
from collections import deque
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


class Lent:
    """A connection in the hands of a thread; when the thread ends it goes to rest, open, for the next thread.

    It must not close there: closing SQLite's calls back into Python for each function the connection knows, and when
    the thread was not started by Python, as the server's are not, that frees its state under its own feet. In Python
    3.11 the whole process dies of it, whatever the other threads were doing (python/cpython#119585).
    """

    __slots__ = ("_rest", "kept")

    def __init__(self, kept: Kept, rest: deque[Kept]) -> None:
        self.kept, self._rest = kept, rest

    def __del__(self) -> None:
        self._rest.append(self.kept)


class KeptConnections:
    """Hands each thread its own connection; a lost one is opened again, once.

    They close with the engine's own (`engine.dispose()`): as many are open as threads ever lived at once.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._local = threading.local()
        self._all: WeakSet[Kept] = WeakSet()
        self._rest: deque[Kept] = deque()
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
        lent: Lent | None = getattr(self._local, "lent", None)
        if lent is None:
            lent = self._local.lent = Lent(self._rested() or self._opened(), self._rest)
        elif lent.kept.closed:
            lent.kept = self._opened()
        return lent.kept

    def _rested(self) -> Kept | None:
        while self._rest:
            kept = self._rest.pop()
            if not kept.closed:
                return kept
        return None

    def _opened(self) -> Kept:
        kept = self._dress(self._engine)
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
