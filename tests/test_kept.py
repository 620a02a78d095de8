"""The connections that threads keep outlive their threads: the next one takes them up."""

import subprocess
import sys
import threading

from sqlalchemy import create_engine

from tests.engines import one_engine
from tourpaca.kept.threads import KeptConnections


def test_a_thread_of_the_server_ends_and_the_process_goes_on(engine_url: str) -> None:
    """The server ends a thread that had nothing to do for 30 s; there, closing SQLite kills the process."""
    program = [sys.executable, "-m", "tests.foreign_threads", engine_url]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split("\n") == ["42", "42", "42", "1 connection", ""]


def _drivers(kept: KeptConnections, at_once: int) -> set[object]:
    """Return the connections that so many threads use at the same time."""
    found, together = set(), threading.Barrier(at_once)

    def visit() -> None:
        found.add(kept.ask(lambda mine: mine.driver))
        together.wait()

    threads = [threading.Thread(target=visit) for _ in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_as_many_connections_as_threads_at_once_and_no_more(engine_url: str) -> None:
    engine = create_engine(engine_url)
    kept = KeptConnections(engine)
    first = _drivers(kept, 3)
    assert len(first) == 3
    assert _drivers(kept, 2) < first
    assert _drivers(kept, 3) == first
    engine.dispose()


@one_engine
def test_what_the_engine_closed_is_not_lent_again(engine_url: str) -> None:
    engine = create_engine(engine_url)
    kept = KeptConnections(engine)
    before = _drivers(kept, 2)
    engine.dispose()
    assert not _drivers(kept, 2) & before
    engine.dispose()
