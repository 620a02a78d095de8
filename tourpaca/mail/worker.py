"""The worker that carries letters to the mail server: a thread of the server, or processes of their own."""

from collections.abc import Callable
from contextlib import AbstractContextManager

Context = Callable[[], AbstractContextManager[object]]


def start_thread(context: Context) -> None:
    """Carry letters from a thread of this process, each round inside a fresh application context."""
