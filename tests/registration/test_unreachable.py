"""B12: a marked address shows beside the person, waits on the dashboard, and is not written to."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import update

from tests import factories
from tests.inspecting import InspectingClient
from tests.registration import sending
from tests.registration.sending import ACT, person, submission
from tourpaca.attendance import audience
from tourpaca.attendance.audience import Criteria
from tourpaca.db import session, transaction
from tourpaca.mail import returns
from tourpaca.mail.models import DUR, REVENU, Letter
from tourpaca.registration import actions, unreachable
from tourpaca.tour.models import Etape

Team = Callable[..., InspectingClient]
HERE = "/equipe/tour-paca/inscriptions"
BAD = "camille@exemple.org"
SAID = "Ne reçoit pas nos messages\u00a0: téléphonez."


@pytest.fixture
def house(app: Flask) -> Flask:
    """Two people at Nice; letters to one of them came back. No context stays open."""
    with app.app_context():
        factories.tour_paca()
        people = person("Camille Exemple", 2, email=BAD.title()), person("Sacha Modèle", 4)
        actions.register(ACT, sending.etape_id(), submission(*people))
        with transaction() as current:
            current.execute(update(Letter).where(Letter.to_email == BAD.title()).values(state=REVENU))
            returns.note(current, BAD, None, DUR, "550 5.1.1 inconnue", ACT.now)
    return app


def _text(client: InspectingClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_b12_the_lists_say_who_does_not_receive_our_letters(house: Flask, team: Team) -> None:
    client = team()
    page = _text(client, HERE)
    assert page.count(SAID) == 1
    assert "L’adresse n’existe pas." in page
    assert _text(client, f"{HERE}?etat=injoignables").count('<th scope="row">') == 1
    with house.app_context():
        atelier = sending.atelier(2).id
    door = _text(client, f"/equipe/tour-paca/etapes/nice/presences/{atelier}")
    assert door.count(SAID) == 1


def test_b12_the_dashboard_asks_to_correct_the_address(house: Flask, team: Team) -> None:
    page = _text(team(), "/equipe/tour-paca/")
    assert "1\u00a0personne ne reçoit pas nos messages." in page
    assert "Corriger l’adresse" in page
    assert f"{HERE}?etat=injoignables" in page


def test_b12_a_corrected_address_is_no_longer_waiting(house: Flask, team: Team) -> None:
    client = team()
    with house.app_context():
        (deaf,) = unreachable.people(1).values()
    path = f"/equipe/tour-paca/messages/{deaf.letter_id}/adresse"
    assert f'"{path}"' in _text(client, f"{HERE}?etat=injoignables")
    assert client.submit(path, {"email": "camille.exemple@exemple.org"}).status_code == 303
    assert SAID not in _text(client, HERE)
    with house.app_context():
        assert unreachable.people(1) == {}


def test_b12_an_address_held_for_good_is_written_to_again(house: Flask, team: Team) -> None:
    client = team()
    with house.app_context():
        (number,) = unreachable.people(1)
    path = f"{HERE}/personnes/{number}/adresse-bonne"
    assert client.submit(path, {}, page=HERE).status_code == 303
    assert SAID not in _text(client, HERE)
    assert "reçoit déjà nos messages" in client.submit(path, {}, page=HERE, follow_redirects=True).get_data(
        as_text=True
    )


def test_s01_a_member_of_another_etape_neither_sees_nor_clears_it(house: Flask, team: Team) -> None:
    with house.app_context():
        (number,) = unreachable.people(1)
        carpentras = sending.etape_id("carpentras")
        assert unreachable.people(1, carpentras) == {}
    member = team("etape", carpentras)
    assert "personne ne reçoit pas" not in _text(member, "/equipe/tour-paca/")
    assert member.submit(f"{HERE}/personnes/{number}/adresse-bonne", {}, page=HERE).status_code == 404


def test_b12_the_team_s_messages_skip_a_marked_address_and_say_so(house: Flask, team: Team) -> None:
    with house.app_context():
        tour_id = session().get_one(Etape, sending.etape_id()).tour_id
        chosen = audience.of(Criteria(tour_id))
        assert [(left.name, left.reason) for left in chosen.left_out] == [
            ("Camille Exemple", audience.UNREACHABLE)
        ]
        assert [each.name for each in chosen.recipients] == ["Sacha Modèle"]
        assert len(audience.of(Criteria(tour_id, refused_too=True)).recipients) == 2
    assert "1\u00a0à joindre par téléphone" in _text(team(), "/equipe/tour-paca/messages/ecrire")
