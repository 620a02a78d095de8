"""The way to the mail server: Flask-Mail made safe (time limits, verified TLS) and fast (PIPELINING)."""

import smtplib
import socket
import ssl
from types import TracebackType

from flask_mail import Connection, Mail, Message, email_dispatched

from tourpaca import setting
from tourpaca.mail import rules
from tourpaca.mail.models import NOUVEL_ESSAI, PARTI
from tourpaca.mail.rules import Verdict

TIMEOUT = 10
Reply = tuple[int, bytes]
FAULTS = (smtplib.SMTPException, OSError)
SILENCE = Verdict(NOUVEL_ESSAI, "pas de réponse du serveur", connection_lost=True)


class SafeConnection(Connection):
    """A connection whose every wait ends within 10 s and whose certificate is checked.

    `send` returns the server's word on the letter instead of raising; only `__enter__` raises.
    """

    def configure_host(self) -> smtplib.SMTP:
        """Open the connection; raises what smtplib and ssl raise when the server or the settings fail."""
        mail = self.mail
        # Named, or smtplib asks the network for this machine's name.
        here = setting.host()
        if mail.use_ssl:
            trusted = ssl.create_default_context()
            host: smtplib.SMTP = smtplib.SMTP_SSL(
                mail.server, mail.port, here, timeout=TIMEOUT, context=trusted
            )
        else:
            host = smtplib.SMTP(mail.server, mail.port, here, TIMEOUT)
        if mail.use_tls:
            host.starttls(context=ssl.create_default_context())
        if mail.username and mail.password:
            host.login(mail.username, mail.password)
        host.ehlo_or_helo_if_needed()
        # Small commands must not wait for the acknowledgement of the ones before (40 ms a letter on some systems).
        if host.sock:
            host.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return host

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take leave; a server that has hung up already did not refuse the letters it accepted."""
        if self.host is not None:
            try:
                self.host.quit()
            except FAULTS:
                self.host.close()

    def send(self, message: Message, envelope_from: str | tuple[str, str] | None = None) -> Verdict:  # type: ignore[override]
        """Hand one letter over and return what the server said; the bytes go as they are."""
        said = self._hand_over(message, str(envelope_from or message.sender))
        if said.state == PARTI:
            email_dispatched.send(self.mail, message=message)
        return said

    def _hand_over(self, message: Message, sender: str) -> Verdict:
        if self.host is None:
            return Verdict(PARTI, "envoi suspendu par le réglage")
        (recipient,) = message.send_to
        try:
            return _exchange(self.host, sender, str(recipient), message.as_bytes())
        except FAULTS:
            self.host.close()
            return SILENCE


class SafeMail(Mail):
    """Flask-Mail's façade over safe connections."""

    def connect(self) -> SafeConnection:
        """Return a connection to enter; the settings are those of the running application."""
        return SafeConnection(super().connect().mail)


def fault_verdict(fault: Exception) -> Verdict:
    """Return what a failed opening means: every letter waits, with words that say where to look."""
    if isinstance(fault, smtplib.SMTPResponseException):
        return Verdict(NOUVEL_ESSAI, f"{fault.smtp_code} {_line(fault.smtp_error)}", connection_lost=True)
    if isinstance(fault, ssl.SSLError):
        return Verdict(NOUVEL_ESSAI, "le certificat du serveur n’est pas reconnu", connection_lost=True)
    if isinstance(fault, smtplib.SMTPNotSupportedError):
        return Verdict(NOUVEL_ESSAI, "le serveur n’offre pas ce que le réglage demande", connection_lost=True)
    return SILENCE


def _exchange(host: smtplib.SMTP, sender: str, recipient: str, letter: bytes) -> Verdict:
    """Send one letter; the commands go in one group where the server offers PIPELINING (RFC 2920)."""
    commands = (
        ("mail", f"MAIL FROM:<{sender}>\r\n".encode("ascii")),
        ("rcpt", f"RCPT TO:<{recipient}>\r\n".encode("ascii")),
        ("data", b"DATA\r\n"),
    )
    ask = _together if host.has_extn("pipelining") else _one_by_one
    refused = ask(host, commands)
    if refused:
        return refused
    host.send(_dot_stuffed(letter))
    return _verdict("end", host.getreply())


def _together(host: smtplib.SMTP, commands: tuple[tuple[str, bytes], ...]) -> Verdict | None:
    host.send(b"".join(command for _, command in commands))
    replies = [(step, host.getreply()) for step, _ in commands]
    refused = next((_verdict(*reply) for reply in replies if reply[1][0] >= 400), None)
    if refused and replies[-1][1][0] == 354:
        # The server opened DATA although it refused before: a lone dot ends it (RFC 2920 §3.1).
        host.send(b".\r\n")
        host.getreply()
    return _left_clean(host, refused)


def _one_by_one(host: smtplib.SMTP, commands: tuple[tuple[str, bytes], ...]) -> Verdict | None:
    for step, command in commands:
        host.send(command)
        reply = host.getreply()
        if reply[0] >= 400:
            return _left_clean(host, _verdict(step, reply))
    return None


def _left_clean(host: smtplib.SMTP, refused: Verdict | None) -> Verdict | None:
    """Forget the letter that was refused, so that the next one starts afresh on the same connection."""
    if refused and not refused.connection_lost:
        host.rset()
    return refused


def _verdict(step: str, reply: Reply) -> Verdict:
    code, text = reply
    if code < 200:
        return SILENCE
    return rules.verdict(step, code, _line(text))


def _line(text: bytes | str) -> str:
    plain = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return " ".join(plain.split())[:300]


def _dot_stuffed(letter: bytes) -> bytes:
    """Return a letter of CRLF lines with its leading dots doubled and its end marked (RFC 5321 §4.5.2)."""
    end = b".\r\n" if letter.endswith(b"\r\n") else b"\r\n.\r\n"
    return (b"." if letter.startswith(b".") else b"") + letter.replace(b"\r\n.", b"\r\n..") + end
