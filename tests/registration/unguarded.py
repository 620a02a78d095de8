"""The house with its guard off, for the control of the races: trusts for ever the number it showed at first."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from tourpaca import create_app
from tourpaca.db import db
from tourpaca.prepared import Open
from tourpaca.registration import actions, registering, taking
from tourpaca.tour.models import Atelier

app = create_app()
guarded = actions.register
left: dict[int, int] = defaultdict(int)


def look_first(*asked: Any) -> actions.Registered:
    """Read what is left once, as those do who keep their page for a while."""
    if not left:
        with db.engine.connect() as reader:
            rows = reader.execute(select(Atelier.id, Atelier.capacity - Atelier.taken)).all()
        left.update((number, rest) for number, rest in rows)
    return guarded(*asked)


def take_blindly(kept: Open, atelier_id: int, n: int) -> Callable[[], bool]:
    """Take what was seen to be free."""
    free = left[atelier_id] >= n
    if free:
        taking.give_back(kept, {atelier_id: -n})
    return lambda: free


actions.register = look_first
taking._take = take_blindly
# On SQLite writers take turns, so that even the first look, inside the transaction, would be a guard.
registering.refuse_if_full = lambda *_: None
