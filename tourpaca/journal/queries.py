"""Reading the journal."""

from collections.abc import Sequence

from sqlalchemy import select

from tourpaca.db import session
from tourpaca.journal.models import Entry


def latest(tour_id: int, limit: int = 50, etape_id: int | None = None) -> Sequence[Entry]:
    """Return the newest entries of a tour (or of one of its étapes), newest first."""
    asked = select(Entry).where(Entry.tour_id == tour_id).order_by(Entry.id.desc()).limit(limit)
    if etape_id is not None:
        asked = asked.where(Entry.etape_id == etape_id)
    return session().scalars(asked).all()


def of_subject(subject: str) -> Sequence[Entry]:
    """Return the life of one thing ("place:12"), oldest first."""
    return session().scalars(select(Entry).where(Entry.subject == subject).order_by(Entry.id)).all()
