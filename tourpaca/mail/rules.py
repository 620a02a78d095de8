"""What may enter a header or an envelope, and what a mail server's answer means for a letter."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta

from tourpaca.mail.models import NOUVEL_ESSAI, PARTI, REFUSE
from tourpaca.refusal import Refused

RETRY_FOR = timedelta(days=5)
DELAYS = (60, 120, 300, 600, 1800, 3600, 7200, 14400)
HELD_DELAYS = (15, 30, 60, 120, 300)
_LOCAL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
_DOMAIN = re.compile(r"(?=.{1,253}\Z)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.?)+")
_LINE_ENDS = {"\u2028", "\u2029"}


@dataclass(frozen=True)
class Verdict:
    """What becomes of a letter after a try; a fault of the connection holds every letter, not this one."""

    state: str
    answer: str
    connection_lost: bool = False


def header_text(text: str, limit: int = 250) -> str:
    """Return a text fit for a header: one line, no control character, nothing that decodes into either.

    Refuses line ends (RFC 5322 §2.2: they would begin another header); cuts what no server would carry.
    """
    if any(unicodedata.category(sign) == "Cc" or sign in _LINE_ENDS for sign in text):
        raise Refused("Un saut de ligne s’est glissé dans l’objet, un nom ou une adresse de ce message.")
    return text.replace("=?", "= ?")[:limit]


def display_name(text: str) -> str:
    """Return the name shown beside an address, without the signs that mail readers take for an address."""
    plain = re.sub(r"[@:,;\"<>()\[\]\\]", " ", header_text(text))
    return " ".join(plain.split())[:75]


def mailbox(address: str) -> str:
    """Return an address as the envelope wants it, in ASCII (RFC 5321 §4.1.2; foreign domains by IDNA).

    Refuses an accented local part: it would need SMTPUTF8 on every server of the way.
    """
    local, _, domain = address.rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        domain = ""
    if not (_LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain)):
        raise Refused(
            "Cette adresse ne peut pas recevoir de courriel : corrigez-la, puis renvoyez le message."
        )
    return f"{local}@{domain}"


def verdict(step: str, code: int, text: str) -> Verdict:
    """Return what an answer of the server means, by the step it came at ("mail", "rcpt", "data", "end").

    2xx at the end is sent. 4xx is tried again. 5xx is final for this letter at RCPT and after; at MAIL it is
    about the sender, so the setting is at fault and every letter waits. 421 and 53x speak of the connection.
    """
    answer = f"{code} {text}".strip()
    if step == "end" and 200 <= code < 300:
        return Verdict(PARTI, answer)
    if code == 421 or code in (454, 530, 534, 535, 538) or (step == "mail" and code >= 500):
        return Verdict(NOUVEL_ESSAI, answer, connection_lost=True)
    return Verdict(REFUSE if code >= 500 else NOUVEL_ESSAI, answer)


def final(said: Verdict, age: timedelta) -> Verdict:
    """Return the verdict, given up when its own address has been put off for five days (RFC 5321 §4.5.4.1).

    A fault of the connection never gives a letter up.
    """
    if said.state == NOUVEL_ESSAI and not said.connection_lost and age > RETRY_FOR:
        return Verdict(REFUSE, f"{said.answer} (après cinq jours d’essais)")
    return said


def delay(attempts: int, held: bool, chance: float) -> timedelta:
    """Return how long to wait before the next try: growing, and scattered by `chance` (0 to 1) to ± 20 %.

    `held` is for faults of the connection: short, so that the queue drains soon after the server is back.
    """
    steps = HELD_DELAYS if held else DELAYS
    seconds = steps[min(max(attempts, 1), len(steps)) - 1]
    return timedelta(seconds=seconds * (0.8 + 0.4 * chance))
