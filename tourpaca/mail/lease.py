"""Leases on letters: a worker takes due ones for a while, under a token, and writes what became of them."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, case, func, insert, or_, select, update

from tourpaca import security
from tourpaca.db import hot_transaction, session, table, transaction
from tourpaca.kept.connection import Kept
from tourpaca.mail import returns, rules
from tourpaca.mail.models import (
    A_ENVOYER,
    DOUX,
    DUR,
    EN_COURS,
    INTERROMPU,
    NOUVEL_ESSAI,
    PARTI,
    REFUSE,
    RETENU,
    Letter,
    Mime,
)
from tourpaca.mail.rules import Verdict
from tourpaca.prepared import Asked, Prepared

LOT = 50
# A worker that lives renews a lease before less than RENEWED is left of it, which an opening and a letter (21 s) never
# outlast; one that died is replaced within the minute, even if the others are at their slowest letters then.
LENGTH, RENEWED = timedelta(seconds=36), timedelta(seconds=27)

_table = table(Letter)
_mime = table(Mime)
_waiting = or_(_table.c.state == A_ENVOYER, _table.c.state == NOUVEL_ESSAI)
due = or_(
    and_(_waiting, _table.c.due_at <= bindparam("now")),
    and_(_table.c.state == EN_COURS, _table.c.lease_until <= bindparam("now")),
)
_held = and_(_table.c.state == RETENU, _table.c.due_at <= bindparam("now"))
_SOMETHING = select(_table.c.id).where(or_(due, _held)).limit(1)
# Ids first: sorting whole rows would carry the text of every waiting letter through the sort. What a dead worker left
# goes before: it has had its turn, and would wait behind a whole send if it was at a later try.
_first = (
    select(_table.c.id)
    .where(due)
    .order_by(_table.c.state != EN_COURS, _table.c.due_at, _table.c.id)
    .limit(LOT)
    .with_for_update(skip_locked=True)
    .cte("first")
)
_lease = update(_table).values(state=EN_COURS, lease_token=bindparam("token"), lease_until=bindparam("until"))
_LEASE_FIRST = Prepared(_lease.where(_table.c.id.in_(select(_first.c.id))))
_LEASE_ONE = Prepared(_lease.where(_table.c.id == bindparam("row")))
_FACTS = (
    "id",
    "attempts",
    "created_at",
    "message_id",
    "subject",
    "to_name",
    "to_email",
    "reply_to",
    "expires_at",
)
_WHOLE = Prepared(
    select(
        *(_table.c[name] for name in _FACTS),
        case((_mime.c.content.is_(None), _table.c.content)).label("content"),
        _mime.c.content.label("mime"),
    )
    .outerjoin(_mime, _mime.c.letter_id == _table.c.id)
    .where(_table.c.state == EN_COURS, _table.c.lease_token == bindparam("token"))
    .order_by(_table.c.due_at, _table.c.id)
)
_mine = and_(_table.c.id == bindparam("row"), _table.c.lease_token == bindparam("token"))
_these = _table.c.id.in_(bindparam("ids", expanding=True))
# A send may be stopped while a worker holds its letters: only what left all the same is still written.
_STOPPED = select(_table.c.id).where(_these, _table.c.state == INTERROMPU)
_running = and_(_mine, _table.c.state == EN_COURS)
_FREEZE = insert(_mime)
_RENEW = Prepared(update(_table).where(_running).values(lease_until=bindparam("until")))
_RELEASE = update(_table).where(_running).values(state=bindparam("word"), lease_until=None, lease_token="")


@cache
def _recording(number: int) -> Prepared:
    """Return what writes so many outcomes at once, each value under its name and rank: one by one they cost twice."""
    ranks = range(number)
    keys = [bindparam(f"row{rank}", type_=_table.c.id.type) for rank in ranks]

    def told(name: str, column: ColumnElement[Any]) -> ColumnElement[Any]:
        values = (bindparam(f"{name}{rank}", type_=column.type) for rank in ranks)
        return case(dict(zip(keys, values, strict=True)), value=_table.c.id)

    state = told("word", _table.c.state)
    return Prepared(
        update(_table)
        .where(
            _table.c.id.in_(keys),
            _table.c.lease_token == bindparam("token"),
            or_(_table.c.state == EN_COURS, state == PARTI),
        )
        .values(
            state=state,
            answer=told("said", _table.c.answer),
            attempts=told("tries", _table.c.attempts),
            due_at=func.coalesce(told("next", _table.c.due_at), _table.c.due_at),
            sent_at=told("left", _table.c.sent_at),
            lease_until=None,
            lease_token="",
        )
    )


@dataclass(slots=True, eq=False)
class Leased:
    """A letter in a worker's hands: what composes it, carries it and writes it back. `content` is {} once frozen."""

    id: int
    attempts: int
    created_at: datetime
    message_id: str
    subject: str
    to_name: str
    to_email: str
    reply_to: str
    expires_at: datetime | None
    content: dict[str, Any]
    mime: bytes
    token: str
    until: datetime
    unjoined: int = 0


def something_is_due(now: datetime) -> bool:
    """Tell, without any lock, whether a letter is due or a lease was left behind by a dead worker."""
    found = session().scalar(_SOMETHING, {"now": now}) is not None
    session().rollback()
    return found


def claim(now: datetime) -> list[Leased]:
    """Lease up to 50 due letters in one write transaction and return them, oldest first.

    Workers never wait for one another: rows that another is taking are skipped (PostgreSQL), or the write
    lock makes them take turns (SQLite). Rows are read as they are: objects of the session would double the cost.
    """
    token, until = security.new_token(), now + LENGTH
    with hot_transaction() as kept:
        _LEASE_FIRST.run(kept, {"now": now, "token": token, "until": until})
        found = _WHOLE.ask(kept, {"token": token})
    return _leased(found, token, until)


