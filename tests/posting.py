"""A mail server for the tests, on loopback: it keeps what it receives and answers what a test decides."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller


@dataclass(frozen=True)
class Received:
    """One accepted letter: the envelope as it came, and the bytes."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes

    @property
    def message(self) -> EmailMessage:
        """The letter as a parsed message."""
        return message_from_bytes(self.content, policy=policy.default)  # type: ignore[return-value]


@dataclass
class Sink:
    """Accepts everything unless `answers` holds the next replies (one a letter, e.g. "451 4.3.0 later")."""

    letters: list[Received] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    host: str = "127.0.0.1"
    port: int = 0
    arrived: threading.Condition = field(default_factory=threading.Condition)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Called by the server at the end of each letter."""
        answer = self.answers.pop(0) if self.answers else "250 2.0.0 received"
        if answer.startswith("2"):
            with self.arrived:
                self.letters.append(Received(envelope.mail_from, tuple(envelope.rcpt_tos), envelope.content))
                self.arrived.notify_all()
        return answer

    def wait_for(self, count: int, seconds: float = 30) -> None:
        """Return when so many different letters have come; fail the test when they do not."""
        with self.arrived:
            came = self.arrived.wait_for(
                lambda: len({each.content for each in self.letters}) >= count, seconds
            )
        assert came, f"{len(self.letters)} letters came instead of {count}"

    @property
    def environment(self) -> dict[str, str]:
        """What a server process needs to send here."""
        return {"TOURPACA_MAIL_SERVER": self.host, "TOURPACA_MAIL_PORT": str(self.port)}


class FreePort(Controller):
    """aiosmtpd's controller asked for port 0 would then look for its server on port 0: read the real one first."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def smtp_sink() -> Iterator[Sink]:
    """A mail server of this test's own."""
    sink = Sink()
    controller = FreePort(sink, hostname=sink.host, port=0)
    controller.start()
    sink.port = controller.port
    yield sink
    controller.stop()
