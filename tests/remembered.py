"""What a long preparation left in a database, put back in another one: the rows, not the acts that wrote them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from tourpaca.db import Base, session, transaction

Rows = dict[str, list[dict[str, Any]]]


def remembered(prepare: Callable[[], None]) -> Callable[[], None]:
    """Run `prepare` on the first empty database of each engine only; its rows are copied into those that follow.

    A database that holds a tour already is prepared by the acts themselves.
    """
    left: dict[str, Rows] = {}

    @wraps(prepare)
    def prepared() -> None:
        engine = session().get_bind().dialect.name
        if any(_rows(session()).values()):
            prepare()
        elif engine in left:
            _put_back(left[engine])
        else:
            prepare()
            left[engine] = _rows(session())
        session().rollback()

    return prepared


def _rows(current: Session) -> Rows:
    tables = Base.metadata.sorted_tables
    return {table.name: [dict(row) for row in current.execute(select(table)).mappings()] for table in tables}


def _put_back(rows: Rows) -> None:
    with transaction() as current:
        for table in Base.metadata.sorted_tables:
            if rows[table.name]:
                current.execute(insert(table), rows[table.name])
        if current.get_bind().dialect.name == "postgresql":
            _count_on(current)


def _count_on(current: Session) -> None:
    """Let the numbers that PostgreSQL gives go on after those that were put back."""
    for table in Base.metadata.sorted_tables:
        if "id" in table.c and current.scalar(func.pg_get_serial_sequence(table.name, "id")):
            last = select(func.max(table.c.id)).scalar_subquery()
            sequence = func.pg_get_serial_sequence(table.name, "id")
            current.execute(select(func.setval(sequence, last)).where(last.is_not(None)))
