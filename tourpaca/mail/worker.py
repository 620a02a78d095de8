"""The worker that carries letters to the mail server: a thread of the server, or processes of their own."""

import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from multiprocessing.util import Finalize

from tourpaca import clock
from tourpaca.mail import delivery, holding
from tourpaca.mail.delivery import Now, Outcome

Context = Callable[[], AbstractContextManager[object]]
Chores = Callable[[datetime], None]
IDLE = 0.5
# What falls due by the calendar may wait a little: looking for it is several questions to the database.
CHORES_EVERY = timedelta(seconds=5)
# A long send must not keep the reminders of the morning waiting until its last letter.
ROUND = timedelta(seconds=30)
TROUBLE = (5, 15, 30, 60)

log = logging.getLogger("tourpaca")


def start_thread(context: Context, chores: Chores) -> None:
    """Carry letters from a thread of this process, each round inside a fresh application context.

    The process ends once what was answered is written. The server forks, and a forked process leaves without `atexit`;
    `Finalize` is heard by both.
    """
    stop = threading.Event()
    thread = threading.Thread(target=run, args=(context, stop, clock.now, chores), name="mail", daemon=True)
    Finalize(None, _leave, (stop, thread), exitpriority=1)
    thread.start()


def run(context: Context, stop: threading.Event, now: Now, chores: Chores) -> None:
    """Carry letters until `stop` is set: within a second of a commit, more seldom while the server fails.

    Polling a small index twice a second is what lets letters committed by any process, on any host, leave
    at once without another service. Between two rounds, `chores` writes the letters whose hour has come.
    """
    _knock(context, now)
    troubles, looked = 0, datetime.min.replace(tzinfo=UTC)
    while not stop.is_set():
        looked = _see_to(chores, context, now, looked)
        outcome = _round(context, stop, now)
        troubles = troubles + 1 if outcome.held else 0
        stop.wait(_pause(outcome, troubles))


def _pause(outcome: Outcome, troubles: int) -> float:
    """Return the seconds until the next round: none while letters leave, for others may be due behind them."""
    if troubles:
        return TROUBLE[min(troubles, len(TROUBLE)) - 1]
    return 0 if outcome.tried else IDLE


def _see_to(chores: Chores, context: Context, now: Now, looked: datetime) -> datetime:
    """Do what is due unless that was looked at a moment ago; return when it was. The clock is the application's."""
    try:
        with context():
            instant = now()
            if abs(instant - looked) < CHORES_EVERY:
                return looked
            chores(instant)
            return instant
    except Exception:
        log.exception("chores failed")
        return looked


def _knock(context: Context, now: Now) -> None:
    """Let held letters try at once: a start is how a mended setting comes into force."""
    try:
        with context():
            holding.knock(now())
    except Exception:
        log.exception("held letters not looked at")


def _round(context: Context, stop: threading.Event, now: Now) -> Outcome:
    """Deliver once; a fault of the database or of ours is told and the worker lives on."""
    try:
        with context():
            ends = now() + ROUND
            return delivery.deliver(now, lambda: stop.is_set() or now() >= ends)
    except Exception:
        log.exception("mail round failed")
        return Outcome(held=True)


def _leave(stop: threading.Event, thread: threading.Thread) -> None:
    stop.set()
    thread.join(timeout=5)
