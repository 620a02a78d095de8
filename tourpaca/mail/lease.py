"""Leases on letters: a worker takes due ones for a while, under a token, and writes what became of them."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, insert, or_, select, update
from sqlalchemy.orm import joinedload
from sqlalchemy.sql import ColumnElement

from tourpaca import security
from tourpaca.db import session, table, transaction
from tourpaca.mail import rules
from tourpaca.mail.models import A_ENVOYER, EN_COURS, INTERROMPU, NOUVEL_ESSAI, PARTI, Letter, Mime
from tourpaca.mail.rules import Verdict

LOT = 50
# A worker that lives renews within 5 s and the longest exchange; one that died is replaced within the minute.
LENGTH = timedelta(seconds=45)

_table = table(Letter)
_mine = and_(_table.c.id == bindparam("row"), _table.c.lease_token == bindparam("token"))
_FREEZE = insert(table(Mime))
_RECORD = (
    update(_table)
    .where(_mine)
    .values(
        state=bindparam("word"),
        answer=bindparam("said"),
        attempts=bindparam("tries"),
        due_at=bindparam("next"),
        sent_at=bindparam("left"),
        lease_until=None,
        lease_token="",
    )
)
_RENEW = update(_table).where(_mine).values(lease_until=bindparam("until"))
_RELEASE = update(_table).where(_mine).values(state=bindparam("word"), lease_until=None, lease_token="")


def something_is_due(now: datetime) -> bool:
    """Tell, without any lock, whether a letter is due or a lease was left behind by a dead worker."""
    found = session().scalar(select(_table.c.id).where(_due(now)).limit(1)) is not None
    session().rollback()
    return found


def claim(now: datetime) -> list[Letter]:
    """Lease up to 50 due letters in one write transaction and return them, detached, oldest first.

    Workers never wait for one another: rows that another is taking are skipped (PostgreSQL), or the write
    lock makes them take turns (SQLite).
    """
    token = security.new_token()
    # Ids first: sorting whole rows would carry the text of every waiting letter through the sort.
    first = select(_table.c.id).where(_due(now)).order_by(_table.c.due_at, _table.c.id).limit(LOT)
    with transaction() as current:
        ids = current.scalars(first.with_for_update(skip_locked=True)).all()
        whole = select(Letter).where(Letter.id.in_(ids)).options(joinedload(Letter.mime))
        lot = list(current.scalars(whole.order_by(Letter.due_at, Letter.id)))
        current.expunge_all()
        leased = {"state": EN_COURS, "lease_token": token, "lease_until": now + LENGTH}
        current.connection().execute(update(_table).where(_table.c.id.in_(ids)).values(**leased))
    for letter in lot:
        letter.lease_token, letter.lease_until = token, now + LENGTH
    return lot


def freeze(letters: Sequence[Letter]) -> list[Letter]:
    """Commit the bytes of letters that never left; return those that another worker took over meanwhile."""
    if not letters:
        return []
    held = select(_table.c.id).where(_table.c.lease_token == letters[0].lease_token)
    with transaction() as current:
        ids = [letter.id for letter in letters]
        ours = set(current.scalars(held.where(_table.c.id.in_(ids)).with_for_update()))
        rows = [
            {"letter_id": each.id, "content": each.mime.content}
            for each in letters
            if each.id in ours and each.mime
        ]
        if rows:
            current.connection().execute(_FREEZE, rows)
    return [letter for letter in letters if letter.id not in ours]


def record(answered: Sequence[tuple[Letter, Verdict]], now: datetime, waiting: Sequence[Letter] = ()) -> None:
    """Write what the server said of each letter, and renew the lease of those still waiting when half of it is gone.

    A letter whose lease was taken over meanwhile is left to its new holder.
    """
    rows = [
        _outcome(letter, rules.final(verdict, now - letter.created_at), now) for letter, verdict in answered
    ]
    _write(_RECORD, rows, _RENEW, _renewals(waiting, now))


def _renewals(waiting: Sequence[Letter], now: datetime) -> list[dict[str, Any]]:
    old = [letter for letter in waiting if (letter.lease_until or now) - now < LENGTH / 2]
    for letter in old:
        letter.lease_until = now + LENGTH
    return [{**_key(letter), "until": now + LENGTH} for letter in old]


def release(letters: Sequence[Letter]) -> None:
    """Give unsent letters back at once, as they were."""
    _write(
        _RELEASE,
        [{**_key(letter), "word": NOUVEL_ESSAI if letter.attempts else A_ENVOYER} for letter in letters],
    )


def hold_back(reason: str) -> int:
    """Stop every letter that has not left, until the team takes it up again; return how many that is.

    For a base that comes back from a copy: what was waiting then may have left since.
    """
    waiting = update(_table).where(_table.c.state.in_((A_ENVOYER, NOUVEL_ESSAI, EN_COURS)))
    stopped = {"state": INTERROMPU, "answer": reason, "lease_until": None, "lease_token": ""}
    with transaction() as current:
        return current.connection().execute(waiting.values(**stopped)).rowcount


def _due(now: datetime) -> ColumnElement[bool]:
    return or_(
        and_(_table.c.state.in_((A_ENVOYER, NOUVEL_ESSAI)), _table.c.due_at <= now),
        and_(_table.c.state == EN_COURS, _table.c.lease_until <= now),
    )


def _key(letter: Letter) -> dict[str, Any]:
    return {"row": letter.id, "token": letter.lease_token}


def _outcome(letter: Letter, verdict: Verdict, now: datetime) -> dict[str, Any]:
    tries = letter.attempts + 1
    wait = rules.delay(tries, verdict.connection_lost, random.random())
    return {
        **_key(letter),
        "word": verdict.state,
        "said": verdict.answer,
        "tries": tries,
        "next": now + wait if verdict.state == NOUVEL_ESSAI else now,
        "left": now if verdict.state == PARTI else None,
    }


def _write(*pairs: Any) -> None:
    """Run (statement, rows) pairs in one transaction; none opens when there is nothing to write."""
    work = [(pairs[i], pairs[i + 1]) for i in range(0, len(pairs), 2) if pairs[i + 1]]
    if not work:
        return
    with transaction() as current:
        for statement, rows in work:
            current.connection().execute(statement, rows)
