"""A kept connection to PostgreSQL, below the driver's cursors: statements that leave together (docs/decisions/0014)."""

import select
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy.engine import Engine

from tourpaca.kept.connection import Kept, Sent

# Answers as the server holds them: bytes written as text are twice as long, and letters are bytes.
BINARY = 1


class KeptPostgres(Kept):
    """Speaks to libpq, below the driver's cursors, whose own steps cost more than the round trip."""

    def __init__(self, engine: Engine) -> None:
        from psycopg.adapt import PyFormat, Transformer  # noqa: PLC0415

        super().__init__(engine)
        made: Any = type(engine.dialect)
        # The values of a statement are written $1, $2, as the server itself wants them.
        self.dialect = made(paramstyle="numeric_dollar")
        self.driver.autocommit = True
        self._libpq = self.driver.pgconn
        self._readable = select.poll()
        self._readable.register(self._libpq.socket, select.POLLIN)
        self._names: dict[str, bytes] = {}
        self._waiting: list[tuple[str, Sequence[Any], Sent]] = []
        self._adapted = Transformer(self.driver)
        self._as_text = PyFormat.TEXT

    @property
    def closed(self) -> bool:
        return bool(self.driver.closed)

    def begin(self) -> None:
        # A server that went away has said so: it must be known now, while another connection can still be opened.
        if self._readable.poll(0):
            self._checked(self._libpq.exec_(b""))
        self.send("BEGIN", ())

    def end(self, command: str) -> None:
        """End the transaction; COMMIT leaves with what waits, and is not run unless all of it went well."""
        if command == "ROLLBACK":
            self._waiting.clear()
        self.send(command, ())
        self.exchange()

    def send(self, text: str, given: Sequence[Any]) -> Sent:
        sent = Sent(self)
        values = self._adapted.dump_sequence(given, [self._as_text] * len(given))
        self._waiting.append((text, values, sent))
        return sent

    def send_each(self, text: str, many: Iterable[Any]) -> None:
        for given in many:
            self.send(text, given)

    def number(self, statement: str, keys: tuple[str, ...]) -> int | None:
        """Return the number; alone in its exchange, it is asked without the pipeline."""
        if statement not in self._names:
            rows = self.send(statement, keys).rows
            return rows[0][0] if rows else None
        result = self._checked(
            self._libpq.exec_prepared(self._names[statement], [key.encode() for key in keys])
        )
        value = result.get_value(0, 0) if result.ntuples else None
        return int(value) if value is not None else None

    def exchange(self) -> None:
        """Send all that waits and read every answer; at a fault the server runs nothing more, and it is raised."""
        waiting, self._waiting = self._waiting, []
        try:
            self._libpq.enter_pipeline_mode()
            expected = [each for statement in waiting for each in self._leave(*statement)]
            self._libpq.pipeline_sync()
            self._flush()
            for sent in expected:
                self._arrive(sent)
            self._next()  # the mark of the exchange's end
            self._libpq.exit_pipeline_mode()
        except BaseException:
            self.close()  # answers half read would be taken for those of the next exchange
            raise

    def _leave(self, text: str, given: Sequence[Any], sent: Sent) -> list[Sent]:
        name = self._names.get(text)
        if name is not None:
            self._libpq.send_query_prepared(name, given, result_format=BINARY)
            return [sent]
        name = self._names[text] = b"kept_%d" % len(self._names)
        self._libpq.send_prepare(name, text.encode())
        self._libpq.send_query_prepared(name, given, result_format=BINARY)
        return [Sent(), sent]

    def _arrive(self, sent: Sent) -> None:
        result = self._checked(self._next())
        self._next()  # an empty one ends each statement
        rows: Sequence[Any] = ()
        if result.ntuples:
            self._adapted.set_pgresult(result)
            rows = self._adapted.load_rows(0, result.ntuples, tuple)
        sent.arrive(rows, result.command_tuples or 0)

    def _flush(self) -> None:
        while self._libpq.flush():
            select.select([self._libpq.socket], [self._libpq.socket], [])
            self._libpq.consume_input()

    def _next(self) -> Any:
        """Return the next result, waited for outside libpq, which would hold up every other thread of Python.

        One of these may hold the row that the server waits for.
        """
        while self._libpq.is_busy():
            self._readable.poll()
            self._libpq.consume_input()
        return self._libpq.get_result()

    def _checked(self, result: Any) -> Any:
        """Return the result, or close and raise as the driver would: a new connection has no plan gone stale."""
        if result is not None and not result.error_message:
            return result
        from psycopg.errors import OperationalError, error_from_result  # noqa: PLC0415

        self.close()
        raise error_from_result(result) if result else OperationalError("the server closed the connection")

    def close(self) -> None:
        self.driver.close()
