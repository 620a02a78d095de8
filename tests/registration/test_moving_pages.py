"""B20, B04: the team moves a person to another atelier of their étape: one page, one act, the notice, the life."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests import factories
from tests.inspecting import InspectingClient
from tests.registration import sending
from tests.registration.test_choosing import HELD, WANTED, lives, register
from tests.registration.test_promoting import states, written_to
from tourpaca.db import transaction
from tourpaca.mail import composition
from tourpaca.registration import passages
from tourpaca.registration.models import CONFIRMEE
from tourpaca.tour.models import Atelier

Team = Callable[..., InspectingClient]
LIST = "/equipe/tour-paca/inscriptions"


@pytest.fixture
def nice(app: Flask) -> Flask:
    """Nice with somebody in an atelier of the second créneau."""
    with app.app_context():
        factories.tour_paca()
        register("Lou Change", HELD)
    return app


def _page(app: Flask) -> str:
    with app.app_context():
        return f"{LIST}/personnes/{sending.participant('Change')}/ateliers"


def _value(app: Flask, ordre: int, etape: str = "nice", waits: bool = False) -> str:
    with app.app_context():
        room = sending.atelier(ordre, etape)
        return f"{room.creneau_id}-{room.id}{'-attente' if waits else ''}"


def _read(client: InspectingClient, address: str) -> str:
    return " ".join(client.get(address).get_data(as_text=True).split()).replace("&nbsp;", " ")


def test_b20_a_person_is_moved_with_notice_calendar_and_history(nice: Flask, team: Team) -> None:
    """One letter with REQUEST, one with CANCEL; both say that the team did it; the life says who and why."""
    organiser, page = team(), _page(nice)
    assert page in _read(organiser, LIST)
    answer = organiser.submit(
        page, {"atelier": _value(nice, WANTED), "reason": "À sa demande, par téléphone"}
    )
    assert answer.status_code == 303
    assert "La place est prise : la personne reçoit son message." in _read(organiser, LIST)
    with nice.app_context():
        assert (sending.atelier(HELD).taken, sending.atelier(WANTED).taken) == (0, 1)
        (told,), (back,) = sending.letters("atelier_choisi"), sending.letters("place_rendue")
        entries: list[Any] = [told.content["events"], back.content["events"]]
        assert [[each["cancelled"] for each in letter] for letter in entries] == [[False], [True]]
        text = " ".join(composition.text(told).split())
        assert "L’équipe a changé votre choix d’atelier à Nice" in text
        assert "un atelier a été choisi par l’équipe." in text
        *_, chosen = passages.of_person(sending.participant("Change"))
        assert (chosen.words, chosen.by) == (
            "Prend une place dans cet atelier (À sa demande, par téléphone)",
            "Claude Essai",
        )
        sending.assert_counters_are_the_rows()


def test_b20_the_team_may_once_the_etape_has_begun(nice: Flask, team: Team) -> None:
    nice.config["NOW"] = "2018-01-30T10:00"
    answer = team().submit(_page(nice), {"atelier": _value(nice, WANTED)})
    assert answer.status_code == 303
    with nice.app_context():
        assert (states("Change"), written_to("atelier_choisi")) == ([CONFIRMEE], ["change@exemple.org"])


@pytest.mark.parametrize(
    ("limits", "named"), [({"capacity": 0}, "la table"), ({"room_capacity": 0}, "la salle")]
)
def test_b04_a_full_atelier_names_the_limit_that_blocks_and_offers_its_list(
    nice: Flask, team: Team, limits: dict[str, int], named: str
) -> None:
    """Refused while waiting was not chosen; then a rank, and the place kept."""
    with nice.app_context(), transaction() as current:
        stored = current.get_one(Atelier, sending.atelier(WANTED).id)
        for name, value in limits.items():
            setattr(stored, name, value)
    organiser, page = team(), _page(nice)
    assert f"complet (limite : {named}), attendre au n° 1" in _read(organiser, page)
    refused = organiser.submit(page, {"atelier": _value(nice, WANTED), "reason": "Gardé"})
    body = refused.get_data(as_text=True)
    assert (refused.status_code, "La personne peut l’attendre" in body, "Gardé" in body) == (409, True, True)
    assert organiser.submit(page, {"atelier": _value(nice, WANTED, waits=True)}).status_code == 303
    with nice.app_context():
        assert sending.waiting(WANTED) == [sending.participant("Change")]
        assert sending.atelier(HELD).taken == 1


@pytest.mark.parametrize("typed", ["", "x", "1", "0-0", "²-²", "1-2-3-4", "9" * 5000])
def test_b20_a_forged_choice_changes_nothing(nice: Flask, team: Team, typed: str) -> None:
    with nice.app_context():
        before = lives()
    assert team().submit(_page(nice), {"atelier": typed}).status_code == 409
    with nice.app_context():
        assert lives() == before


def test_b20_another_etape_s_atelier_and_another_s_member_are_refused(nice: Flask, team: Team) -> None:
    page = _page(nice)
    with nice.app_context():
        nice_id, carpentras, before = sending.etape_id(), sending.etape_id("carpentras"), lives()
    assert team().submit(page, {"atelier": _value(nice, WANTED, "carpentras")}).status_code == 409
    for role, etape in (("etape", carpentras), ("accueil", nice_id), ("lecture", None)):
        member = team(role, etape)
        assert member.get(page).status_code == 404
        forged = {"csrf_token": member.csrf("/equipe/"), "atelier": _value(nice, WANTED)}
        assert member.post(page, data=forged).status_code == 404
    with nice.app_context():
        assert lives() == before
