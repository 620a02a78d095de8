"""A kept connection to SQLite: a statement is run when it is sent."""

from collections.abc import Iterable
from typing import Any

from tourpaca.kept.connection import Kept, Sent


class KeptSqlite(Kept):
    @property
    def closed(self) -> bool:
        return self.driver is None

    def begin(self) -> None:
        self.driver.execute("BEGIN IMMEDIATE")

    def end(self, command: str) -> None:
        # A commit that the disk refused may have ended the transaction by itself.
        if self.driver.in_transaction:
            self.driver.execute(command)

    def send(self, text: str, given: Any) -> Sent:
        # fetchall, not fetchone: a statement left half read would pin its snapshot, and the next read would be stale.
        cursor = self.driver.execute(text, given)
        return Sent(rows=cursor.fetchall(), count=cursor.rowcount)

    def send_each(self, text: str, many: Iterable[Any]) -> None:
        self.driver.executemany(text, many)

    def exchange(self) -> None:
        """Nothing to do: an answer is there as soon as its statement was sent."""

    def number(self, statement: str, keys: tuple[str, ...]) -> int | None:
        rows = self.send(statement, {str(place): key for place, key in enumerate(keys, 1)}).rows
        return rows[0][0] if rows else None

    def close(self) -> None:
        if self.driver is not None:
            self.driver.close()
            self.driver = None
