"""Who does not receive our letters: people whose address is marked, and the letter that another address would free."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from tourpaca.db import session
from tourpaca.mail import returns
from tourpaca.mail.models import REFUSE, REVENU, Letter, Rejet
from tourpaca.registration.models import Dossier, Participant
from tourpaca.tour.models import Etape


@dataclass(frozen=True)
class Unreachable:
    """Why a person receives nothing, in words; `letter_id` is a letter whose page corrects the address (or None)."""

    email: str
    reason: str
    letter_id: int | None


def people(tour_id: int, etape_id: int | None = None) -> dict[int, Unreachable]:
    """Return who comes to a tour (to one étape) and receives nothing, by participant id: one statement if nobody."""
    rows = session().execute(_near(tour_id, etape_id)).all()
    marked = returns.marked(row.email for row in rows)
    found = [row for row in rows if row.email in marked]
    letters = _letters(tour_id, etape_id, {row.email for row in found}) if found else {}
    return {row.id: Unreachable(row.email, marked[row.email], letters.get(row.email)) for row in found}


def _near(tour_id: int, etape_id: int | None) -> Any:
    """Return what asks for the people who come and whose address something came back for."""
    email = func.lower(func.coalesce(func.nullif(Participant.email, ""), Dossier.contact_email))
    bound = [Participant.etape_id == etape_id] if etape_id is not None else []
    noted = select(Rejet.email).where(Rejet.cleared_at.is_(None))
    return (
        select(Participant.id, email.label("email"))
        .join(Dossier, Dossier.id == Participant.dossier_id)
        .join(Etape, Etape.id == Participant.etape_id)
        .where(Etape.tour_id == tour_id, Participant.cancelled_at.is_(None), email.in_(noted), *bound)
    )


def _letters(tour_id: int, etape_id: int | None, emails: set[str]) -> dict[str, int]:
    """Return, by address, the newest letter that did not arrive."""
    email = func.lower(Letter.to_email)
    bound = [Letter.etape_id == etape_id] if etape_id is not None else []
    asked = (
        select(email, func.max(Letter.id))
        .where(Letter.tour_id == tour_id, Letter.state.in_((REFUSE, REVENU)), email.in_(emails), *bound)
        .group_by(email)
    )
    return {row[0]: row[1] for row in session().execute(asked)}
