"""What came back for an address: noting it, telling which addresses are marked, taking a mark away."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select, update
from sqlalchemy.orm import Session

from tourpaca import calendar_text
from tourpaca.db import connection_of, insert_on, session, table, transaction
from tourpaca.journal.models import Act
from tourpaca.journal.writing import write
from tourpaca.mail.models import DOUX, DUR, Rejet
from tourpaca.refusal import Refused

# features.md of the trade, B12: one refusal for good, or three for now, and the address is no longer written to.
SOFT_ENOUGH = 3
COMPLAINT = "la personne signale nos messages comme indésirables"
REASON_LENGTH = 300
_REJET = table(Rejet)
_STATUS = re.compile(r"\b[45]\.(\d{1,3})\.(\d{1,3})\b")
_WORDS = (
    (("1",), "l’adresse n’existe pas"),
    (("2", "1"), "la boîte est fermée"),
    (("2", "2"), "la boîte est pleine"),
    (("4",), "le serveur de l’adresse ne répond pas"),
    (("7",), "le serveur de l’adresse refuse nos messages"),
)


def note(
    connection: Session | Connection,
    email: str,
    letter_id: int | None,
    kind: str,
    reason: str,
    now: datetime,
    source: str | None = None,
) -> bool:
    """Write in the open transaction that something came back for an address; tell whether it is new.

    `kind` is "dur" (for good) or "doux" (for now), `reason` the server's words or ours. The same `source` again
    writes nothing.
    """
    held = connection_of(connection) if isinstance(connection, Session) else connection
    row = {
        "email": calendar_text.line(email).lower(),
        "letter_id": letter_id,
        "kind": kind,
        "reason": calendar_text.line(reason)[:REASON_LENGTH],
        "source": source,
        "at": now,
    }
    added = insert_on(held.dialect.name)(_REJET).values(row).on_conflict_do_nothing(index_elements=["source"])
    return held.scalar(added.returning(_REJET.c.id)) is not None


def marked(emails: Iterable[str]) -> dict[str, str]:
    """Return those of the addresses that must not be written to, lower-cased, each with its reason in words."""
    asked = {email.lower() for email in emails if email}
    if not asked:
        return {}
    standing = select(Rejet.email, Rejet.kind, Rejet.reason).where(
        Rejet.cleared_at.is_(None), Rejet.email.in_(asked)
    )
    found: dict[str, list[Any]] = defaultdict(list)
    for row in session().execute(standing.order_by(Rejet.id)):
        found[row.email].append(row)
    return {email: in_words(rows[-1].reason) for email, rows in found.items() if _is_marked(rows)}


def bears_mark(address: ColumnElement[str]) -> ColumnElement[bool]:
    """Return the condition that an address (lower-cased, of the outer statement) must not be written to."""
    standing = (Rejet.email == address, Rejet.cleared_at.is_(None))
    hard = select(Rejet.id).where(*standing, Rejet.kind == DUR).correlate_except(Rejet).exists()
    soft = select(func.count(Rejet.id)).where(*standing, Rejet.kind == DOUX).correlate_except(Rejet)
    return or_(hard, soft.scalar_subquery() >= SOFT_ENOUGH)


def in_words(reason: str) -> str:
    """Return the reason of a refusal in French: from its enhanced status (RFC 3463), or as it was told."""
    status = _STATUS.search(reason)
    if not status:
        return reason
    return next((words for head, words in _WORDS if status.groups()[: len(head)] == head), reason)


def clear(act: Act, email: str, tour_id: int | None = None, etape_id: int | None = None) -> None:
    """Take the mark off an address: it is written to again. Refuses one that bears none."""
    with transaction() as session:
        standing = (Rejet.email == email.strip().lower(), Rejet.cleared_at.is_(None))
        cleared: Any = session.execute(update(Rejet).where(*standing).values(cleared_at=act.now))
        if not cleared.rowcount:
            raise Refused("Cette adresse reçoit déjà nos messages : rien n’a été changé.")
        text = "Une adresse qui ne recevait pas nos messages est de nouveau écrite."
        write(session, act, "retablir", "adresse", text, tour_id, etape_id)


def _is_marked(rows: Collection[Any]) -> bool:
    kinds = [row.kind for row in rows]
    return DUR in kinds or kinds.count(DOUX) >= SOFT_ENOUGH
