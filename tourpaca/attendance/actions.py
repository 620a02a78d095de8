"""What can be done about attendance: note marks."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourpaca.attendance import facts, rules
from tourpaca.attendance.models import Mark
from tourpaca.attendance.rules import NewMark
from tourpaca.db import transaction
from tourpaca.journal.models import Act
from tourpaca.refusal import Refused, Unknown
from tourpaca.registration.models import Participant
from tourpaca.tour.models import Atelier


@dataclass(frozen=True)
class Noted:
    """The answer to a mark; a repeated sending gets the first answer again (`again`)."""

    nonce: str
    mark_id: int
    status: str
    again: bool = False


def record(act: Act, marks: Iterable[NewMark]) -> tuple[Noted, ...]:
    """Note marks, all or none, and return one answer each, in order.

    A nonce seen before changes nothing and gets its first answer. Refuses (`Unknown`) a person of another étape,
    and (`Refused`) an atelier or an étape that is cancelled. An annulment is the status `sans_reponse`.
    """
    wanted = tuple(marks)
    for mark in wanted:
        rules.check_mark(mark)
    with transaction() as session:
        return tuple(_note(session, act, mark) for mark in wanted)


def _note(session: Session, act: Act, mark: NewMark) -> Noted:
    mark_id = facts.append(session, act, mark)
    if mark_id is not None:
        return Noted(mark.nonce, mark_id, mark.status)
    known = session.execute(select(Mark.id, Mark.status).where(Mark.nonce == mark.nonce)).first()
    if known is not None:
        return Noted(mark.nonce, known.id, known.status, again=True)
    raise _why_not(session, mark)


def _why_not(session: Session, mark: NewMark) -> Refused:
    etape_id = session.scalar(select(Participant.etape_id).where(Participant.id == mark.participant_id))
    atelier = session.get(Atelier, mark.atelier_id)
    if atelier is None or etape_id != atelier.etape_id:
        return Unknown("Cette personne n’est pas attendue à cette étape : rien n’a été noté.")
    return Refused(
        "Cet atelier est annulé : aucune présence ne peut y être notée. Les présences déjà notées sont gardées."
    )
