"""A mail server that accepts and forgets, in a process of its own: postfix's where it is, or `python -m bench.sink`."""

import os
import shutil
import socket
import socketserver
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

PLAIN, PIPELINED = "plain", "pipelining"


@contextmanager
def running(mode: str) -> Iterator[int]:
    """Yield the port of a server that offers PIPELINING or not; it stops with the block."""
    port = free_port()
    root = Path(__file__).parent.parent
    with subprocess.Popen(_postfix(mode, port) or _ours(mode, port), cwd=root) as process:
        try:
            wait_for(port)
            with _apart(process.pid):
                yield port
        finally:
            process.kill()


@contextmanager
def _apart(server: int) -> Iterator[None]:
    """Keep a server and this thread on different cores, as a relay is elsewhere.

    Left alone they share one now and then, for a while: an exchange then costs half, and two runs cannot be compared.
    """
    cores = os.sched_getaffinity(0)
    last = max(cores)
    if len(cores) > 1:
        os.sched_setaffinity(server, {last})
        os.sched_setaffinity(0, cores - {last})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def _postfix(mode: str, port: int) -> list[str]:
    """Return how to start postfix's own sink, in C and so less of what is measured, or nothing without it."""
    found = shutil.which("smtp-sink", path=f"{os.environ['PATH']}:/usr/sbin")
    if not found:
        return []
    less = ["-u", "nobody"] if os.geteuid() == 0 else []
    return [found, *less, *(["-p"] if mode == PLAIN else []), f"127.0.0.1:{port}", "100"]


def _ours(mode: str, port: int) -> list[str]:
    return [sys.executable, "-m", "bench.sink", mode, str(port)]


def free_port() -> int:
    """Return a port of loopback that nobody listens to."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port: int = asked.getsockname()[1]
        return port


def wait_for(port: int) -> None:
    """Return when somebody listens to a port of loopback; raise after ten seconds."""
    until = monotonic() + 10
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            if monotonic() > until:
                raise
            sleep(0.02)


class Handler(socketserver.StreamRequestHandler):
    """Answers as a relay does, as fast as Python can, so that it is not what is measured."""

    wbufsize = -1
    disable_nagle_algorithm = True
    offers = b"250 8BITMIME\r\n"

    def handle(self) -> None:
        """Serve one connection."""
        self.say(b"220 sink ESMTP\r\n")
        for line in self.rfile:
            word = line[:4].upper()
            if word == b"EHLO":
                self.say(b"250-sink\r\n" + self.offers)
            elif word == b"DATA":
                self.say(b"354 go\r\n")
                while (line := self.rfile.readline()) != b".\r\n":
                    if not line:
                        return
                self.say(b"250 2.0.0 received\r\n")
            elif word == b"QUIT":
                return self.say(b"221 bye\r\n")
            else:
                self.say(b"250 ok\r\n")

    def say(self, answer: bytes) -> None:
        """Send one answer at once."""
        self.wfile.write(answer)
        self.wfile.flush()


def main(mode: str, port: int) -> None:
    """Listen on a loopback port."""
    if mode == PIPELINED:
        Handler.offers = b"250-PIPELINING\r\n250 8BITMIME\r\n"
    with socketserver.ThreadingTCPServer(("127.0.0.1", port), Handler) as server:
        server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
