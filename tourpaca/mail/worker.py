"""The worker that carries letters to the mail server: a thread of the server, or processes of their own."""

import atexit
import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

from tourpaca import clock
from tourpaca.mail import delivery
from tourpaca.mail.delivery import Now, Outcome

Context = Callable[[], AbstractContextManager[object]]
IDLE = 0.5
TROUBLE = (5, 15, 30, 60)

log = logging.getLogger("tourpaca")


def start_thread(context: Context) -> None:
    """Carry letters from a thread of this process, each round inside a fresh application context."""
    stop = threading.Event()
    thread = threading.Thread(target=run, args=(context, stop, clock.now), name="mail", daemon=True)
    atexit.register(_leave, stop, thread)
    thread.start()


def run(context: Context, stop: threading.Event, now: Now) -> None:
    """Carry letters until `stop` is set: within a second of a commit, more seldom while the server fails.

    Polling a small index twice a second is what lets letters committed by any process, on any host, leave
    at once without another service.
    """
    troubles = 0
    while not stop.is_set():
        outcome = _round(context, stop, now)
        troubles = troubles + 1 if outcome.held else 0
        stop.wait(TROUBLE[min(troubles, len(TROUBLE)) - 1] if troubles else IDLE)


def _round(context: Context, stop: threading.Event, now: Now) -> Outcome:
    """Deliver once; a fault of the database or of ours is told and the worker lives on."""
    try:
        with context():
            return delivery.deliver(now, stop.is_set)
    except Exception:
        log.exception("mail round failed")
        return Outcome(held=True)


def _leave(stop: threading.Event, thread: threading.Thread) -> None:
    stop.set()
    thread.join(timeout=5)
