"""The revision of a tour: the number that tells readers and caches that something they show has changed."""

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from tourpaca.db import table
from tourpaca.tour.models import Tour

TOUR = table(Tour)
_BUMP = update(TOUR).where(TOUR.c.id == bindparam("bumped")).values(revision=TOUR.c.revision + 1)


def bump(session: Session, tour_id: int) -> None:
    """Count one more change of a tour, inside the open transaction of the act.

    Called last: on PostgreSQL the row of the tour stays locked until the commit, and every writer of the
    tour waits for it.
    """
    session.flush()
    session.connection().execute(_BUMP, {"bumped": tour_id})
