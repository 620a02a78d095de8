"""R18: once somebody's presence is noted they change nothing by themselves; their colleagues and the team still may."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from tests import factories
from tests.inspecting import InspectingClient
from tests.registration import sending
from tests.registration.sending import TEAM
from tests.registration.test_ceding import two
from tests.registration.test_choosing import lives
from tourpaca.attendance import actions as attendance
from tourpaca.attendance.rules import NewMark
from tourpaca.db import session
from tourpaca.registration import actions
from tourpaca.registration.models import Place

NAMED = {"p0-first_name": "Cy", "p0-last_name": "Nouveau"}


@pytest.fixture
def house(app: Flask) -> Iterator[Flask]:
    """The application with the stories' tour, its context open."""
    with app.app_context():
        factories.tour_paca()
        yield app


def note(name: str, status: str, nonce: str = "n-1") -> None:
    """Note the presence of somebody in the atelier they come for."""
    attendance.record(
        TEAM, [NewMark(nonce, sending.participant(name), sending.atelier(2).id, status, "porte")]
    )


def ways(token: str, name: str) -> dict[str, dict[str, str]]:
    """Return every sending of the page by which somebody changes something of theirs, with what it holds."""
    who, other = sending.participant(name), sending.atelier(3)
    waits = session().scalars(
        select(Place.id).where(Place.participant_id == who, Place.state == "en_attente")
    )
    here = f"/inscriptions/{token}"
    return {
        f"{here}/annuler": {},
        f"{here}/annuler/{who}": {},
        f"{here}/personnes/{who}/creneaux/{other.creneau_id}": {"atelier": str(other.id)},
        f"{here}/personnes/{who}/ceder": NAMED,
        f"{here}/places/{waits.one()}/renoncer": {},
    }


@pytest.mark.usefixtures("house")
def test_r18_who_is_there_changes_nothing_by_themselves(client: InspectingClient) -> None:
    """Each sending is refused with the reason, the pages that lead to it say the same; a colleague is free to leave."""
    token = two()
    note("Cédant", "present")
    before = lives()
    for where, typed in ways(token, "Cédant").items():
        answer = client.submit(where, typed, page=f"/inscriptions/{token}")
        assert (answer.status_code, where) == (409, where)
        assert "La présence de Bo Cédant est notée." in answer.get_data(as_text=True)
        shown = client.get(where)
        assert shown.status_code == 405 or "est notée." in shown.get_data(as_text=True)
    assert lives() == before
    page = client.get(f"/inscriptions/{token}").get_data(as_text=True)
    assert ('Céder la place<span class="hors-ecran"> de Bo' in page, "Annuler toute" in page) == (
        False,
        False,
    )
    sacha = f"/inscriptions/{token}/annuler/{sending.participant('Modèle')}"
    assert client.submit(sacha, {}).status_code == 303
    assert actions.cancel_participant(TEAM, sending.participant("Cédant")) == 1


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize("status", ["absent", "excuse", "sans_reponse"])
def test_r18_only_a_presence_closes(client: InspectingClient, status: str) -> None:
    """An absence, or a mark taken back, leaves the page open."""
    token = two()
    note("Cédant", "present")
    note("Cédant", status, "n-2")
    where = f"/inscriptions/{token}/annuler/{sending.participant('Cédant')}"
    assert client.submit(where, {}).status_code == 303
