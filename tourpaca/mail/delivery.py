"""Delivery: due letters are leased, frozen, handed to the mail server, and its answers written down.

No transaction is ever open while the server is spoken to. The promise: a letter is never lost; it is repeated
only after a crash or a lost reply, always with the same bytes and Message-ID.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from tourpaca import setting
from tourpaca.mail import composition, lease, rules
from tourpaca.mail.connection import FAULTS, SILENCE, SafeConnection, SafeMail, fault_verdict
from tourpaca.mail.courrier import Courrier
from tourpaca.mail.models import NOUVEL_ESSAI, REFUSE, Letter, Mime
from tourpaca.mail.rules import Verdict
from tourpaca.refusal import Refused

RECORD_EVERY = 10
RECORD_WITHIN = timedelta(seconds=5)
Now = Callable[[], datetime]
Stop = Callable[[], bool]

log = logging.getLogger("tourpaca")
mailer = SafeMail()


@dataclass
class Outcome:
    """What a round did: how many letters were tried, and whether the server or the settings failed."""

    tried: int = 0
    held: bool = False


class Line:
    """One connection kept from letter to letter; opened by the first one, opened again once when it breaks."""

    def __init__(self) -> None:
        self._connection: SafeConnection | None = None
        self._faults = 0
        self.trouble: Verdict | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._hang_up()

    def send(self, letter: Letter) -> Verdict:
        """Hand one letter over; `trouble` is set when the connection is to blame and the others must wait."""
        said = self._try(letter)
        self._faults = self._faults + 1 if said.connection_lost else 0
        if said.connection_lost:
            self._hang_up()
        if said.connection_lost and (self._faults > 1 or said.answer != SILENCE.answer):
            self.trouble = said
        return said

    def _try(self, letter: Letter) -> Verdict:
        try:
            self._connection = self._connection or mailer.connect().__enter__()
        except FAULTS as fault:
            self._faults += 1
            return fault_verdict(fault)
        return self._connection.send(
            Courrier(
                identity=letter.message_id,
                frozen=letter.mime.content if letter.mime else b"",
                subject=letter.subject,
                sender=setting.sender(),
                recipient=rules.mailbox(letter.to_email),
            )
        )

    def _hang_up(self) -> None:
        if self._connection:
            self._connection.__exit__(None, None, None)
        self._connection = None


def deliver(now: Now, stop: Stop = lambda: False) -> Outcome:
    """Carry every letter that is due, lot after lot over one connection, until none is due, a stop or a fault.

    Without a mail server nothing is touched: the letters wait, readable, in the outbox.
    """
    outcome = Outcome()
    if not (setting.mail_is_set() and lease.something_is_due(now())):
        return outcome
    with Line() as line:
        while not stop() and not line.trouble:
            lot = lease.claim(now())
            if not lot:
                break
            outcome.tried += len(lot)
            _carry(_freeze(lot, now), line, now, stop)
    outcome.held = line.trouble is not None
    return outcome


def _freeze(lot: list[Letter], now: Now) -> list[Letter]:
    """Compose what was never composed and commit the bytes, before the first of them leaves."""
    fresh = [letter for letter in lot if letter.mime is None]
    spoiled = [(letter, verdict) for letter in fresh if (verdict := _compose(letter))]
    lost = lease.freeze([letter for letter in fresh if letter.mime])
    lease.record(spoiled, now())
    return [letter for letter in lot if letter.mime and letter not in lost]


def _compose(letter: Letter) -> Verdict | None:
    """Fill in the bytes, or say why not: one faulty letter must never keep the others from leaving."""
    try:
        letter.mime = Mime(content=composition.compose(letter))
    except Refused as refused:
        return Verdict(REFUSE, refused.message)
    except Exception:
        log.exception("letter not composed", extra={"facts": {"letter": letter.id}})
        return Verdict(NOUVEL_ESSAI, "ce message n’a pas pu être composé ; l’équipe technique est prévenue")
    return None


def _carry(lot: list[Letter], line: Line, now: Now, stop: Stop) -> None:
    """Send a lot and write the answers by ten; whatever happens, what was answered is written."""
    waiting, answered, written = list(lot), [], now()
    try:
        while waiting and not stop() and not line.trouble:
            letter = waiting[0]
            answered.append((letter, line.send(letter)))
            waiting.pop(0)
            if len(answered) >= RECORD_EVERY or now() - written >= RECORD_WITHIN:
                lease.record(answered, now(), waiting)
                answered, written = [], now()
    finally:
        lease.record(answered, now())
        _give_back(waiting, line.trouble, now())


def _give_back(waiting: list[Letter], trouble: Verdict | None, instant: datetime) -> None:
    if trouble:
        lease.record([(letter, trouble) for letter in waiting], instant)
    else:
        lease.release(waiting)
