"""What may enter a header or an envelope, and what a mail server's answer means for a letter."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta

from tourpaca import calendar_text
from tourpaca.mail.models import NOUVEL_ESSAI, PARTI, REFUSE, RETENU
from tourpaca.refusal import Refused

RETRY_FOR = timedelta(days=5)
DELAYS = (60, 120, 300, 600, 1800, 3600, 7200, 14400)
HELD_DELAYS = (15, 30, 60, 120, 300)
OVER = "la séance est passée"
NO_MAILBOX = "Cette adresse ne peut pas recevoir de courriel : corrigez-la, puis renvoyez le message."
_LOCAL = re.compile(r"(?!.*=\?)[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
_DOMAIN = re.compile(r"(?=.{1,253}\Z)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.?)+")
_TOKEN = re.compile(r"[A-Za-z0-9._-]{1,100}")
_CODES = re.compile(r"(\d{3})(?: [245]\.(\d+)\.(\d+))?")
_LINE_ENDS = {"\u2028", "\u2029"}


@dataclass(frozen=True)
class Verdict:
    """What becomes of a letter after a try.

    `connection_lost` when nothing more can be said on this connection; `holds_all` when every letter must wait, because
    the server or a setting is to blame: the try then does not count against this one.
    """

    state: str
    answer: str
    connection_lost: bool = False
    holds_all: bool = False


def header_text(text: str, limit: int = 250) -> str:
    """Return a text fit for a header: one line, no control character, nothing that decodes into either.

    Refuses line ends (RFC 5322 §2.2: they would begin another header); cuts what no server would carry.
    """
    if any(unicodedata.category(sign) == "Cc" or sign in _LINE_ENDS for sign in text):
        raise Refused("Un saut de ligne s’est glissé dans l’objet, un nom ou une adresse de ce message.")
    return text.replace("=?", "= ?")[:limit]


def parameter(text: str) -> str:
    """Return the name or the type of a file as a parameter of a header holds it (RFC 2045 §5.1).

    Nobody types it: refuses all but plain letters, digits and « . _ - », which close no quote.
    """
    if not _TOKEN.fullmatch(text):
        raise Refused("Le nom d’un fichier joint ne peut pas voyager : l’équipe technique est prévenue.")
    return text


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
        raise Refused(NO_MAILBOX)
    return f"{local}@{domain}"


def verdict(step: str, code: int, text: str) -> Verdict:
    """Return what an answer of the server means, by its step ("open", "auth", "mail", "rcpt", "data", "end").

    2xx at the end is sent. 4xx is tried again. 5xx is final for this letter at RCPT and after. A refusal of the
    name, the password or the sender is a fault of the setting: every letter is held until it is mended.
    421 and 454 speak of the connection. What they mean for the team stands before the server's words.
    """
    answer = calendar_text.line(f"{code} {text}")
    if step == "end" and 200 <= code < 300:
        return Verdict(PARTI, answer)
    if meaning := _of_setting(step, code):
        return Verdict(RETENU, f"{meaning} : {answer}", connection_lost=True)
    if step in ("open", "auth") or code in (421, 454):
        return Verdict(
            NOUVEL_ESSAI, f"le serveur ne prend rien pour l’instant : {answer}", connection_lost=True
        )
    return Verdict(REFUSE if code >= 500 else NOUVEL_ESSAI, answer)


def _of_setting(step: str, code: int) -> str:
    """Return what an answer says of the setting, or an empty text: it is about the letter or of the moment."""
    if code in (530, 534, 538):
        return "le serveur demande un nom et un mot de passe, ou une connexion chiffrée, à régler"
    if code == 535 or (step == "auth" and code >= 500):
        return "le serveur refuse le nom ou le mot de passe réglés"
    if step == "mail" and code >= 500:
        return "le serveur refuse l’adresse d’expédition réglée"
    return ""


def blames_address(answer: str) -> bool:
    """Tell whether a refusal is about the address itself, which the team can correct.

    The enhanced status says it where the server gives one (RFC 3463: x.1.y, and x.2.1 for a closed mailbox);
    else the code does (RFC 5321 §4.2.3: 550, 551 and 553).
    """
    found = _CODES.match(answer)
    if answer == NO_MAILBOX or not found:
        return answer == NO_MAILBOX
    code, subject, detail = found.groups()
    return (subject == "1" or (subject, detail) == ("2", "1")) if subject else code in ("550", "551", "553")


def final(said: Verdict, age: timedelta, tries: int) -> Verdict:
    """Return the verdict, given up when its own address has been put off for five days (RFC 5321 §4.5.4.1).

    A fault of the connection never gives a letter up; nor do the first tries of an old letter sent again.
    """
    tired = age > RETRY_FOR and tries > len(DELAYS)
    if said.state == NOUVEL_ESSAI and not said.connection_lost and tired:
        return Verdict(REFUSE, f"{said.answer} (après cinq jours d’essais)")
    return said


def delay(attempts: int, held: bool, chance: float) -> timedelta:
    """Return how long to wait before the next try: growing, and scattered by `chance` (0 to 1) to ± 20 %.

    `held` is for faults that keep every letter waiting: short, so that they leave soon after it is mended.
    """
    steps = HELD_DELAYS if held else DELAYS
    seconds = steps[min(max(attempts, 1), len(steps)) - 1]
    return timedelta(seconds=seconds * (0.8 + 0.4 * chance))
