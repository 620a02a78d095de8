"""The house with its guard off, for the control of the races: looks first, then takes without looking again."""

from collections import defaultdict
from contextvars import ContextVar
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from tourpaca import create_app
from tourpaca.db import db
from tourpaca.registration import actions, taking
from tourpaca.tour.models import Atelier

app = create_app()
guarded = actions.register
left: ContextVar[dict[int, int]] = ContextVar("left")


def look_first(*asked: Any) -> actions.Registered:
    """Read what is left before the transaction, as many do."""
    with db.engine.connect() as reader:
        rows = reader.execute(select(Atelier.id, Atelier.capacity - Atelier.taken))
        left.set(defaultdict(int, {number: rest for number, rest in rows}))  # noqa: C416
    return guarded(*asked)


def take_blindly(connection: Connection, atelier_id: int, n: int) -> bool:
    """Take what was seen to be free."""
    if left.get()[atelier_id] < n:
        return False
    taking.give_back(connection, {atelier_id: -n})
    return True


actions.register = look_first
taking._take = take_blindly
