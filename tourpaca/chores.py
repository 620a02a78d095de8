"""What the house does by itself when its hour has come; the worker calls it every few seconds."""

import logging
from collections.abc import Callable
from datetime import datetime

from tourpaca.attendance import reminding
from tourpaca.db import session
from tourpaca.registration import promoting, telling

log = logging.getLogger("tourpaca")

# Each looks for what is due at an instant and does it in transactions of its own; two workers may call it at once.
CHORES: tuple[Callable[[datetime], None], ...] = (promoting.settle_due, telling.tell_due, reminding.leave_due)


def run_due(now: datetime) -> None:
    """Do everything that is due at `now` (aware); a chore that fails is told and tried again, and stops no other."""
    for chore in CHORES:
        try:
            chore(now)
        except Exception:
            session().rollback()
            log.exception("chore failed", extra={"facts": {"chore": chore.__name__}})
