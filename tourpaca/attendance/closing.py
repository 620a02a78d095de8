"""Closing a list: whoever was expected and not answered for becomes absent, by marks that go back together."""

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from tourpaca.attendance.models import ABSENT, SANS_REPONSE, Mark, Presence
from tourpaca.registration.models import CONFIRMEE, Place


def silent(session: Session, atelier_id: int) -> list[int]:
    """Return the people who hold a place and for whom nothing is noted, or nothing any more."""
    answered = select(Presence.participant_id).where(
        Presence.atelier_id == atelier_id, Presence.status != SANS_REPONSE
    )
    asked = select(Place.participant_id).where(
        Place.atelier_id == atelier_id, Place.state == CONFIRMEE, Place.participant_id.not_in(answered)
    )
    return list(session.scalars(asked.order_by(Place.participant_id)))


def closed(session: Session, atelier_id: int, nonce: str) -> int:
    """Return how many absences this closing noted, when it was asked for before."""
    asked = select(func.count()).select_from(Mark)
    return session.scalar(asked.where(Mark.atelier_id == atelier_id, _of(nonce))) or 0


def still_absent(session: Session, atelier_id: int, nonce: str) -> list[int]:
    """Return the people whose last word is still the absence of this closing."""
    asked = (
        select(Presence.participant_id)
        .join(Mark, Mark.id == Presence.mark_id)
        .where(Presence.atelier_id == atelier_id, Mark.status == ABSENT, _of(nonce))
    )
    return list(session.scalars(asked.order_by(Presence.participant_id)))


def name(nonce: str, participant_id: int) -> str:
    """Return the name of one mark of a closing."""
    return f"clore-{nonce}-{participant_id}"


def _of(nonce: str) -> ColumnElement[bool]:
    return Mark.nonce.startswith(f"clore-{nonce}-", autoescape=True)
