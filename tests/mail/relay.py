"""A mail server that misbehaves as a test tells it to, one answer a command, on loopback."""

import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest
from flask import Flask

from tests.posting import Received
from tourpaca.mail import delivery

# Signed by itself for 127.0.0.1, for a century; it protects nothing.
CERTIFICATE = Path(__file__).parent.parent / "data" / "self-signed.pem"
HANG_UP, SILENCE, DRIP = "\0", "\1", "\2"
LOST = f"250 2.0.0 kept, but nobody hears it{HANG_UP}"
POLITE = {
    "CONNECT": "220 relay ESMTP",
    "DATA": "354 go",
    "END": "250 2.0.0 kept",
    "QUIT": "221 bye",
    "STAR": "220 go",
    "AUTH": "235 ok",
}


@dataclass
class Relay:
    """What the server answers: to a verb ("MAIL", "END" for the end of a letter), or to a whole line without its end.

    An answer that ends with HANG_UP closes the connection after it (alone: instead of it); SILENCE never answers;
    DRIP says one byte now and then for ever;
    LOST at END keeps the letter and closes without a word.
    `offers` are the words of EHLO. What is answered by 250 at END is in `letters`, even when the answer is lost.
    """

    answers: dict[str, str] = field(default_factory=dict)
    offers: tuple[str, ...] = ()
    encrypted: bool = False
    letters: list[Received] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    closing: threading.Event = field(default_factory=threading.Event)

    def answer(self, line: str, default: str = "250 ok") -> str:
        """What is said to a line, or to a step that has no line of its own."""
        verb = line[:4].upper() if line not in POLITE else line
        return self.answers.get(line, self.answers.get(verb, POLITE.get(verb, default)))

    def greet(self) -> str:
        """What EHLO is answered."""
        words = ["relay", *self.offers]
        return "\r\n".join([*(f"250-{word}" for word in words[:-1]), f"250 {words[-1]}"])


class _Conversation(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True
    relay: Relay

    def handle(self) -> None:
        self.relay.connections += 1
        if self.relay.encrypted:
            self._encrypt()
        self._sender, self._recipients = "", list[str]()
        going = self._say(self.relay.answer("CONNECT"))
        while going and (line := self._line()) is not None:
            going = self._obey(line)

    def _line(self) -> str | None:
        read = self.rfile.readline()
        self.relay.lines.append(read.decode("latin-1").rstrip("\r\n"))
        return self.relay.lines[-1] if read else None

    def _obey(self, line: str) -> bool:
        verb = line[:4].upper()
        if verb == "EHLO":
            return self._say(self.relay.answers.get("EHLO", self.relay.greet()))
        answer = self.relay.answer(line)
        if verb == "DATA" and not self._recipients and "DATA" not in self.relay.answers:
            answer = "503 5.5.1 no recipient"
        going = self._say(answer)
        if verb == "STAR" and answer.startswith("2"):
            self._encrypt()
        elif verb == "MAIL":
            self._sender, self._recipients = line[11:-1], []
        elif verb == "RCPT" and answer.startswith("2"):
            self._recipients.append(line[9:-1])
        elif answer.startswith("354"):
            return going and self._take()
        return going and verb != "QUIT"

    def _take(self) -> bool:
        """Read a letter to its end; one that nobody may receive, or whose end never comes, is kept nowhere."""
        content = b""
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return False
            content += line.removeprefix(b".") if line.startswith(b"..") else line
        answer = self.relay.answer("END")
        if answer.startswith("250") and self._recipients:
            self.relay.letters.append(Received(self._sender, tuple(self._recipients), content))
        return answer != LOST and self._say(answer)

    def _say(self, answer: str) -> bool:
        if answer == SILENCE:
            self.relay.closing.wait()
            return False
        while answer == DRIP and not self.relay.closing.wait(0.02):
            self.wfile.write(b"2")
        said = answer.removesuffix(HANG_UP)
        if said:
            self.wfile.write(said.encode() + b"\r\n")
        return not answer.endswith(HANG_UP)

    def _encrypt(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        self.request = context.wrap_socket(self.request, server_side=True, do_handshake_on_connect=False)
        self.request.do_handshake()
        self.setup()

    def finish(self) -> None:
        """Close the encrypted side too: the server only knows the plain one."""
        super().finish()
        self.request.close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def handle_error(self, _request: Any, _address: Any) -> None:
        """A conversation that the other side broke off is what many tests want."""


Told = TypeVar("Told", bound=Relay)


@contextmanager
def serving(told: Told) -> Iterator[Told]:
    """Let a server listen on a free loopback port, and hang up at the end."""
    conversation = type("Conversation", (_Conversation,), {"relay": told})
    with _Server(("127.0.0.1", 0), conversation) as server:
        told.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield told
        told.closing.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def relay() -> Iterator[Relay]:
    """A misbehaving mail server of this test's own."""
    with serving(Relay()) as told:
        yield told


def send_through(app: Flask, relay: Relay, **settings: object) -> None:
    """Set the application's mail server to this one, with MAIL_* settings of the test's own."""
    here = {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": relay.port, "MAIL_SUPPRESS_SEND": False}
    app.config.update(here, **settings)
    delivery.mailer.init_app(app)
