"""Finding the addresses of a mail server in time: the system's own search knows no limit."""

import socket
import threading
from queue import Empty, SimpleQueue

Answer = SimpleQueue[list[str] | Exception]


def addresses(host: str, port: int, seconds: float) -> list[str]:
    """Return the addresses of a host, in the system's order; raises what the system raises for a name it refuses.

    Once the time is over, that is `socket.gaierror` with EAI_AGAIN, as for a name server that is away. The search
    itself cannot be stopped: it goes on in a thread that nobody waits for, until the system gives up.
    """
    answer = Answer()
    threading.Thread(target=_search, args=(host, port, answer), name="names", daemon=True).start()
    try:
        found = answer.get(timeout=seconds)
    except Empty:
        raise socket.gaierror(socket.EAI_AGAIN, "the name server took too long") from None
    if isinstance(found, Exception):
        raise found
    return found


def _search(host: str, port: int, answer: Answer) -> None:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        answer.put([str(where[0]) for *_, where in found])
    except (OSError, UnicodeError) as fault:
        answer.put(fault)
