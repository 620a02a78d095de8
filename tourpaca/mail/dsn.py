"""What a message that came back says: which address refused which letter, for good or for now. Pure: bytes in.

Read: delivery reports (RFC 3464), complaints (RFC 5965), and the plain notices of servers that write no report.
Answers of people and of their machines (RFC 3834) say nothing of an address, nor does anything in doubt.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parseaddr
from typing import Any

from tourpaca.mail.models import DOUX, DUR
from tourpaca.mail.returns import COMPLAINT
from tourpaca.refusal import Refused

_STATUS = re.compile(r"\b([45])\.(\d{1,3})\.(\d{1,3})\b")
_CODE = re.compile(r"(?<![\d.])([45]\d\d)[ \-]")
_IDENTITY = re.compile(r"^Message-ID:\s*(<[^<>\s]+>)", re.I | re.M)
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_DAEMONS = re.compile(r"^(mailer-daemon|postmaster|mail-daemon|mailsystem|microsoftexchange)", re.I)
_FAILED = re.compile(
    r"undeliver|deliver\w* (status|failure)|failure|failed|returned mail|non remis|échec|non délivr", re.I
)
_AWAY = re.compile(
    r"out of (the )?office|auto(matic)?[- ]?(reply|response)|vacation|absen[ct]|réponse automatique", re.I
)
# The server, the size, the policy or a full mailbox: the address itself is good, and may be so tomorrow.
_PASSING = frozenset({("2", "2"), ("2", "3")})
_PASSING_SUBJECTS = frozenset({"3", "5", "6", "7"})


@dataclass(frozen=True)
class Notice:
    """One address that something came back for; `kind` is "dur" or "doux", `message_id` the letter's or empty.

    `email` is empty when only the letter is named. `identity` is the notice's own, the same at each reading.
    """

    email: str
    kind: str
    reason: str
    message_id: str
    identity: str
    complaint: bool = False


def notices(raw: bytes) -> tuple[Notice, ...]:
    """Return what a message says of addresses; nothing when it is an answer, a delay, a receipt or in doubt."""
    message = message_from_bytes(raw)
    identity = str(message.get("Message-ID", "")).strip() or hashlib.sha256(raw).hexdigest()
    letter = _letter_of(message)
    reports = _parts(message, "message/feedback-report")
    if reports:
        return tuple(_complaints(reports[0], letter, identity))
    reports = _parts(message, "message/delivery-status")
    if reports:
        return tuple(_failures(reports[0], letter, identity))
    return tuple(_plain(message, letter, identity)) if _is_plain_notice(message) else ()


def notices_of_hook(told: object) -> tuple[Notice, ...]:
    """Return what a provider tells in JSON: {"email", "kind": "dur"|"doux"|"plainte", "reason", "message_id"}.

    Refuses what names neither an address nor a letter, and another kind.
    """
    fields = told if isinstance(told, dict) else {}
    said = {name: str(fields.get(name) or "").strip() for name in ("email", "kind", "reason", "message_id")}
    if said["kind"] not in (DUR, DOUX, "plainte") or not (said["email"] or said["message_id"]):
        raise Refused("Un retour dit « email » ou « message_id », et « kind » : dur, doux ou plainte.")
    complaint = said["kind"] == "plainte"
    identity = hashlib.sha256(repr(sorted(said.items())).encode()).hexdigest()
    kind, reason = (DUR, COMPLAINT) if complaint else (said["kind"], said["reason"] or "refus sans motif")
    return (Notice(said["email"].lower(), kind, reason, said["message_id"], identity, complaint),)


def kind_of(reason: str) -> str:
    """Return "dur" when a refusal (RFC 3463 status, else RFC 5321 code) is for good and about the address."""
    status = _STATUS.search(reason)
    if status:
        head, subject, detail = status.groups()
        passing = subject in _PASSING_SUBJECTS or (subject, detail) in _PASSING
        return DOUX if head == "4" or passing else DUR
    code = _CODE.search(f"{reason} ")
    return DUR if code and code.group(1).startswith("5") else DOUX


def _failures(report: Message, letter: str, identity: str) -> Iterator[Notice]:
    """Yield one notice a recipient that failed; a delay or a success says nothing."""
    for block in _inside(report):
        email = _recipient(block)
        if str(block.get("Action", "")).strip().lower() == "failed" and email:
            status = str(block.get("Status", "")).split(" ")[0].strip()
            words = str(block.get("Diagnostic-Code", "")).partition(";")[2].strip()
            reason = words if _STATUS.search(words) else f"{status} {words}".strip()
            yield Notice(email, kind_of(status or words), " ".join(reason.split()), letter, identity)


def _recipient(block: Message) -> str:
    """Return the address as we wrote it when it is told, else the one it became on the way."""
    told = str(block.get("Original-Recipient", "") or block.get("Final-Recipient", ""))
    return parseaddr(told.partition(";")[2].strip())[1].lower()


def _complaints(report: Message, letter: str, identity: str) -> Iterator[Notice]:
    """Yield the complaint of an abuse report; its address is often struck out, the letter then says whose it is."""
    told = next(iter(_inside(report)), report)
    if str(told.get("Feedback-Type", "")).strip().lower() == "abuse":
        email = parseaddr(str(told.get("Original-Rcpt-To", "")))[1].lower()
        yield Notice(email, DUR, COMPLAINT, letter, identity, complaint=True)


def _is_plain_notice(message: Message) -> bool:
    """Tell whether a message without a report is a server's refusal: sent by a daemon, and not an absence."""
    sender = parseaddr(str(message.get("From", "")))[1]
    subject = _words(message, "Subject")
    return bool(_DAEMONS.match(sender)) and not _is_answer(message, subject) and bool(_FAILED.search(subject))


