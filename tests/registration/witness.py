"""What the database itself saw of places: each change of state, in the order of commits, written by its triggers.

Whoever changes a place holds the row of its atelier, so that in one atelier the numbers follow the commits; what was
rolled back is not there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text

from tourpaca.db import session, transaction

_COLUMNS = "atelier_id INTEGER, place_id INTEGER, before TEXT, after TEXT, capacity INTEGER"
_TABLE = f"CREATE TABLE witness (id {{key}}, {_COLUMNS})"
_SEEN = "INSERT INTO witness (atelier_id, place_id, before, after, capacity)"
_CAPACITY = "(SELECT capacity FROM atelier WHERE id = NEW.{key})"
_OF = "SELECT NEW.atelier_id, NEW.id"
_EVENTS = {
    "born": ("AFTER INSERT ON place", f"{_SEEN} {_OF}, '', NEW.state, {_CAPACITY}"),
    "turned": (
        "AFTER UPDATE OF state ON place",
        f"{_SEEN} {_OF}, OLD.state, NEW.state, {_CAPACITY} WHERE OLD.state <> NEW.state",
    ),
    "resized": ("AFTER UPDATE OF capacity ON atelier", f"{_SEEN} SELECT NEW.id, NULL, '', '', NEW.capacity"),
}


@dataclass(frozen=True)
class Seen:
    """A place that went from a state ("" at its birth) to another, and the capacity then; or a new capacity alone."""

    atelier_id: int
    place_id: int | None
    before: str
    after: str
    capacity: int | None


def watch() -> None:
    """Let this database note what happens to places from now on."""
    pg = session().get_bind().dialect.name == "postgresql"
    with transaction() as current:
        key = "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY" if pg else "INTEGER PRIMARY KEY AUTOINCREMENT"
        current.execute(text(_TABLE.format(key=key)))
        for name, (when, act) in _EVENTS.items():
            act = act.format(key="atelier_id" if "place" in when else "id")
            for statement in _on_pg(name, when, act) if pg else _on_sqlite(name, when, act):
                current.execute(text(statement))


def _on_sqlite(name: str, when: str, act: str) -> list[str]:
    return [f"CREATE TRIGGER {name} {when} BEGIN {act}; END"]


def _on_pg(name: str, when: str, act: str) -> list[str]:
    body = f"BEGIN {act}; RETURN NULL; END"
    return [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
        f"CREATE TRIGGER {name} {when} FOR EACH ROW EXECUTE FUNCTION {name}()",
    ]


def seen() -> Sequence[Seen]:
    """Return everything, in order."""
    columns = "atelier_id, place_id, before, after, capacity"
    session().rollback()
    return [Seen(*row) for row in session().execute(text(f"SELECT {columns} FROM witness ORDER BY id"))]
