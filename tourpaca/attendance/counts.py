"""How many came, for the pages that show numbers and no name."""

from dataclasses import dataclass

from sqlalchemy import distinct, func, select

from tourpaca.attendance.models import PRESENT, SANS_REPONSE, Presence
from tourpaca.db import session
from tourpaca.tour.models import Atelier, Etape


@dataclass(frozen=True, slots=True)
class Came:
    """What was held at an étape: distinct people who came, ateliers with anybody in them, presences."""

    people: int = 0
    ateliers: int = 0
    presences: int = 0


def came_by_etape(tour_id: int) -> dict[int, Came]:
    """Return who came to each étape of a tour where anybody was noted present."""
    asked = (
        select(
            Atelier.etape_id,
            func.count(distinct(Presence.participant_id)),
            func.count(distinct(Presence.atelier_id)),
            func.count(),
        )
        .join(Presence, Presence.atelier_id == Atelier.id)
        .join(Etape, Etape.id == Atelier.etape_id)
        .where(Etape.tour_id == tour_id, Presence.status == PRESENT)
        .group_by(Atelier.etape_id)
    )
    return {etape_id: Came(*numbers) for etape_id, *numbers in session().execute(asked)}


def present_by_atelier(tour_id: int) -> dict[int, int]:
    """Return how many were present in each atelier of a tour where anybody was."""
    asked = (
        select(Presence.atelier_id, func.count())
        .join(Atelier, Atelier.id == Presence.atelier_id)
        .join(Etape, Etape.id == Atelier.etape_id)
        .where(Etape.tour_id == tour_id, Presence.status == PRESENT)
        .group_by(Presence.atelier_id)
    )
    return dict(session().execute(asked).all())


def noted_in(atelier_id: int) -> int:
    """Return how many people an answer is noted for in an atelier: they came, were absent or excused."""
    answered = (Presence.atelier_id == atelier_id, Presence.status != SANS_REPONSE)
    return session().scalar(select(func.count()).where(*answered)) or 0
