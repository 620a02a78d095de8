"""Ask a kept connection from threads that Python did not start: `python -m tests.foreign_threads URL`.

A program of its own: what it is about kills the whole process.
"""

import ctypes
import sys

from sqlalchemy import create_engine

from tourpaca.kept.threads import KeptConnections

THREADS = 3
ENTRY = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)


def run(visit: object) -> None:
    """Run `visit` in a thread of the system, and return when that thread has ended."""
    library, name = ctypes.CDLL(None), ctypes.c_ulong()
    library.pthread_create(ctypes.byref(name), None, visit, None)
    library.pthread_join(name, None)


def main(url: str) -> None:
    """Print what each thread read, and how many connections that took."""
    kept, drivers = KeptConnections(create_engine(url)), []

    def visit(_given: object) -> None:
        drivers.append(kept.ask(lambda mine: mine.driver))
        sys.stdout.write(f"{kept.number('SELECT 41 + 1')}\n")

    for _ in range(THREADS):
        run(ENTRY(visit))
    sys.stdout.write(f"{len(set(map(id, drivers)))} connection\n")


if __name__ == "__main__":
    main(sys.argv[1])
