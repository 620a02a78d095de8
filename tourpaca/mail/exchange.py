"""What is said to the mail server for each letter of a connection, in as few exchanges as it allows (RFC 2920)."""

import smtplib
from collections.abc import Iterator
from dataclasses import dataclass

from tourpaca.mail import rules
from tourpaca.mail.models import NOUVEL_ESSAI
from tourpaca.mail.rules import Verdict

Reply = tuple[int, bytes]
STEPS = ("mail", "rcpt", "data")
SILENCE = Verdict(NOUVEL_ESSAI, "pas de réponse du serveur", connection_lost=True)


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who a letter is from and who it is for."""

    sender: str
    recipient: str

    def commands(self) -> tuple[bytes, ...]:
        """Return what announces a letter, the last command asking to hand it over."""
        said = f"MAIL FROM:<{self.sender}>\r\n", f"RCPT TO:<{self.recipient}>\r\n", "DATA\r\n"
        return tuple(line.encode("ascii") for line in said)


class Exchange:
    """The letters of one connection, one after the other.

    Where the server offers PIPELINING, the envelope of the next letter leaves with the end of this one, as RFC 2920
    §3.1 allows: one exchange a letter instead of four. Its replies are read when that letter's turn comes: until then
    `ahead` is the only envelope that may follow, and a connection given up meanwhile is closed without a word.
    """

    def __init__(self, host: smtplib.SMTP) -> None:
        self._host = host
        self._grouped = host.has_extn("pipelining")
        self.ahead: Envelope | None = None

    def carry(self, envelope: Envelope, letter: bytes, following: Envelope | None = None) -> Verdict:
        """Hand one letter over, CRLF lines, and return what the server said of it.

        `following` is the envelope of the letter that comes next, if it is known. Raises when the connection breaks.
        """
        refused = self._announce(envelope)
        if refused:
            return refused
        self.ahead = following if self._grouped else None
        group = self.ahead.commands() if self.ahead else ()
        self._host.send(_dot_stuffed(letter) + b"".join(group))
        return verdict("end", self._host.getreply())

    def _announce(self, envelope: Envelope) -> Verdict | None:
        """Say who the letter is for, unless that was said already; return why it cannot follow, or None."""
        said, self.ahead = self.ahead, None
        replies = self._one_by_one(envelope) if not self._grouped else self._together(envelope, said)
        told = list(zip(STEPS, replies, strict=False))
        refused = next((verdict(step, reply) for step, reply in told if not _is_good(reply)), None)
        if refused and not refused.connection_lost:
            self._forget([code for _, (code, _) in told])
        return refused

    def _one_by_one(self, envelope: Envelope) -> Iterator[Reply]:
        """Ask step by step, until one is refused."""
        for command in envelope.commands():
            self._host.send(command)
            yield (reply := self._host.getreply())
            if not _is_good(reply):
                return

    def _together(self, envelope: Envelope, said: Envelope | None) -> Iterator[Reply]:
        """Ask in one group unless that left already; every reply is read, whatever the first ones say."""
        if said is None:
            self._host.send(b"".join(envelope.commands()))
        return iter([self._host.getreply() for _ in STEPS])

    def _forget(self, codes: list[int]) -> None:
        """Leave the letter that was refused, so that the next one starts afresh on the same connection.

        A server may open DATA although it refused the recipient: a lone dot ends it (RFC 2920 §3.1). Had it taken the
        recipient, the dot would be an empty letter: the connection is closed instead.
        """
        if codes[-1] == 354 and codes[1] < 400:
            self._host.close()
            return
        if codes[-1] == 354:
            self._host.send(b".\r\n")
            self._host.getreply()
        self._host.rset()


def _is_good(reply: Reply) -> bool:
    return 200 <= reply[0] < 400


def verdict(step: str, reply: Reply) -> Verdict:
    """Return what an answer means; what is no answer of SMTP is silence."""
    code, text = reply
    return rules.verdict(step, code, line(text)) if code >= 200 else SILENCE


def line(text: bytes | str) -> str:
    """Return the server's words on one line, at most 300 signs."""
    plain = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return " ".join(plain.split())[:300]


def _dot_stuffed(letter: bytes) -> bytes:
    """Return a letter of CRLF lines with its leading dots doubled and its end marked (RFC 5321 §4.5.2)."""
    end = b".\r\n" if letter.endswith(b"\r\n") else b"\r\n.\r\n"
    return (b"." if letter.startswith(b".") else b"") + letter.replace(b"\r\n.", b"\r\n..") + end
