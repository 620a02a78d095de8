"""Reminders of the stories' tour: switched on, moved, and read as the page says them."""

from datetime import UTC, datetime

from sqlalchemy import select, update

from tests.attendance.people import expect
from tourpaca.attendance import actions, reminders
from tourpaca.attendance.reminders import Leg
from tourpaca.db import session, transaction
from tourpaca.journal.models import Act
from tourpaca.registration.models import ANNULEE, EN_ATTENTE, Participant, Place
from tourpaca.tour.models import Etape, Tour

LONG_BEFORE = datetime(2017, 12, 1, 9, tzinfo=UTC)
EVE = datetime(2018, 2, 12, 8, tzinfo=UTC)  # 9 h of Paris, the day before Carpentras


def three_people() -> None:
    """Expect three people at Carpentras: a place, a cancelled place, a waiting one."""
    for name, state in (("Specimen", ""), ("Gabarit", ANNULEE), ("Maquette", EN_ATTENTE)):
        person = expect("carpentras", (name, "Alix"), (3,))
        with transaction() as current:
            if state:
                current.execute(update(Place).where(Place.participant_id == person).values(state=state))
            current.get_one(Participant, person).email = f"{name}@exemple.org".lower()


def tour_id() -> int:
    """The id of the tour."""
    return session().scalars(select(Tour.id)).one()


def enable(key: str = "rappel_j1", at: datetime = LONG_BEFORE) -> None:
    """Let a reminder leave by itself."""
    actions.set_reminder(Act(at, "membre:1", "Dominique"), tour_id(), key, True)


def change(slug: str = "carpentras", **values: object) -> None:
    """Change an étape, as its page would."""
    with transaction() as current:
        current.execute(update(Etape).where(Etape.slug == slug).values(**values))


def leg(now: datetime, key: str = "rappel_j1", slug: str = "carpentras") -> Leg:
    """What the page says of a reminder at an étape."""
    session().rollback()
    (plan,) = [plan for plan in reminders.plans(tour_id(), now) if plan.occasion.key == key]
    (found,) = [each for each in plan.legs if each.etape.slug == slug]
    return found
