"""Statements of the hot paths: written in Core like the others, compiled once, then handed to the driver as text.

Executing a Core statement costs ten times what SQLite takes to run it; docs/decisions/0014 has the measures and says
where this is worth it.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.sql import ClauseElement

from tourpaca.kept.connection import Kept, Sent

Values = Mapping[str, Any]
Open = Connection | Kept


class Prepared:
    """One statement, its values given by name at each run; runs inside the transaction of the connection given.

    An insert takes the columns of its first run, and the plain defaults of the model for the others.
    A fault is the driver's own, not SQLAlchemy's; on a kept one it may come at the next answer that is read.
    """

    def __init__(self, statement: Any) -> None:
        self.statement = statement
        self._ready: dict[tuple[str, str], _Compiled] = {}

    def ask(self, connection: Open, values: Values) -> "Asked":
        """Run the statement and return what reads its answer: several asked before the first is read leave together."""
        way = _way(connection)
        ready = self._on(way, values)
        return Asked(ready, way.send(ready.text, ready.given(values)))

    def rows(self, connection: Open, values: Values) -> list[Any]:
        """Return every row, its columns by name."""
        return self.ask(connection, values).rows()

    def first(self, connection: Open, values: Values) -> Any:
        """Return the first row, or None."""
        return self.ask(connection, values).first()

    def value(self, connection: Open, values: Values) -> Any:
        """Return the first column of the first row, or None without a row."""
        return self.ask(connection, values).value()

    def count(self, connection: Open, values: Values) -> int:
        """Run a change and return how many rows it met."""
        return self.ask(connection, values).count()

    def run(self, connection: Open, values: Values) -> None:
        """Run a change whose outcome is sure, or shows when it fails."""
        self.ask(connection, values)

    def each(self, connection: Open, many: Sequence[Values]) -> None:
        """Run once for each set of values, all in one exchange with the server."""
        if many:
            way = _way(connection)
            ready = self._on(way, many[0])
            way.send_each(ready.text, [ready.given(values) for values in many])

    def _on(self, way: "_Engines | Kept", values: Values) -> "_Compiled":
        kind = way.dialect.name, way.dialect.paramstyle
        ready = self._ready.get(kind)
        if ready is None:
            ready = self._ready[kind] = _Compiled(self.statement, way.dialect, list(values))
        return ready


class _Engines:
    """A connection of the engine: prepared statements run at once, between those of its session."""

    def __init__(self, connection: Connection) -> None:
        self.dialect = connection.dialect
        self._driver: Any = connection.connection.driver_connection
        # Only psycopg's execute takes options; a statement prepared at its first run is never planned again.
        self._options = {} if self.dialect.name == "sqlite" else {"prepare": True}

    def send(self, text: str, given: Any) -> Sent:
        cursor = self._driver.execute(text, given, **self._options)
        return Sent(rows=cursor.fetchall() if cursor.description else (), count=cursor.rowcount)

    def send_each(self, text: str, many: Iterable[Any]) -> None:
        self._driver.cursor().executemany(text, list(many))


def _way(connection: Open) -> _Engines | Kept:
    return connection if isinstance(connection, Kept) else _Engines(connection)


class Asked:
    """The answer of a statement, each way of reading it as in `Prepared`."""

    __slots__ = ("_ready", "_sent")

    def __init__(self, ready: "_Compiled", sent: Sent) -> None:
        self._ready, self._sent = ready, sent

    def rows(self) -> list[Any]:
        """Return every row, its columns by name."""
        return [self._ready.outward(row) for row in self._sent.rows]

    def first(self) -> Any:
        """Return the first row, or None."""
        rows = self._sent.rows
        return self._ready.outward(rows[0]) if rows else None

    def value(self) -> Any:
        """Return the first column of the first row, or None without a row."""
        row = self.first()
        return row[0] if row else None

    def count(self) -> int:
        """Return how many rows the change met."""
        return self._sent.count


class _Compiled:
    """A statement as one driver takes it: its text, what it converts on the way in and on the way out."""

    def __init__(self, statement: Any, dialect: Dialect, names: list[str]) -> None:
        compiled = _compile(statement, dialect, names)
        self.text = str(compiled)
        ways = _ways_in(compiled, dialect)
        self._by_name = compiled.positiontup is None
        self._order = [
            (name, ways.get(name)) for name in compiled.positiontup or compiled.bind_names.values()
        ]
        constants = {name: b.effective_value for b, name in compiled.bind_names.items() if not b.required}
        self._constants = constants | _defaults(compiled)
        self._row, self._ways_out = _shape(statement, dialect)

    def outward(self, row: Any) -> Any:
        """Return a row of the driver with its columns by name, as the model reads them."""
        if not self._ways_out:
            return self._row(row)
        columns = list(row)
        for place, way in self._ways_out:
            columns[place] = way(columns[place])
        return self._row(columns)

    def given(self, values: Values) -> Any:
        """Return the values as the driver takes them: by name, or in the order of the text."""
        held = {**self._constants, **values}
        if self._by_name:
            return {name: way(held[name]) if way else held[name] for name, way in self._order}
        return [way(held[name]) if way else held[name] for name, way in self._order]


Way = Callable[[Any], Any]


def _compile(statement: Any, dialect: Dialect, names: list[str]) -> Any:
    if not statement.is_insert:
        return statement.compile(dialect=dialect)
    return statement.inline().compile(dialect=dialect, column_keys=names)


def _defaults(compiled: Any) -> dict[str, Any]:
    """Return what an insert adds from its model; refuses a default that would have to be computed at each run."""
    columns = compiled.insert_prefetch if compiled.isinsert else ()
    computed = [column.name for column in columns if not column.default.is_scalar]
    if computed:
        raise TypeError(f"columns without a value: {', '.join(computed)}")
    return {column.key: column.default.arg for column in columns}


def _ways_in(compiled: Any, dialect: Dialect) -> dict[str, Way]:
    """Return what converts the values that the driver does not take as they are, by their names."""
    named = ((name, bound.type.dialect_impl(dialect)) for bound, name in compiled.bind_names.items())
    ways = ((name, kind.bind_processor(dialect)) for name, kind in named)
    return {name: way for name, way in ways if way}


def _shape(statement: ClauseElement, dialect: Dialect) -> tuple[Callable[[Any], Any], list[tuple[int, Way]]]:
    """Return what makes a row of its columns, and the places of those that must be converted first, each with how."""
    columns = list(getattr(statement, "exported_columns", ()))
    names = [column.key for column in columns]
    row: Any = namedtuple("row", names, rename=True)  # type: ignore[misc]
    ways = (column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns)
    return row._make, [(place, way) for place, way in enumerate(ways) if way]
