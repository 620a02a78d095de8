"""Ending places inside the open transaction: what was taken goes back, who has nothing left leaves the étape."""

from collections import Counter
from collections.abc import Collection, Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tourpaca.journal.models import Act
from tourpaca.registration import files, passages, taking
from tourpaca.registration.models import ANNULEE, LIVE, TAKING, Participant, Place


def end(
    session: Session,
    act: Act,
    etape_id: int,
    places: Sequence[files.Held],
    kind: str,
    state: str = ANNULEE,
    other_id: int | None = None,
    reason: str = "",
) -> None:
    """End places of one étape, whose ateliers are locked, and write it in their life.

    Nobody behind them is served here: whoever frees calls `promoting.settle` before the commit.
    """
    taken = [place for place in places if place.state in TAKING]
    people = {place.participant_id for place in taken}
    session.execute(
        update(Place)
        .where(Place.id.in_([place.place_id for place in places]))
        .values(state=state, calendar_sequence=Place.calendar_sequence + 1, changed_at=act.now)
        .execution_options(synchronize_session=False)
    )
    connection = session.connection()
    taking.give_back(connection, Counter(place.atelier_id for place in taken))
    taking.leave(connection, etape_id, len(people - holders(session, people)))
    passages.write(session, act, kind, [place.place_id for place in places], other_id, reason)


def holders(session: Session, people: Collection[int]) -> set[int]:
    """Return those of the people who hold a place that counts as taken."""
    held = select(Place.participant_id).where(Place.participant_id.in_(people), Place.state.in_(TAKING))
    return set(session.scalars(held))


def lock(session: Session, *etape_ids: int) -> None:
    """Hold every atelier of étapes, in the order of the house: a chain of promotions may reach any of them."""
    taking.lock_etapes(session.connection(), etape_ids)


def close_people(session: Session, act: Act, people: Collection[int]) -> set[int]:
    """Mark as cancelled those of the people who have no place left to come for, and return them."""
    left = select(Place.participant_id).where(Place.state.in_(LIVE))
    gone = (
        update(Participant)
        .where(Participant.id.in_(people), Participant.cancelled_at.is_(None), Participant.id.not_in(left))
        .values(cancelled_at=act.now)
        .returning(Participant.id)
        .execution_options(synchronize_session=False)
    )
    return set(session.scalars(gone))
