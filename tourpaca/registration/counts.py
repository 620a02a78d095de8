"""How many come and how many wait, for the pages that show numbers and no name."""

from dataclasses import dataclass

from sqlalchemy import distinct, func, select

from tourpaca.db import session
from tourpaca.organisations.models import Organisation
from tourpaca.registration.models import CONFIRMEE, EN_ATTENTE, Participant, Place
from tourpaca.tour.models import Atelier, Etape


@dataclass(frozen=True, slots=True)
class Expected:
    """The people of an étape: with a confirmed place, only waiting, and the organisations they come from."""

    people: int = 0
    waiting: int = 0
    organisations: int = 0


def waiting_by_atelier(tour_id: int) -> dict[int, int]:
    """Return how many places wait in each atelier of a tour where any does."""
    asked = (
        select(Place.atelier_id, func.count())
        .join(Atelier, Atelier.id == Place.atelier_id)
        .join(Etape, Etape.id == Atelier.etape_id)
        .where(Etape.tour_id == tour_id, Place.state == EN_ATTENTE)
        .group_by(Place.atelier_id)
    )
    return dict(session().execute(asked).all())


def expected_by_etape(tour_id: int) -> dict[int, Expected]:
    """Return who is expected at each étape of a tour where anybody is registered."""
    confirmed = Place.state == CONFIRMEE
    body = func.coalesce(Organisation.root_id, Organisation.id)
    coming = func.count(distinct(Participant.id)).filter(confirmed)
    asked = (
        select(
            Participant.etape_id,
            coming,
            func.count(distinct(Participant.id)).filter(Place.state == EN_ATTENTE),
            func.count(distinct(body)).filter(confirmed),
        )
        .join(Place, Place.participant_id == Participant.id)
        .join(Etape, Etape.id == Participant.etape_id)
        .outerjoin(Organisation, Organisation.id == Participant.organisation_id)
        .where(Etape.tour_id == tour_id)
        .group_by(Participant.etape_id)
    )
    return {etape_id: Expected(*numbers) for etape_id, *numbers in session().execute(asked)}


def people_by_body(tour_id: int) -> dict[int, int]:
    """Return how many people of each body are registered to a tour, those who cancelled left out."""
    body = func.coalesce(Organisation.root_id, Organisation.id)
    asked = (
        select(body, func.count())
        .join(Participant, Participant.organisation_id == Organisation.id)
        .join(Etape, Etape.id == Participant.etape_id)
        .where(Etape.tour_id == tour_id, Participant.cancelled_at.is_(None))
        .group_by(body)
    )
    return dict(session().execute(asked).all())
