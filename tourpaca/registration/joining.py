"""Joining the waiting list of an atelier, behind everybody, inside the open transaction."""

from sqlalchemy import insert
from sqlalchemy.orm import Session

from tourpaca.journal.models import Act
from tourpaca.registration import dossiers
from tourpaca.registration.models import EN_ATTENTE, Place
from tourpaca.tour import changes


def join(session: Session, act: Act, etape_id: int, person: int, atelier: tuple[int, int]) -> int:
    """Write that somebody waits for an atelier (créneau, atelier) of an étape whose ateliers are locked.

    Return the place, whose calendar entry has a name of its own.
    """
    creneau_id, atelier_id = atelier
    row = {
        "participant_id": person,
        "atelier_id": atelier_id,
        "creneau_id": creneau_id,
        "state": EN_ATTENTE,
        "uid": dossiers.new_uid(),
        "calendar_sequence": 0,
        "told": changes.truth(session, etape_id)[atelier_id].written(),
        "created_at": act.now,
        "changed_at": act.now,
    }
    return session.execute(insert(Place).returning(Place.id), [row]).scalar_one()
