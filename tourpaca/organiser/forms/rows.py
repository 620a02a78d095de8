"""Pages that save several rows at once: which rows changed since they were shown, which are new, which go."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tourpaca.organiser.forms import fields
from tourpaca.organiser.forms.fields import Field, Form
from tourpaca.tour.facts import Edited

NEW = "neuf"


class Stored(Protocol):
    """A row of the programme."""

    id: Any
    version: Any


@dataclass
class Row:
    """One row of a page: `key` ends the names of its controls ("room-12", "title-neuf1")."""

    key: str
    form: Form
    version: int = 0
    changed: bool = False
    stored: Any = None


def shown(spec: Sequence[Field], stored: Iterable[Stored], blanks: int = 0, **typed: str) -> list[Row]:
    """Return the rows as a page first shows them, then blank ones (`typed`: what these hold already)."""
    rows = [Row(str(each.id), fields.shown(spec, each), each.version, stored=each) for each in stored]
    return rows + [Row(f"{NEW}{number}", fields.blank(spec, **typed)) for number in range(1, blanks + 1)]


def as_shown(rows: Iterable[Row]) -> str:
    """Return what a page showed, to travel in the form: it tells later who changed what."""
    return json.dumps(
        {f"{name}-{row.key}": typed for row in rows for name, typed in row.form.typed.items()},
        ensure_ascii=False,
    )


def read(
    spec: Sequence[Field], posted: Mapping[str, str], stored: Iterable[Stored], blanks: int = 0, **typed: str
) -> list[Row]:
    """Read the rows that were typed; a row left as it was shown has not changed."""
    before = what_was_shown(posted)
    rows = shown(spec, stored, blanks, **typed)
    for row in rows:
        untouched = row.form.typed
        row.form = fields.read(spec, posted, f"-{row.key}")
        row.version = number(posted.get(f"version-{row.key}", ""))
        was = {name: before.get(f"{name}-{row.key}", untouched[name]) for name in untouched}
        row.changed = row.form.typed != was
    return rows


def what_was_shown(posted: Mapping[str, str]) -> dict[str, str]:
    """Return what the page showed when it was opened, name by name; empty when it does not say."""
    try:
        told = json.loads(posted.get("montre", "{}"))
    except ValueError:
        return {}
    return {str(name): str(typed) for name, typed in told.items()} if isinstance(told, dict) else {}


def edited(rows: Iterable[Row], facts: Callable[..., Any]) -> list[Edited[Any]]:
    """Return the rows that exist and changed, as facts to save."""
    return [
        Edited(row.stored.id, row.version, facts(**row.form.values))
        for row in rows
        if row.stored is not None and row.changed
    ]


def added(rows: Iterable[Row], facts: Callable[..., Any]) -> list[Any]:
    """Return the blank rows that were filled in, as facts to add."""
    return [facts(**row.form.values) for row in rows if row.stored is None and row.changed]


def errors(rows: Iterable[Row], name: Callable[[Any], str]) -> list[tuple[str, str]]:
    """Return every message with the id of its control and the name of its row, for the summary on top."""
    return [
        (f"{field}-{row.key}", f"{name(row.stored) if row.stored else 'Nouvelle ligne'}\u00a0: {message}")
        for row in rows
        for field, message in row.form.errors.items()
    ]


def number(text: str) -> int:
    """Return a number that a page wrote in its form, or 0, which names nothing."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
