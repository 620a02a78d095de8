"""Who was received: from then on they change nothing of their registration by themselves, the team still may."""

from collections.abc import Collection

from sqlalchemy import select

from tourpaca.attendance.models import PRESENT, Presence
from tourpaca.db import session


def among(people: Collection[int]) -> frozenset[int]:
    """Return those of some participants whose presence is noted; an annulled mark leaves nothing noted."""
    noted = select(Presence.participant_id).where(
        Presence.participant_id.in_(people), Presence.status == PRESENT
    )
    return frozenset(session().scalars(noted))
