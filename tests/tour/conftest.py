"""An open application, the tour of the stories, and somebody of the team."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests import factories
from tests.inspecting import InspectingClient
from tourpaca.journal.models import Act
from tourpaca.registration.models import Dossier, Participant, Place
from tourpaca.tour.models import Atelier, Tour

ACT = Act(datetime(2017, 12, 1, 9, tzinfo=UTC), "membre:1", "Claude Essai")


@pytest.fixture
def house(app: Flask) -> Iterator[Flask]:
    """The application, with a context open to ask the rooms."""
    with app.app_context():
        yield app


@pytest.fixture
def tour(house: Flask) -> Tour:
    """The tour of the stories: three matinées, eight thématiques, one event."""
    return factories.tour_paca()


@pytest.fixture
def chief(app: Flask, team: Callable[..., InspectingClient]) -> InspectingClient:
    """Somebody who may do everything, on the tour of the stories."""
    with app.app_context():
        factories.tour_paca()
    return team()


def somebody(session: Session, atelier: Atelier, name: str = "Modèle", state: str = "confirmee") -> None:
    """Register one person in an atelier, in the open transaction."""
    dossier = Dossier(
        etape_id=atelier.etape_id,
        contact_name=name,
        contact_email=f"{name.lower()}@exemple.org",
        access_needs=name,
        created_at=ACT.now,
    )
    person = Participant(
        dossier=dossier,
        etape_id=atelier.etape_id,
        last_name=name,
        email=f"{name.lower()}@exemple.org",
        sort_key=name.lower(),
        identity_key=name.lower(),
    )
    place = Place(
        participant=person,
        atelier_id=atelier.id,
        creneau_id=atelier.creneau_id,
        state=state,
        uid=f"{name}-{atelier.id}",
        created_at=ACT.now,
        changed_at=ACT.now,
    )
    session.add_all([dossier, place])
    stored = session.get_one(Atelier, atelier.id)
    if state == "confirmee":
        stored.taken += 1
        stored.etape.people += 1
