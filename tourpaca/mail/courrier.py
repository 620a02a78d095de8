"""A letter on its way to the mail server: Flask-Mail's message, with bytes that are made once and kept."""

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from email.policy import SMTP
from email.utils import format_datetime

import flask_mail

from tourpaca.clock import PARIS
from tourpaca.mail import mime, rules

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
    """Flask-Mail's message with the bytes written by mime.py (CRLF, 7 bits).

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
        one_click: str = "",
        automatic: bool = True,
    ) -> None:
        # Not Flask-Mail's own: it makes a Message-ID each time, and asks the network for this machine's name to do so.
        self.msgId, self.subject, self.sender, self.reply_to = identity, subject, sender, reply_to
        self.recipients, self.cc, self.bcc = [recipient], [], []
        self.body, self.alts = body, {"html": html} if html else {}
        self.date = date.timestamp() if date else None
        self.frozen, self.invitations, self.one_click = frozen, invitations, one_click
        self.automatic = automatic

    def as_bytes(self) -> bytes:
        """Return the bytes of the letter; the same at every call."""
        if not self.frozen:
            self.frozen = mime.letter(self._headers(), self._body())
        return self.frozen

    def _message(self) -> Message:  # type: ignore[override]
        return message_from_bytes(self.as_bytes(), policy=SMTP)

    def _body(self) -> mime.Part:
        """Return the parts put together: a single calendar file is also an alternative, which readers show as a card.

        Several cannot be one file (RFC 5546 §3.2.2: one UID a REQUEST) nor several alternatives.
        """
        said = [mime.text(self.body or "", "plain")]
        said += [mime.text(self.html, "html")] if self.html else []
        if len(self.invitations) == 1:
            said += [mime.calendar(self.invitations[0].text, rules.parameter(self.invitations[0].method))]
        files = [
            mime.calendar(each.text, rules.parameter(each.method), rules.parameter(each.filename))
            for each in self.invitations
        ]
        return mime.multipart("mixed", [mime.multipart("alternative", said, self.msgId), *files], self.msgId)

    def _way_out(self) -> dict[str, str]:
        """Return the headers by which a mail program shows its own button to leave (RFC 8058 §3.1)."""
        if not self.one_click:
            return {}
        return {
            "List-Unsubscribe": f"<{self.one_click}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }

    def _headers(self) -> dict[str, str]:
        shown = {
            "From": str(self.sender),
            "To": ", ".join(map(str, self.recipients)),
            "Reply-To": str(self.reply_to or ""),
            "Subject": self.subject,
            "Date": format_datetime(datetime.fromtimestamp(self.date or 0, PARIS)),
            "Message-ID": self.msgId,
            **(IMPERSONAL if self.automatic else {}),
            **self._way_out(),
        }
        return {name: rules.header_text(value, 900) for name, value in shown.items() if value}
