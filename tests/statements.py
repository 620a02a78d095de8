"""Counting the questions that a page asks the database: a list must ask as many with 1 row as with 30."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from flask import Flask
from sqlalchemy import event

from tourpaca.db import db
from tourpaca.prepared import Asked, Prepared


@contextmanager
def selects(app: Flask) -> Iterator[list[str]]:
    """List the SELECT statements that reach the database meanwhile, those of the hot paths too."""
    seen: list[str] = []
    ask = Prepared.ask

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            seen.append(statement)

    def noted(prepared: Prepared, *given: Any) -> Asked:
        note(None, None, str(prepared.statement))
        return ask(prepared, *given)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        with patch.object(Prepared, "ask", noted):
            yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
