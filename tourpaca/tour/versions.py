"""Saving what two people may edit at once: only the version that was read can be replaced."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Protocol, TypeVar

from sqlalchemy import update
from sqlalchemy.orm import InstrumentedAttribute, Session

from tourpaca.refusal import Stale
from tourpaca.tour import acts
from tourpaca.tour.facts import Edited, Facts

CHANGED_MEANWHILE = (
    "Cette page a changé pendant que vous écriviez. Votre texte est gardé\u00a0: comparez, puis enregistrez."
)


class Versioned(Protocol):
    """A row that counts its changes."""

    id: Any
    version: Any


Saved = TypeVar("Saved", bound=Versioned)


def changes(row: Versioned, facts: Mapping[str, object]) -> dict[str, object]:
    """Return the facts that differ from what the row holds."""
    return {name: value for name, value in facts.items() if getattr(row, name) != value}


def save(session: Session, row: Versioned, version: int, facts: Mapping[str, object]) -> list[str]:
    """Write facts over the version that was read and return the names of the fields that changed.

    Facts equal to what is stored change nothing, whatever the version: saving twice is saving once.
    Raises `Stale` with what is stored now when somebody saved first; the guard stands in the UPDATE itself,
    so that on PostgreSQL too the second of two simultaneous writers is told.
    """
    changed = changes(row, facts)
    if not changed:
        return []
    table = type(row)
    saved = session.execute(
        update(table)
        .where(_column(table, "id") == row.id, _column(table, "version") == version)
        .values(**changed, version=version + 1)
        .execution_options(synchronize_session=False)
    )
    session.refresh(row)
    if saved.rowcount == 0:  # type: ignore[attr-defined]
        raise Stale(CHANGED_MEANWHILE, stored(row, facts))
    return list(changed)


def save_all(
    session: Session,
    table: type[Saved],
    rows: Sequence[Edited[Facts]],
    check: Callable[[Saved, Facts], None],
) -> list[Saved]:
    """Save several rows of one page, all or none, and return those that changed.

    `check` refuses facts that a row cannot take. Raises one `Stale` that holds what is stored, by row id.
    """
    saved, stale = [], {}
    for edited in rows:
        row = acts.found(session, table, edited.id)
        check(row, edited.facts)
        try:
            if save(session, row, edited.version, asdict(edited.facts)):
                saved.append(row)
        except Stale as meanwhile:
            stale[str(edited.id)] = meanwhile.theirs
    if stale:
        raise Stale(CHANGED_MEANWHILE, dict(stale))
    return saved


def stored(row: Versioned, facts: Mapping[str, object]) -> dict[str, object]:
    """Return what a row holds now for the same fields, with its version."""
    return {name: getattr(row, name) for name in facts} | {"version": row.version}


def _column(table: type, name: str) -> InstrumentedAttribute[int]:
    found: InstrumentedAttribute[int] = getattr(table, name)
    return found
