"""Writing in the journal, inside the transaction of the act it tells."""

from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from tourpaca.db import connection_of, table
from tourpaca.journal.models import Act, Entry
from tourpaca.kept.connection import Kept
from tourpaca.prepared import Prepared

_WRITE = Prepared(insert(table(Entry)))


def write(
    session: Session | Kept,
    act: Act,
    verb: str,
    subject: str,
    text: str,
    tour_id: int | None = None,
    etape_id: int | None = None,
    **data: Any,
) -> None:
    """Add one entry to the open transaction; `subject` is "etape:4", `text` one French sentence.

    The text may name organisations, never persons: the journal outlives personal data.
    """
    row = {
        "at": act.now,
        "actor": act.actor,
        "actor_name": act.name,
        "verb": verb,
        "subject": subject,
        "tour_id": tour_id,
        "etape_id": etape_id,
        "text": text,
        "data": data,
    }
    _WRITE.run(connection_of(session), row)
