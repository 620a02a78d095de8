"""A letter on its way to the mail server: Flask-Mail's message, with bytes that are made once and kept."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage, Message
from email.policy import SMTP
from email.utils import format_datetime

import flask_mail

from tourpaca.clock import PARIS
from tourpaca.mail import rules

IMPERSONAL = {
    "Auto-Submitted": "auto-generated",  # RFC 3834: no robot answers a robot
    "X-Auto-Response-Suppress": "OOF, NRN, AutoReply, RN",
}


@dataclass(frozen=True)
class Invitation:
    """One calendar file of a letter, with its iTIP method."""

    filename: str
    method: str
    text: str


class Courrier(flask_mail.Message):
    """Flask-Mail's message with the body built by the standard library (policy SMTP, CRLF, 7 bits).

    `frozen` holds bytes made before; they are sent as they are. `identity` is the Message-ID.
    Line ends are refused in every header, attachment names and types included; Flask-Mail only guards four.
    """

    def __init__(
        self,
        identity: str,
        subject: str,
        sender: str,
        recipient: str,
        frozen: bytes = b"",
        body: str = "",
        html: str | None = None,
        reply_to: str | None = None,
        date: datetime | None = None,
        invitations: tuple[Invitation, ...] = (),
    ) -> None:
        # Not Flask-Mail's own: it makes a Message-ID each time, and asks the network for this machine's name to do so.
        self.msgId, self.subject, self.sender, self.reply_to = identity, subject, sender, reply_to
        self.recipients, self.cc, self.bcc = [recipient], [], []
        self.body, self.alts = body, {"html": html} if html else {}
        self.date = date.timestamp() if date else None
        self.frozen, self.invitations = frozen, invitations

    def as_bytes(self) -> bytes:
        """Return the bytes of the letter; the same at every call."""
        if not self.frozen:
            self.frozen = self._message().as_bytes()
        return self.frozen

    def _message(self) -> EmailMessage:  # type: ignore[override]
        message = EmailMessage(policy=SMTP)
        for name, value in self._headers().items():
            message[name] = value
        message.set_content(self.body, cte="quoted-printable")
        if self.html:
            message.add_alternative(self.html, subtype="html", cte="quoted-printable")
        self._invite(message)
        _fix_boundaries(message, self.msgId)
        return message

    def _headers(self) -> dict[str, str]:
        shown = {
            "From": str(self.sender),
            "To": ", ".join(map(str, self.recipients)),
            "Reply-To": str(self.reply_to or ""),
            "Subject": self.subject,
            "Date": format_datetime(datetime.fromtimestamp(self.date or 0, PARIS)),
            "Message-ID": self.msgId,
            **IMPERSONAL,
        }
        return {name: rules.header_text(value, 900) for name, value in shown.items() if value}

    def _invite(self, message: EmailMessage) -> None:
        """Put the calendar files in: a single one also as an alternative, which mail readers show as a card.

        Several cannot be one file (RFC 5546 §3.2.2: one UID a REQUEST) nor several alternatives.
        """
        if len(self.invitations) == 1:
            only = self.invitations[0]
            message.add_alternative(
                only.text, subtype="calendar", cte="base64", params={"method": only.method}
            )
        for each in self.invitations:
            message.add_attachment(
                each.text,
                subtype="calendar",
                cte="base64",
                filename=rules.header_text(each.filename),
                params={"method": each.method},
            )


def _fix_boundaries(message: Message, identity: str) -> None:
    """Name the boundaries after the letter, so that composing twice gives the same bytes."""
    for rank, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"=_{rank}_{hashlib.sha256(identity.encode()).hexdigest()[:24]}")
