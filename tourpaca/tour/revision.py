"""The revision of a tour: the number that tells readers and caches that something they show has changed."""

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from tourpaca.db import connection_of, table
from tourpaca.kept.connection import Kept
from tourpaca.prepared import Prepared
from tourpaca.tour.models import Tour

TOUR = table(Tour)
_BUMP = Prepared(update(TOUR).where(TOUR.c.id == bindparam("bumped")).values(revision=TOUR.c.revision + 1))


def bump(session: Session | Kept, tour_id: int) -> None:
    """Count one more change of a tour, inside the open transaction of the act.

    Called last: on PostgreSQL the row of the tour stays locked until the commit, and every writer of the
    tour waits for it.
    """
    if isinstance(session, Session):
        session.flush()
    _BUMP.run(connection_of(session), {"bumped": tour_id})
