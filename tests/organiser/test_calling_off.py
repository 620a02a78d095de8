"""US5, B19: cancelling an atelier from the cockpit: what is read first, what is refused, who may."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests import factories
from tests.inspecting import InspectingClient
from tests.registration import sending
from tests.registration.sending import ACT, TEAM, person, submission
from tests.registration.test_changes import told
from tests.registration.test_choosing import HELD, WANTED, lives, register
from tourpaca.attendance import actions
from tourpaca.attendance.rules import NewMark
from tourpaca.registration import actions as registration
from tourpaca.tour.models import ANNULE, PREVU

Team = Callable[..., InspectingClient]
NICE = "/equipe/tour-paca/etapes/nice"
FRIDAY_BEFORE, MONDAY_BEFORE = "2018-01-26T10:00", "2018-01-29T10:00"


@pytest.fixture
def nice(app: Flask) -> Flask:
    """Nice with two people in one atelier of the second créneau, of whom one cannot be written to, and one waiting."""
    with app.app_context():
        factories.tour_paca()
        sending.shrink(2, HELD)
        register("Ana Place", 2, HELD)
        register("Bo Autre", HELD)
        register("Cy Attend", -HELD)
    return app


def _cancelling(app: Flask, ordre: int = HELD, etape: str = "nice") -> str:
    with app.app_context():
        return f"{NICE}/ateliers/{sending.atelier(ordre, etape).id}/annuler"


def _read(client: InspectingClient, address: str) -> str:
    return " ".join(client.get(address).get_data(as_text=True).split()).replace("&nbsp;", " ")


def _state(app: Flask) -> str:
    with app.app_context():
        return sending.atelier(HELD).state


def test_us05_the_page_says_who_comes_who_waits_and_what_is_open_before_anything_is_done(
    nice: Flask, team: Team
) -> None:
    """Reached from the cockpit; names, what each receives, open ateliers with their places; a GET changes nothing."""
    organiser, here = team(), _cancelling(nice)
    assert here in _read(organiser, NICE)
    page = _read(organiser, here)
    for words in (
        "Ana Place",
        "Cy Attend",
        "2 personnes avec une place : un message, et le rendez-vous quitte l’agenda.",
        "1 personne en attente : un message.",
        "Ouverts dans le même créneau",
        "14 places libres",
        "Carpentras, mardi 13 février 2018",
    ):
        assert words in page, words
    assert _state(nice) == PREVU


def test_us05_it_is_cancelled_with_its_reason_and_again_nothing_leaves(nice: Flask, team: Team) -> None:
    organiser, here = team(), _cancelling(nice)
    sent = {"seen": "3", "reason": "Trop peu de monde"}
    token = organiser.csrf(here)
    first, again = (organiser.post(here, data={**sent, "csrf_token": token}) for _ in range(2))
    assert (first.status_code, again.status_code) == (303, 303)
    said = _read(organiser, NICE)
    assert "L’atelier est annulé : les messages partent." in said
    assert "Cet atelier était déjà annulé : rien n’est parti." in said
    assert here not in said
    assert "est annulé" in _read(organiser, here)
    with nice.app_context():
        assert len(told()) == 3
        assert (sending.atelier(HELD).state, sending.atelier(WANTED).state) == (ANNULE, PREVU)


@pytest.mark.parametrize("seen", ["", "2", "-3", "x", "²", "9" * 5000])
def test_b19_decided_for_other_people_than_come_it_is_read_again(nice: Flask, team: Team, seen: str) -> None:
    """What was typed is kept, nothing is cancelled."""
    organiser, here = team(), _cancelling(nice)
    answer = organiser.submit(here, {"seen": seen, "reason": "Motif gardé"})
    page = answer.get_data(as_text=True)
    assert (answer.status_code, "Rien n’a été annulé." in page, "Motif gardé" in page) == (409, True, True)
    assert _state(nice) == PREVU


def test_b19_where_an_answer_is_noted_no_button_shows_and_a_forged_sending_is_refused(
    nice: Flask, team: Team
) -> None:
    organiser, here = team(), _cancelling(nice)
    token = organiser.csrf(here)
    with nice.app_context():
        who = sending.participant("Place")
        actions.record(TEAM, [NewMark("n", who, sending.atelier(HELD).id, "present")])
    assert "ne s’annule plus" in _read(organiser, here)
    assert organiser.post(here, data={"csrf_token": token, "seen": "3"}).status_code == 409
    assert _state(nice) == PREVU


def test_b19_another_etape_s_atelier_and_another_s_member_find_nothing(nice: Flask, team: Team) -> None:
    """The atelier of Carpentras under Nice's address; Carpentras' member; who may only read or mark."""
    with nice.app_context():
        nice_id, carpentras = sending.etape_id(), sending.etape_id("carpentras")
    here, foreign = _cancelling(nice), _cancelling(nice, HELD, "carpentras")
    assert team().get(foreign).status_code == 404
    for role, etape in (("etape", carpentras), ("accueil", nice_id), ("lecture", None)):
        member = team(role, etape)
        assert member.get(here).status_code == 404
        forged = {"csrf_token": member.csrf("/equipe/"), "seen": "3"}
        assert member.post(here, data=forged).status_code == 404
    assert team("etape", nice_id).submit(here, {"seen": "3"}).status_code == 303
    assert _state(nice) == ANNULE


@pytest.mark.parametrize(("now", "proposed"), [(FRIDAY_BEFORE, False), (MONDAY_BEFORE, True)])
def test_us05_from_three_days_on_the_cockpit_proposes_it(
    nice: Flask, team: Team, now: str, proposed: bool
) -> None:
    """Two for a minimum of four: not four days before; from three days on, to decide; nothing is done by itself."""
    with nice.app_context():
        registration.cancel_participant(ACT, sending.participant("Attend"))
    nice.config["NOW"] = now
    page = _read(team(), NICE)
    assert ("pour un minimum de 4" in page, "aintenir" in page) == (proposed, proposed)
    assert "Rien n’est annulé sans vous." in page
    assert _state(nice) == PREVU


def test_us05_the_person_s_page_says_so_and_one_press_takes_another_place(
    nice: Flask, client: InspectingClient
) -> None:
    """« Annulé », each open atelier of that créneau with its button; the other créneau is as it was."""
    with nice.app_context():
        some = submission(person("Lou Venue", 2, HELD + 2), contact_email="lou@exemple.org")
        page = f"/inscriptions/{registration.register(ACT, sending.etape_id(), some).token}"
        actions.cancel_atelier(TEAM, sending.atelier(HELD + 2).id, 1)
        wanted, creneau = sending.atelier(WANTED).id, sending.atelier(WANTED).creneau_id
        choosing = f"{page}/personnes/{sending.participant('Venue')}/creneaux/{creneau}"
    shown = client.get(page).get_data(as_text=True)
    assert ("Annulé" in shown, shown.count("Prendre une place")) == (True, 2)
    assert "est annulé." in client.get(choosing).get_data(as_text=True)
    answer = client.submit(choosing, {"atelier": str(wanted)}, page=page, follow_redirects=True)
    after = answer.get_data(as_text=True)
    assert "La place est prise." in after
    assert ("Prendre une place" in after, after.count("Place confirmée")) == (False, 2)
    with nice.app_context():
        assert (sending.atelier(WANTED).taken, len(lives())) == (1, 7)