def take(connection: Connection, number: int, now: datetime) -> list[Leased]:
    """Lease one letter in the open transaction and return it."""
    token, until = security.new_token(), now + LENGTH
    _LEASE_ONE.run(connection, {"row": number, "token": token, "until": until})
    return _leased(_WHOLE.ask(connection, {"token": token}), token, until)


def _leased(found: Asked, token: str, until: datetime) -> list[Leased]:
    return [_one(row, token, until) for row in found.rows()]


def _one(row: Any, token: str, until: datetime) -> Leased:
    facts = row._asdict() | {"content": row.content or {}, "mime": row.mime or b""}
    return Leased(**facts, token=token, until=until)


def freeze(letters: Sequence[Leased]) -> list[Leased]:
    """Commit the bytes of letters that never left; return those that another worker took over meanwhile."""
    if not letters:
        return []
    held = select(_table.c.id).where(_table.c.lease_token == letters[0].token)
    with transaction() as current:
        ids = [letter.id for letter in letters]
        ours = set(current.scalars(held.where(_table.c.id.in_(ids)).with_for_update()))
        rows = [{"letter_id": each.id, "content": each.mime} for each in letters if each.id in ours]
        if rows:
            current.connection().execute(_FREEZE, rows)
        for each in letters:
            if each.unjoined and each.id in ours:
                current.execute(update(_table).where(_table.c.id == each.id).values(unjoined=each.unjoined))
    return [letter for letter in letters if letter.id not in ours]


def record(answered: Sequence[tuple[Leased, Verdict]], now: datetime, waiting: Sequence[Leased] = ()) -> None:
    """Write what the server said of letters of one lot; renew the lease of those still waiting once a quarter is gone.

    A letter whose lease was taken over meanwhile is left to its new holder. A refused address is noted.
    """
    ended = [
        (letter, verdict, rules.final(verdict, now - letter.created_at, letter.attempts + 1))
        for letter, verdict in answered
    ]
    rows = [_outcome(letter, said, now) for letter, _, said in ended]
    if not rows:
        return
    refused = [each for each in ended if each[2].state == REFUSE and each[2].answer[:1].isdigit()]
    renewed = _renewals(waiting, now)
    if not refused:
        with hot_transaction() as kept:
            _write(kept, rows, renewed)
        return
    with transaction() as current:
        connection = current.connection()
        _write(connection, rows, renewed)
        for letter, first, said in refused:
            _note(connection, letter, first, said, now)


def _write(connection: Connection | Kept, rows: list[dict[str, Any]], renewed: list[dict[str, Any]]) -> None:
    told = {f"{name}{rank}": value for rank, row in enumerate(rows) for name, value in row.items()}
    _recording(len(rows)).run(connection, {**told, "token": rows[0]["token"]})
    _RENEW.each(connection, renewed)


def _note(connection: Connection, letter: Leased, first: Verdict, said: Verdict, now: datetime) -> None:
    """Note the refusal of an address: for good, or for now after five days of « later »."""
    late = first.state == NOUVEL_ESSAI
    if late or rules.blames_address(said.answer):
        kind, source = DOUX if late else DUR, f"smtp:{letter.message_id}"
        returns.note(connection, letter.to_email, letter.id, kind, said.answer, now, source)


def _renewals(waiting: Sequence[Leased], now: datetime) -> list[dict[str, Any]]:
    old = [letter for letter in waiting if letter.until - now < RENEWED]
    for letter in old:
        letter.until = now + LENGTH
    return [{**_key(letter), "until": now + LENGTH} for letter in old]


def not_stopped(letters: Sequence[Leased]) -> list[Leased]:
    """Return those of our letters that the team has not stopped meanwhile."""
    ids = session().scalars(_STOPPED, {"ids": [letter.id for letter in letters]}).all() if letters else ()
    session().rollback()
    return [letter for letter in letters if letter.id not in ids]


def release(letters: Sequence[Leased]) -> None:
    """Give unsent letters back at once, as they were."""
    rows = [{**_key(letter), "word": NOUVEL_ESSAI if letter.attempts else A_ENVOYER} for letter in letters]
    if rows:
        with transaction() as current:
            current.connection().execute(_RELEASE, rows)


def hold_back(reason: str) -> int:
    """Stop every letter that has not left, until the team takes it up again; return how many that is.

    For a base that comes back from a copy: what was waiting then may have left since.
    """
    waiting = update(_table).where(_table.c.state.in_((A_ENVOYER, NOUVEL_ESSAI, EN_COURS, RETENU)))
    stopped = {"state": INTERROMPU, "answer": reason, "lease_until": None, "lease_token": ""}
    with transaction() as current:
        return current.connection().execute(waiting.values(**stopped)).rowcount


def _key(letter: Leased) -> dict[str, Any]:
    return {"row": letter.id, "token": letter.token}


def _outcome(letter: Leased, verdict: Verdict, now: datetime) -> dict[str, Any]:
    tries = letter.attempts + (verdict.state == RETENU or not verdict.holds_all)
    wait = rules.delay(tries, verdict.holds_all, random.random())
    return {
        **_key(letter),
        "word": verdict.state,
        "said": verdict.answer,
        "tries": tries,
        "next": now + wait if verdict.state == NOUVEL_ESSAI else None,
        "left": now if verdict.state == PARTI else None,
    }
