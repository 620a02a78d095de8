"""A letter sent at once to try the settings, with the whole conversation that carried it."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from tourpaca import french, security, setting
from tourpaca.mail import rules, signing
from tourpaca.mail.connection import FAULTS, SafeConnection, SafeMail, fault_verdict
from tourpaca.mail.courrier import Courrier
from tourpaca.mail.models import PARTI, REFUSE, RETENU
from tourpaca.mail.punctual import Punctual, PunctualSSL
from tourpaca.mail.rules import Verdict

SUBJECT = "Essai du courrier"
BODY = "Bonjour,\n\nCe message montre que le courrier de la tournée part. Il n’y a rien à faire.\n"
SECRET = "(masqué)"
ADVICE = {
    PARTI: "Le serveur a pris le message. Vérifiez qu’il arrive, et pas parmi les indésirables.",
    REFUSE: "Le serveur a refusé ce message : sa réponse, à la dernière ligne, dit pourquoi.",
    RETENU: "Un réglage est à corriger chez la personne qui héberge le site, puis le site est à redémarrer.",
}
LATER = "Rien n’est à changer pour l’instant si le serveur revient : refaites l’essai dans quelques minutes."


@dataclass(frozen=True)
class Rehearsal:
    """What a trial said: its verdict, what to do, and each line with who said it ("nous" or "le serveur").

    `signature` says whether the key that is published answers to the letter's signature, when one is set.
    """

    verdict: Verdict
    advice: str
    lines: list[tuple[str, str]] = field(default_factory=list)
    signature: str = ""

    @property
    def passed(self) -> bool:
        """Whether the server took the letter."""
        return self.verdict.state == PARTI


class _Told:
    """A conversation that is written down; names and passwords are not, nor the text of the letter."""

    _secret = False

    def __init__(self, told: list[tuple[str, str]], *where: Any, **secured: Any) -> None:
        self._told = told
        super().__init__(*where, **secured)

    def send(self, s: Any) -> None:
        text = s if isinstance(s, str) else s.decode("ascii", "replace")
        if self._secret:
            said = f"AUTH {SECRET}" if text.startswith("AUTH") else SECRET
        elif text.endswith("\r\n.\r\n"):
            said = f"(la lettre, {french.number(len(text))} signes)"
        else:
            said = text.strip()
        self._told += [("nous", line) for line in said.splitlines()]
        super().send(s)  # type: ignore[misc]

    def getreply(self) -> tuple[int, bytes]:
        code, text = super().getreply()  # type: ignore[misc]
        lines = text.decode("utf-8", "replace").splitlines() or [""]
        # The challenge of a password tells half of its answer.
        said = [SECRET] if self._secret and code == 334 else lines
        self._told += [("le serveur", f"{code} {line}".strip()) for line in said]
        return code, text

    def auth(self, *given: Any, **options: Any) -> Any:
        self._secret = True
        try:
            return super().auth(*given, **options)  # type: ignore[misc]
        finally:
            self._secret = False


class _Plain(_Told, Punctual):
    """The conversation as it begins in clear."""


class _Secured(_Told, PunctualSSL):
    """The conversation encrypted from the first byte."""


def try_out(email: str, now: datetime, mail: SafeMail) -> Rehearsal:
    """Send one letter to an address at once and return what was said; 25 s at most. Nothing is written anywhere."""
    if fault := signing.fault():
        return Rehearsal(Verdict(RETENU, fault), french.typo(ADVICE[RETENU]))
    told: list[tuple[str, str]] = []
    connection = mail.connect()
    connection.plain, connection.secured = partial(_Plain, told), partial(_Secured, told)
    letter = _letter(email, now)
    verdict = _carried(connection, letter)
    signature = french.typo(signing.answered(letter.as_bytes())) if signing.is_set() else ""
    return Rehearsal(verdict, french.typo(ADVICE.get(verdict.state, LATER)), told, signature)


def _carried(connection: SafeConnection, letter: Courrier) -> Verdict:
    try:
        with connection:
            return connection.send(letter)
    except FAULTS as fault:
        return fault_verdict(fault)


def _letter(email: str, now: datetime) -> Courrier:
    identity = f"<{security.new_token()}@{setting.host()}>"
    letter = Courrier(identity, SUBJECT, setting.sender(), rules.mailbox(email), body=BODY, date=now)
    letter.frozen = signing.signed(letter.as_bytes())
    return letter
