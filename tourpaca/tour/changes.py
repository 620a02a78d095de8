"""Changes that calendars must follow: noted by the act that makes them, told together ten minutes after the first."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourpaca.db import connection_of, insert_on, table
from tourpaca.journal.models import Act
from tourpaca.tour.models import ANNULE, Atelier, Changement, Creneau, Etape
from tourpaca.tour.told import Told, place_of

CHANGEMENT = table(Changement)
BURST = timedelta(minutes=10)


@contextmanager
def watched(session: Session, act: Act, etape_ids: Collection[int]) -> Iterator[None]:
    """Note, inside the open transaction, the étapes of which what is done here moves an atelier.

    A title, a description or a limit moves nothing. An étape noted already keeps the hour and the truth of the
    first edit of the burst.
    """
    before = {etape_id: truth(session, etape_id) for etape_id in etape_ids}
    yield
    session.flush()
    for etape_id, was in before.items():
        now = truth(session, etape_id)
        if any(now[atelier_id] != told for atelier_id, told in was.items() if atelier_id in now):
            _note(session, act, etape_id, was)


def truth(session: Session, etape_id: int) -> dict[int, Told]:
    """Return what calendars would be told now of each atelier of an étape, by its id."""
    asked = (
        select(
            Atelier.id,
            Atelier.room,
            Atelier.state,
            Creneau.starts_at,
            Creneau.ends_at,
            Etape.state.label("whole"),
            Etape.day,
            Etape.venue,
            Etape.address,
            Etape.town,
        )
        .join(Creneau, Creneau.id == Atelier.creneau_id)
        .join(Etape, Etape.id == Atelier.etape_id)
        .where(Atelier.etape_id == etape_id)
    )
    return {row.id: _told(row) for row in session.execute(asked)}


def _told(row: Any) -> Told:
    cancelled = ANNULE in (row.state, row.whole)
    return Told(row.day, row.starts_at, row.ends_at, row.room, place_of(row), cancelled)


def _note(session: Session, act: Act, etape_id: int, was: dict[int, Told]) -> None:
    connection = connection_of(session)
    noted = insert_on(connection.dialect.name)(CHANGEMENT).values(
        etape_id=etape_id,
        created_at=act.now,
        due_at=act.now + BURST,
        before={str(atelier_id): told.written() for atelier_id, told in was.items()},
    )
    # An update that changes nothing, not "do nothing": it holds the row until the commit, so that whoever tells this
    # étape meanwhile waits, and reads what this act wrote.
    held = noted.on_conflict_do_update(index_elements=["etape_id"], set_={"due_at": CHANGEMENT.c.due_at})
    connection.execute(held)
