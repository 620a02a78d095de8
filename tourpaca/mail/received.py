"""Who received what, for as long as letters are kept: those of one person, and the exact list of one send."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from tourpaca.db import session
from tourpaca.mail.models import Envoi, Letter
from tourpaca.refusal import Unknown


@dataclass(frozen=True)
class Sent:
    """A send of the team: its text, whom it was meant for, and every letter that it made."""

    envoi: Envoi
    letters: Sequence[Any]


def of_person(tour_id: int, etape_id: int | None, participant_id: int, email: str) -> Sequence[Any]:
    """Return the letters of a tour (of one étape) to a person, newest first: to their mailbox, or about them.

    A letter to an address that was corrected since is still theirs.
    """
    name = f"participant:{participant_id}"
    theirs = or_(
        func.lower(Letter.to_email) == email.lower(),
        Letter.subject_key == name,
        Letter.subject_key.endswith(f":{name}", autoescape=True),
    )
    return session().execute(_letters(tour_id, etape_id, theirs).order_by(Letter.id.desc())).all()


def of_send(tour_id: int, etape_id: int | None, envoi_id: int) -> Sent:
    """Return a send with its letters by name, or refuse with `Unknown`; a foreign étape's letters are not in it."""
    envoi = session().scalar(select(Envoi).where(Envoi.id == envoi_id, Envoi.tour_id == tour_id))
    asked = _letters(tour_id, etape_id, Letter.envoi_id == envoi_id)
    letters = session().execute(asked.order_by(Letter.to_name, Letter.id)).all()
    if envoi is None or (etape_id is not None and not letters):
        raise Unknown("Cet envoi n’existe pas.")
    return Sent(envoi, letters)


def _letters(tour_id: int, etape_id: int | None, which: ColumnElement[bool]) -> Any:
    own = [Letter.etape_id == etape_id] if etape_id is not None else []
    return select(
        Letter.id,
        Letter.envoi_id,
        Letter.to_name,
        Letter.to_email,
        Letter.organisation_name,
        Letter.subject,
        Letter.kind,
        Letter.state,
        Letter.attempts,
        Letter.answer,
        Letter.due_at,
        Letter.sent_at,
        Letter.created_at,
    ).where(Letter.tour_id == tour_id, which, *own)
