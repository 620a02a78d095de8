"""The outbox: where an act leaves its letters, inside its own transaction."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from tourpaca import security, setting
from tourpaca.db import table
from tourpaca.mail.draft import Draft, Event
from tourpaca.mail.models import A_ENVOYER, Letter

_POST = insert(table(Letter))
AGAIN = ":renvoi"


def post(session: Session, drafts: Iterable[Draft], now: datetime, due_at: datetime | None = None) -> None:
    """Add the letters to the open transaction, in one statement, due at once unless `due_at` says later.

    A letter whose triple (subject_key, kind, sequence) exists already is a fault of the caller:
    the unique constraint refuses it and the whole act with it.
    """
    rows = [{**_row(draft), **fresh(now), "due_at": due_at or now} for draft in drafts]
    if rows:
        session.connection().execute(_POST, rows)


def fresh(now: datetime) -> dict[str, Any]:
    """Return the columns of a letter that was never tried."""
    return {
        "state": A_ENVOYER,
        "attempts": 0,
        "due_at": now,
        "lease_token": "",
        "answer": "",
        "created_at": now,
    }


def message_id(subject_key: str, kind: str, sequence: int) -> str:
    """Return the identity of a letter for the world's mail servers: the same at every try, telling nothing."""
    triple = f"{subject_key}\n{kind}\n{sequence}"
    return f"<{security.derived('message-id', triple)}@{setting.host()}>"


def _row(draft: Draft) -> dict[str, Any]:
    return {
        "tour_id": draft.tour_id,
        "etape_id": draft.etape_id,
        "envoi_id": draft.envoi_id,
        "subject_key": draft.subject_key,
        "kind": draft.kind,
        "sequence": draft.sequence,
        "to_email": draft.to_email,
        "to_name": draft.to_name,
        "organisation_name": draft.organisation_name,
        "reply_to": draft.reply_to,
        "subject": draft.subject,
        "content": {
            "template": draft.template,
            "context": draft.context,
            "from_name": draft.from_name,
            "events": [_plain(event) for event in draft.events],
        },
        "message_id": message_id(draft.subject_key, draft.kind, draft.sequence),
    }


def _plain(event: Event) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value for name, value in vars(event).items()
    }
