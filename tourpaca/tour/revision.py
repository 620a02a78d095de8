"""The revision of a tour: the number that tells readers and caches that something they show has changed."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from tourpaca.tour.models import Tour


def bump(session: Session, tour_id: int) -> None:
    """Count one more change of a tour, inside the open transaction of the act.

    Called last: on PostgreSQL the row of the tour stays locked until the commit, and every writer of the
    tour waits for it.
    """
    session.execute(
        update(Tour)
        .where(Tour.id == tour_id)
        .values(revision=Tour.revision + 1)
        .execution_options(synchronize_session=False)
    )
