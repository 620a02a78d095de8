"""The outbox: where an act leaves its letters, inside its own transaction."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, select
from sqlalchemy.orm import Session

from tourpaca import security, setting
from tourpaca.db import connection_of, insert_on, table
from tourpaca.kept.connection import Kept
from tourpaca.mail.draft import Draft, Event
from tourpaca.mail.models import A_ENVOYER, INTERROMPU, NOUVEL_ESSAI, REFUSE, RETENU, REVENU, Letter, Mime
from tourpaca.prepared import Prepared

_LETTER = table(Letter)
_POST = Prepared(insert(_LETTER))
AGAIN = ":renvoi"


def post(
    session: Session | Kept, drafts: Iterable[Draft], now: datetime, due_at: datetime | None = None
) -> None:
    """Add the letters to the open transaction, in one statement, due at once unless `due_at` says later.

    A letter whose triple (subject_key, kind, sequence) exists already is a fault of the caller:
    the unique constraint refuses it and the whole act with it.
    """
    rows = [{**_row(draft), **fresh(now), "due_at": due_at or now} for draft in drafts]
    _POST.each(connection_of(session), rows)


def post_once(session: Session, draft: Draft, now: datetime) -> None:
    """Add one letter to the open transaction unless its triple exists already: a second press changes nothing."""
    row = insert_on(session.get_bind().dialect.name)(_LETTER).values({**_row(draft), **fresh(now)})
    session.execute(row.on_conflict_do_nothing(index_elements=["subject_key", "kind", "sequence"]))


def unheard(tour_id: int, etape_id: int | None, email: str) -> list[ColumnElement[bool]]:
    """Return what chooses a tour's (an étape's) letters to an address that did not arrive and no worker holds."""
    own = [Letter.etape_id == etape_id] if etape_id is not None else []
    here = func.lower(Letter.to_email) == email.lower()
    return [
        Letter.tour_id == tour_id,
        here,
        Letter.state.in_((A_ENVOYER, NOUVEL_ESSAI, RETENU, REFUSE, REVENU, INTERROMPU)),
        *own,
    ]


def readdress(session: Session, tour_id: int, etape_id: int | None, old: str, new: str, now: datetime) -> int:
    """Give the letters that did not reach an address another one, in the open transaction; return how many leave.

    Their frozen bytes bear the old address: others are made, under an identity of their own. What was stopped
    by the team stays stopped.
    """
    letters = session.scalars(
        select(Letter).where(*unheard(tour_id, etape_id, old)).with_for_update(of=Letter)
    ).all()
    session.execute(delete(Mime).where(Mime.letter_id.in_([letter.id for letter in letters])))
    for letter in letters:
        letter.to_email, letter.attempts, letter.unjoined = new, 0, 0
        letter.message_id = message_id(letter.subject_key, f"{letter.kind}\n{new}", letter.sequence)
        if letter.state in (NOUVEL_ESSAI, REFUSE, REVENU):
            letter.state, letter.due_at, letter.answer = A_ENVOYER, now, ""
    return sum(letter.state in (A_ENVOYER, RETENU) for letter in letters)


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
            "by_hand": draft.by_hand,
            "events": [_plain(event) for event in draft.events],
        },
        "message_id": message_id(draft.subject_key, draft.kind, draft.sequence),
        "expires_at": draft.expires_at,
    }


def _plain(event: Event) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value for name, value in vars(event).items()
    }
