"""Letters held while a setting is wrong: one of them tries now and then, and all leave once it goes through."""

import random
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, or_, select, update

from tourpaca.db import session, table, transaction
from tourpaca.mail import lease, rules
from tourpaca.mail.lease import Leased
from tourpaca.mail.models import A_ENVOYER, PERIME, RETENU, Letter

_table = table(Letter)
_held = _table.c.state == RETENU
_IS_ON = select(_table.c.id).where(_held).limit(1)
# Waits for the other worker instead of skipping: of two that come together only one may try.
_PROBE = (
    select(_table.c.id, _table.c.due_at, _table.c.answer)
    .where(_held)
    .order_by(_table.c.attempts.desc(), _table.c.id)
    .limit(1)
    .with_for_update()
)
_TRIES = select(func.max(_table.c.attempts)).where(_held)
_EXPIRE = (
    update(_table)
    .where(_held, _table.c.expires_at <= bindparam("now"))
    .values(state=PERIME, answer=rules.OVER)
)


def _these(*chosen: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the letters that no worker has in its hands, locked in one order: workers never wait for one another."""
    rows = select(_table.c.id).where(or_(*chosen)).order_by(_table.c.id)
    return _table.c.id.in_(rows.with_for_update(skip_locked=True).scalar_subquery())


_kept: dict[str, Any] = {
    "answer": bindparam("said"),
    "due_at": bindparam("next"),
    "lease_until": None,
    "lease_token": "",
}
_JOIN = update(_table).where(_these(lease.due)).values(state=RETENU, **_kept)
_HOLD = update(_table).where(_these(lease.due, _held)).values(state=RETENU, **_kept)
_POSTPONE = update(_table).where(_these(_held)).values(due_at=bindparam("next"))
_LET_GO = (
    update(_table)
    .where(_these(_held))
    .values(state=A_ENVOYER, due_at=_table.c.created_at, attempts=0, answer="")
)


def is_on() -> bool:
    """Tell, without any lock, whether letters are held."""
    found = session().scalar(_IS_ON) is not None
    session().rollback()
    return found


def probe(now: datetime) -> list[Leased]:
    """Lease the one letter that tries for all, when their next try is due; before that, none.

    What fell due meanwhile joins the held letters without a try: a wrong password that is tried too often closes
    the account. A held letter whose moment is past is dropped here.
    """
    with transaction() as current:
        connection = current.connection()
        connection.execute(_EXPIRE, {"now": now})
        first = connection.execute(_PROBE).first()
        if first is None:
            return []
        if first.due_at > now:
            connection.execute(_JOIN, {"now": now, "said": first.answer, "next": first.due_at})
            return []
        found = lease.take(connection, first.id, now)
        connection.execute(_POSTPONE, {"next": now + lease.LENGTH})
        return found


def hold(reason: str, now: datetime) -> None:
    """Hold everything that is due, with the reason in words, until the next try (rules.HELD_DELAYS)."""
    with transaction() as current:
        connection = current.connection()
        tries = connection.scalar(_TRIES) or 1
        until = now + rules.delay(tries, True, random.random())
        connection.execute(_HOLD, {"now": now, "said": reason, "next": until})


def let_go(now: datetime) -> None:
    """Give every held letter back to the outbox, the oldest first; `now` closes those whose moment is past."""
    with transaction() as current:
        current.connection().execute(_EXPIRE, {"now": now})
        current.connection().execute(_LET_GO)


def knock(now: datetime) -> None:
    """Let the next try be at once: a worker that starts may have been given the right setting."""
    if is_on():
        with transaction() as current:
            current.connection().execute(_POSTPONE, {"next": now})
