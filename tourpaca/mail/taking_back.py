"""Taking in what came back: each notice marks its address, and its letter is no longer said to have arrived."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tourpaca import security
from tourpaca.db import transaction
from tourpaca.journal.models import Act
from tourpaca.mail import returns
from tourpaca.mail.dsn import Notice
from tourpaca.mail.models import PARTI, REVENU, Letter


@dataclass(frozen=True)
class Taken:
    """What became of notices: written, known already, or about no letter of ours."""

    new: int = 0
    known: int = 0
    foreign: int = 0

    def __add__(self, other: "Taken") -> "Taken":
        """Return the sum of two."""
        return Taken(self.new + other.new, self.known + other.known, self.foreign + other.foreign)


def take_in(act: Act, notices: Iterable[Notice]) -> Taken:
    """Write what came back, once: a notice read again changes nothing.

    Only what is about a letter of ours counts: named by its Message-ID, which nobody can guess, or the last one
    that left for the address.
    """
    told, total = list(notices), Taken()
    if not told:
        return total
    with transaction() as session:
        for notice in told:
            total += _take(session, act, notice)
    return total


def _take(session: Session, act: Act, notice: Notice) -> Taken:
    letter = _letter(session, notice)
    if letter is None:
        return Taken(foreign=1)
    email = letter.to_email.lower()
    about = f"{notice.message_id or notice.identity}\n{email}\n{notice.kind}"
    source = security.hash_token(about)
    if not returns.note(session, email, letter.id, notice.kind, notice.reason, act.now, source):
        return Taken(known=1)
    if letter.state == PARTI and not notice.complaint:
        letter.state, letter.answer = REVENU, notice.reason[: returns.REASON_LENGTH]
    return Taken(new=1)


def _letter(session: Session, notice: Notice) -> Letter | None:
    """Return the letter that a notice is about; a notice that names a letter speaks of no other."""
    if notice.message_id:
        named = select(Letter).where(Letter.message_id == notice.message_id)
        return session.scalar(named.with_for_update(of=Letter))
    left = Letter.state.in_((PARTI, REVENU))
    last = select(Letter).where(func.lower(Letter.to_email) == notice.email, left).order_by(Letter.id.desc())
    return session.scalar(last.limit(1).with_for_update(of=Letter)) if notice.email else None
