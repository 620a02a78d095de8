"""Several people who act at the same moment inside the house, each in a context of their own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from flask import Flask


def race(app: Flask, act: Callable[[int], object], clients: int) -> list[object]:
    """Run `act(number)` in threads that start together; return what each gave, or its fault, in their order."""
    gate = threading.Barrier(clients)

    def one(number: int) -> object:
        with app.app_context():
            gate.wait()
            try:
                return act(number)
            except Exception as fault:
                return fault

    with ThreadPoolExecutor(clients) as threads:
        return list(threads.map(one, range(clients)))
