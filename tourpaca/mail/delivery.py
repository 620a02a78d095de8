"""Delivery: due letters are leased, frozen, handed to the mail server, and its answers written down.

No transaction is ever open while the server is spoken to. The promise: a letter is never lost; it is repeated
only after a crash or a lost reply, always with the same bytes and Message-ID.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from tourpaca import setting
from tourpaca.mail import composition, holding, lease, rules, signing
from tourpaca.mail.connection import FAULTS, SafeConnection, SafeMail, fault_verdict
from tourpaca.mail.courrier import Courrier
from tourpaca.mail.exchange import SILENCE
from tourpaca.mail.lease import Leased
from tourpaca.mail.models import NOUVEL_ESSAI, PARTI, PERIME, REFUSE, RETENU
from tourpaca.mail.rules import Verdict
from tourpaca.refusal import Refused

RECORD_EVERY = 10
# A slow server is asked after more often, so that a send stops within the second and its list is exact.
GLANCE = timedelta(seconds=0.5)
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
        self._faults, self._carried = 0, 0
        self.trouble: Verdict | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._hang_up()

    def send(self, letter: Leased, following: Leased | None = None) -> Verdict:
        """Hand one letter over; `trouble` is set when the connection is to blame and the others must wait.

        `following` is the letter that comes next; when another comes instead, the connection is opened again.
        """
        said = self._try(letter, following)
        if said.connection_lost and said.answer != SILENCE.answer and self._carried:
            # It only takes so many letters on a connection: none of this one was kept, it may go by the next.
            self._hang_up()
            said = self._try(letter, following)
        self._faults = self._faults + 1 if said.connection_lost else 0
        self._carried += said.state == PARTI
        if said.connection_lost:
            self._hang_up()
        if said.connection_lost and (self._faults > 1 or said.answer != SILENCE.answer):
            self.trouble = said = replace(said, holds_all=True)
        return said

    def _try(self, letter: Leased, following: Leased | None) -> Verdict:
        courrier = _courrier(letter)
        if self._connection and not self._connection.can_carry(courrier):
            self._hang_up()
        try:
            self._connection = self._connection or mailer.connect().__enter__()
        except FAULTS as fault:
            self._faults += 1
            return fault_verdict(fault)
        return self._connection.send(courrier, following=_courrier(following) if following else None)

    def _hang_up(self) -> None:
        if self._connection:
            self._connection.__exit__(None, None, None)
        self._connection, self._carried = None, 0


def _courrier(letter: Leased) -> Courrier:
    return Courrier(
        identity=letter.message_id,
        frozen=letter.mime,
        subject=letter.subject,
        sender=setting.sender(),
        recipient=rules.mailbox(letter.to_email),
    )


def deliver(now: Now, stop: Stop = lambda: False) -> Outcome:
    """Carry every letter that is due, lot after lot over one connection, until none is due, a stop or a fault.

    Without a mail server nothing is touched: the letters wait, readable, in the outbox. While they are held by a
    wrong setting, one of them tries first and the others follow it; a key that cannot sign is such a setting.
    """
    outcome = Outcome()
    if not (setting.mail_is_set() and lease.something_is_due(now())):
        return outcome
    if fault := signing.fault():
        holding.hold(fault, now())
        return Outcome(held=True)
    with Line() as line:
        open_ = not holding.is_on() or _probe(line, now, outcome)
        while open_ and not stop() and not line.trouble:
            lot = lease.claim(now())
            if not lot:
                break
            outcome.tried += len(lot)
            _carry(_freeze(_timely(lot, now()), now), line, now, stop)
    outcome.held = line.trouble is not None
    return outcome


def _probe(line: Line, now: Now, outcome: Outcome) -> bool:
    """Let one of the held letters try, if it is time; tell whether the way is free for all."""
    (*found,) = holding.probe(now())
    outcome.tried += len(found)
    ready = _freeze(found, now)
    _carry(ready, line, now, lambda: False)
    free = bool(ready) and line.trouble is None
    if free:
        holding.let_go(now())
    return free


def _timely(lot: list[Leased], instant: datetime) -> list[Leased]:
    """Drop, with the reason, the letters whose moment is past when their turn comes; return the others."""
    late = [letter for letter in lot if letter.expires_at and letter.expires_at <= instant]
    lease.record([(letter, Verdict(PERIME, rules.OVER)) for letter in late], instant)
    return [letter for letter in lot if letter not in late]


def _freeze(lot: list[Leased], now: Now) -> list[Leased]:
    """Compose what was never composed and commit the bytes, before the first of them leaves."""
    fresh = [letter for letter in lot if not letter.mime]
    spoiled = [(letter, verdict) for letter in fresh if (verdict := _compose(letter))]
    lost = lease.freeze([letter for letter in fresh if letter.mime])
    lease.record(spoiled, now())
    return [letter for letter in lot if letter.mime and letter not in lost]


def _compose(letter: Leased) -> Verdict | None:
    """Fill in the bytes, or say why not: one faulty letter must never keep the others from leaving."""
    try:
        bytes_, letter.unjoined = composition.composed(letter)
        letter.mime = signing.signed(bytes_)
    except Refused as refused:
        return Verdict(REFUSE, refused.message)
    except Exception:
        log.exception("letter not composed", extra={"facts": {"letter": letter.id}})
        return Verdict(NOUVEL_ESSAI, "ce message n’a pas pu être composé ; l’équipe technique est prévenue")
    return None


def _carry(lot: list[Leased], line: Line, now: Now, stop: Stop) -> None:
    """Send a lot and write the answers by ten; whatever happens, what was answered is written."""
    waiting, answered, written = list(lot), [], now()
    try:
        while waiting and not stop() and not line.trouble:
            letter, following, *_ = *waiting, None
            said = line.send(letter, following)
            answered.append((letter, said))
            waiting.pop(0)
            if said.connection_lost:
                waiting.sort(key=lambda other: _domain(other) == _domain(letter))
            late = now() - written >= GLANCE
            if len(answered) >= RECORD_EVERY or late:
                lease.record(answered, now(), waiting)
                waiting = lease.not_stopped(waiting) if late else waiting
                answered, written = [], now()
    finally:
        lease.record(answered, now())
        lease.release(waiting)
        if line.trouble and line.trouble.state == RETENU:
            holding.hold(line.trouble.answer, now())


def _domain(letter: Leased) -> str:
    """Return where a letter goes: the others for there come last once it fell silent, so that it delays no one else."""
    return letter.to_email.rpartition("@")[2].lower()
