"""What a kept connection can do, whichever the engine, and the answer of a statement sent on it."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy.engine import Dialect, Engine


class Sent:
    """A statement on its way: `rows` and `count` (of the rows it met) are there once it has arrived."""

    __slots__ = ("_by", "_count", "_rows")

    def __init__(self, by: "Kept | None" = None, rows: Sequence[Any] = (), count: int = 0) -> None:
        self._by, self._rows, self._count = by, rows, count

    def arrive(self, rows: Sequence[Any], count: int) -> None:
        """Hold the answer."""
        self._by, self._rows, self._count = None, rows, count

    @property
    def rows(self) -> Sequence[Any]:
        """The rows given back, their columns as the driver gives them."""
        if self._by:
            self._by.exchange()
        return self._rows

    @property
    def count(self) -> int:
        """How many rows were met."""
        if self._by:
            self._by.exchange()
        return self._count


class Kept(ABC):
    """The connection of one thread; a `Prepared` statement runs on it as on a connection of the engine.

    SQLite runs a statement when it is sent. To PostgreSQL all that was sent leaves in one exchange, when an answer is
    read or at the commit: the round trips are most of the price of a small statement.
    """

    def __init__(self, engine: Engine) -> None:
        # Opened by the engine, for what it does at a connection's birth; detached, for the pool to forget it.
        opened = engine.raw_connection()
        self.dialect: Dialect = engine.dialect
        self.driver: Any = opened.driver_connection
        opened.detach()

    @property
    @abstractmethod
    def closed(self) -> bool:
        """Tell whether nothing can be asked any more."""

    @abstractmethod
    def begin(self) -> None:
        """Open a write transaction."""

    @abstractmethod
    def end(self, command: str) -> None:
        """End the transaction by COMMIT or ROLLBACK."""

    @abstractmethod
    def send(self, text: str, given: Any) -> Sent:
        """Send a statement with its values in order; what it answers can be read later."""

    @abstractmethod
    def send_each(self, text: str, many: Iterable[Any]) -> None:
        """Send a statement once for each set of values."""

    @abstractmethod
    def exchange(self) -> None:
        """Bring every answer that was not read yet."""

    @abstractmethod
    def number(self, statement: str, keys: tuple[str, ...]) -> int | None:
        """Return the whole number in the first column of the first row, or None."""

    @abstractmethod
    def close(self) -> None:
        """Close; repeating it changes nothing."""

    def __del__(self) -> None:
        if hasattr(self, "driver"):
            self.close()
