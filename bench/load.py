"""Send requests over kept connections and measure the answers; lean, so that the server stays the limit."""

import selectors
import socket
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from time import perf_counter
from urllib.parse import urlsplit


@dataclass
class Result:
    """What a load gave: answers by status, seconds in all, and the milliseconds of each answer."""

    seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    milliseconds: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.milliseconds) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """Milliseconds within which `share` of the answers came."""
        ordered = sorted(self.milliseconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def get(url: str, **headers: str) -> bytes:
    """The bytes of a GET."""
    parts = urlsplit(url)
    lines = [f"GET {parts.path} HTTP/1.1", f"Host: {parts.netloc}", "Accept-Encoding: gzip"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


def post(url: str, body: bytes, **headers: str) -> bytes:
    """The bytes of a POST of an encoded form."""
    parts = urlsplit(url)
    lines = [f"POST {parts.path} HTTP/1.1", f"Host: {parts.netloc}", f"Content-Length: {len(body)}"]
    lines += ["Content-Type: application/x-www-form-urlencoded"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


class Connection:
    """One kept connection with at most one request on its way."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.sent = 0.0

    def send(self, request: bytes) -> None:
        """Put a request on its way."""
        self.buffer, self.sent = b"", perf_counter()
        self.socket.sendall(request)

    def receive(self) -> int | None:
        """Read what came; the status once the answer is whole."""
        piece = self.socket.recv(65_536)
        if not piece:
            return 599
        self.buffer += piece
        head, separator, body = self.buffer.partition(b"\r\n\r\n")
        if not separator:
            return None
        status = int(head[9:12])
        return status if len(body) >= _length(head) or status == 304 else None


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    return 0


def run(url: str, requests: Iterable[bytes], clients: int, seconds: float | None = None) -> Result:
    """Send `requests`, one at a time on each of `clients` connections, until they end or `seconds` are over."""
    parts = urlsplit(url)
    address = (parts.hostname or "127.0.0.1", parts.port or 80)
    source, result = iter(requests), Result()
    with selectors.DefaultSelector() as selector:
        connections = [Connection(address) for _ in range(clients)]
        started = perf_counter()
        limit = started + seconds if seconds else float("inf")
        for connection in connections:
            _start(selector, connection, source)
        while selector.get_map():
            for key, _ in selector.select():
                _step(selector, key.data, source, result, limit)
        result.seconds = perf_counter() - started
    for connection in connections:
        connection.socket.close()
    return result


def _start(selector: selectors.BaseSelector, connection: Connection, source: Iterator[bytes]) -> None:
    request = next(source, None)
    if request is not None:
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send(request)


def _step(
    selector: selectors.BaseSelector,
    connection: Connection,
    source: Iterator[bytes],
    result: Result,
    limit: float,
) -> None:
    status = connection.receive()
    if status is None:
        return
    now = perf_counter()
    result.statuses[status] += 1
    result.milliseconds.append((now - connection.sent) * 1_000)
    request = next(source, None) if now < limit and status != 599 else None
    if request is None:
        selector.unregister(connection.socket)
    else:
        connection.send(request)