def _is_answer(message: Message, subject: str) -> bool:
    told = any(message.get(name) for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply"))
    return told or str(message.get("Precedence", "")).lower() == "auto_reply" or bool(_AWAY.search(subject))


def _plain(message: Message, letter: str, identity: str) -> Iterator[Notice]:
    """Yield the addresses named by the header of Exim and Gmail, else the first that the text gives with a code."""
    text = _text(message)
    line = next((line for line in text.splitlines() if _STATUS.search(line) or _CODE.search(line)), "")
    if not line:
        return
    failed = getaddresses(message.get_all("X-Failed-Recipients", []))
    emails = [address for _, address in failed if "@" in address]
    emails = emails or _ADDRESS.findall(text.partition("Message-ID:")[0])[:1]
    for email in emails:
        yield Notice(email.lower(), kind_of(line), " ".join(line.split()), letter, identity)


def _letter_of(message: Message) -> str:
    """Return the Message-ID of the letter that came back: in its part, its headers alone, or quoted in the text."""
    for part in _parts(message, "message/rfc822"):
        for inside in _inside(part):
            if inside.get("Message-ID"):
                return str(inside["Message-ID"]).strip()
    quoted = [*_parts(message, "text/rfc822-headers"), *_parts(message, "message/rfc822-headers")]
    texts = [_decoded(part) for part in quoted] or [_text(message)]
    found = next((match for text in texts if (match := _IDENTITY.search(text))), None)
    return found.group(1) if found else ""


def _parts(message: Message, kind: str) -> list[Message]:
    return [part for part in message.walk() if part.get_content_type() == kind]


def _inside(part: Message) -> list[Message]:
    """Return the messages that a part holds."""
    payload: Any = part.get_payload()
    return payload if isinstance(payload, list) else []


def _text(message: Message) -> str:
    return "\n".join(_decoded(part) for part in _parts(message, "text/plain"))


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if isinstance(payload, bytes):
        return payload.decode("utf-8", "replace")
    return "".join(inside.as_string() for inside in _inside(part))


def _words(message: Message, name: str) -> str:
    given = str(message.get(name, ""))
    try:
        return str(make_header(decode_header(given)))
    except (HeaderParseError, LookupError, UnicodeError, ValueError):
        return given
