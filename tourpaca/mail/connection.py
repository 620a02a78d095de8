"""The way to the mail server: Flask-Mail made safe, with time limits and verified TLS."""

import smtplib
import socket
import ssl
from collections.abc import Callable
from types import TracebackType

from flask_mail import Connection, Mail, Message, email_dispatched

from tourpaca import setting
from tourpaca.mail import exchange, rules
from tourpaca.mail.exchange import SILENCE, Envelope, Exchange
from tourpaca.mail.models import NOUVEL_ESSAI, PARTI, RETENU
from tourpaca.mail.punctual import Punctual, PunctualSSL
from tourpaca.mail.rules import Verdict

# For the opening, and again for each letter: a slow mailbox keeps the others waiting no longer than that.
TIMEOUT = 10
LEAVE = 1
# A name of a host that is no name at all is a UnicodeError.
FAULTS = (smtplib.SMTPException, OSError, UnicodeError)
UNKNOWN_HOST = "le nom du serveur de courrier est introuvable : à régler"
FAULT_WORDS: tuple[tuple[type[Exception], str, str], ...] = (
    (ssl.SSLCertVerificationError, RETENU, "le certificat du serveur n’est pas reconnu : à régler"),
    (ssl.SSLEOFError, NOUVEL_ESSAI, SILENCE.answer),
    (ssl.SSLError, RETENU, "le serveur ne chiffre pas comme le réglage le demande : à régler"),
    (smtplib.SMTPNotSupportedError, RETENU, "le serveur n’offre pas ce que le réglage demande : à régler"),
    (UnicodeError, RETENU, UNKNOWN_HOST),
    (ConnectionRefusedError, NOUVEL_ESSAI, "aucun serveur de courrier à cette adresse"),
)


class SafeConnection(Connection):
    """A connection on which each letter takes 10 s at most and whose certificate is checked.

    `send` returns the server's word on the letter instead of raising; only `__enter__` raises.
    """

    plain: Callable[..., Punctual] = Punctual
    secured: Callable[..., Punctual] = PunctualSSL
    _exchange: Exchange | None = None

    def configure_host(self) -> Punctual:
        """Open the connection; raises what smtplib and ssl raise when the server or the settings fail."""
        host = self._call()
        try:
            self._enter_by(host)
        except BaseException:
            host.close()
            raise
        return host

    def _call(self) -> Punctual:
        # Named, or smtplib asks the network for this machine's name.
        mail, here = self.mail, setting.host()
        if mail.use_ssl:
            trusted = ssl.create_default_context()
            return self.secured(mail.server, mail.port, here, TIMEOUT, context=trusted)
        return self.plain(mail.server, mail.port, here, TIMEOUT)

    def _enter_by(self, host: Punctual) -> None:
        mail = self.mail
        if mail.use_tls:
            host.starttls(context=ssl.create_default_context())
        if mail.username and mail.password:
            host.login(mail.username, mail.password)
        host.ehlo_or_helo_if_needed()
        # Small commands must not wait for the acknowledgement of the ones before (40 ms a letter on some systems).
        if host.sock:
            host.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take leave; a server that has hung up already did not refuse the letters it accepted."""
        if not isinstance(self.host, Punctual):
            return
        try:
            if not self._ahead:
                self.host.begin(LEAVE)
                self.host.quit()
        except FAULTS:
            pass
        # Once a letter was announced no leave can be taken: what is said next would be its text.
        self.host.close()

    def send(  # type: ignore[override]
        self,
        message: Message,
        envelope_from: str | tuple[str, str] | None = None,
        following: Message | None = None,
    ) -> Verdict:
        """Hand one letter over and return what the server said; the bytes go as they are.

        `following` is the letter that comes next, if it is known: what can be said of it may leave with this one.
        """
        said = self._hand_over(message, following)
        if said.state == PARTI:
            email_dispatched.send(self.mail, message=message)
        return said

    def can_carry(self, message: Message) -> bool:
        """Tell whether a letter may be the next: once one was announced, no other can take its place."""
        return self._ahead in (None, _envelope(message))

    @property
    def _ahead(self) -> Envelope | None:
        return self._exchange.ahead if self._exchange else None

    def _hand_over(self, message: Message, following: Message | None) -> Verdict:
        if not isinstance(self.host, Punctual):
            return Verdict(PARTI, "envoi suspendu par le réglage")
        self._exchange = self._exchange or Exchange(self.host)
        try:
            self.host.begin(TIMEOUT)
            after = _envelope(following) if following else None
            return self._exchange.carry(_envelope(message), message.as_bytes(), after)
        except FAULTS:
            self.host.close()
            return SILENCE


def _envelope(message: Message) -> Envelope:
    (recipient,) = message.send_to
    return Envelope(str(message.sender), str(recipient))


class SafeMail(Mail):
    """Flask-Mail's façade over safe connections."""

    def connect(self) -> SafeConnection:
        """Return a connection to enter; the settings are those of the running application."""
        return SafeConnection(super().connect().mail)


def fault_verdict(fault: Exception) -> Verdict:
    """Return what a failed opening means: every letter waits, with words that say where to look."""
    if isinstance(fault, smtplib.SMTPResponseException):
        step = "auth" if isinstance(fault, smtplib.SMTPAuthenticationError) else "open"
        return rules.verdict(step, fault.smtp_code, exchange.line(fault.smtp_error))
    if isinstance(fault, socket.gaierror):
        return _unknown_host(fault)
    found = (Verdict(state, words, True) for kind, state, words in FAULT_WORDS if isinstance(fault, kind))
    return next(found, SILENCE)


def _unknown_host(fault: socket.gaierror) -> Verdict:
    """Return what a name without an address means; the name server itself may be away for a moment."""
    if fault.errno == socket.EAI_AGAIN:
        return Verdict(NOUVEL_ESSAI, "le service des noms ne répond pas pour l’instant", connection_lost=True)
    return Verdict(RETENU, UNKNOWN_HOST, connection_lost=True)
