"""Cancelling people inside the open transaction: their places go back and serve those who wait, they are told."""

from collections.abc import Collection

from sqlalchemy import update
from sqlalchemy.orm import Session

from tourpaca.journal.models import Act
from tourpaca.journal.writing import write
from tourpaca.mail import outbox
from tourpaca.registration import files, freeing, letters, passages, promoting, rules
from tourpaca.registration.models import Participant, Place
from tourpaca.tour import revision


def cancel(session: Session, act: Act, dossier_id: int, people: Collection[int]) -> int:
    """Cancel people of one dossier and return how many were still coming; a repeated sending cancels nobody.

    Refuses a person's own cancelling once the étape receives people; the team may cancel at any time.
    """
    file = files.to_tell(session, dossier_id)
    rules.check_own_hand(file.etape, act)
    freeing.lock(session, file.etape.id)
    places = files.held(session, Place.participant_id.in_(people))
    marked = _mark_gone(session, act, people)
    gone = [guest for guest in file.guests if guest.participant_id in marked]
    if not gone:
        return 0
    freeing.end(session, act, file.etape.id, places, passages.ANNULEE)
    outbox.post(session, letters.of_cancellation(file, files.leaving(gone)), act.now)
    told = "Une inscription est annulée." if len(gone) == 1 else f"{len(gone)} inscriptions sont annulées."
    write(session, act, "annuler", f"dossier:{dossier_id}", told, file.tour.id, file.etape.id)
    promoting.settle(session, act, file.etape.id)
    revision.bump(session, file.tour.id)
    return len(gone)


def _mark_gone(session: Session, act: Act, people: Collection[int]) -> set[int]:
    gone = (
        update(Participant)
        .where(Participant.id.in_(people), Participant.cancelled_at.is_(None))
        .values(cancelled_at=act.now)
        .returning(Participant.id)
        .execution_options(synchronize_session=False)
    )
    return set(session.scalars(gone))
