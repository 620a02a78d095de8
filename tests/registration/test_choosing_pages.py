"""R18 through the front door: the ateliers of a créneau, one button each, and what a forged sending is answered."""

import pytest
from flask import Flask
from sqlalchemy import update

from tests.inspecting import InspectingClient
from tests.registration import sending
from tests.registration.sending import ACT, person, submission
from tests.registration.test_choosing import HELD, WANTED, lives, register
from tests.registration.test_promoting import place_of
from tourpaca.db import transaction
from tourpaca.registration import actions
from tourpaca.tour.models import Creneau


def own_page(name: str, *ordres: int) -> str:
    """Register two people and return the address of the whole page."""
    both = person(name, *ordres), person("Sacha Modèle", 4)
    return f"/inscriptions/{actions.register(ACT, sending.etape_id(), submission(*both)).token}"


def choosing(page: str, name: str, ordre: int) -> str:
    """Return the address where somebody chooses in the créneau of a theme."""
    return f"{page}/personnes/{sending.participant(name)}/creneaux/{sending.atelier(ordre).creneau_id}"


def test_r18_the_page_says_what_is_left_and_takes_the_place(house: Flask, client: InspectingClient) -> None:
    """Places left, the rank where it is full, what is theirs; GET changes nothing; the sending does, and says so."""
    sending.shrink(1, 8)
    register("Ana Tenante", 8)
    page = own_page("Lou Change", HELD)
    assert "Changer d’atelier" in client.get(page).get_data(as_text=True)
    before = lives()
    shown = client.get(choosing(page, "Change", HELD)).get_data(as_text=True)
    for words in ("Il reste <b>14\u00a0places</b>", "Liste d’attente, n°\u00a01", "L’atelier actuel"):
        assert words.replace("\u00a0", "&nbsp;") in shown or words in shown
    assert lives() == before
    there = {"atelier": str(sending.atelier(WANTED).id)}
    answer = client.submit(choosing(page, "Change", HELD), there, follow_redirects=True)
    assert "La place est prise." in answer.get_data(as_text=True)
    assert (sending.atelier(HELD).taken, sending.atelier(WANTED).taken) == (0, 1)


def test_r18_a_full_atelier_asks_again_before_it_lets_wait(house: Flask, client: InspectingClient) -> None:
    """It filled meanwhile: nothing is changed, the same page now offers the rank; then the rank is theirs."""
    page = own_page("Lou Change", HELD)
    where, room = choosing(page, "Change", HELD), sending.atelier(WANTED).id
    sending.shrink(0, WANTED)
    refused = client.submit(where, {"atelier": str(room)})
    body = refused.get_data(as_text=True)
    assert (refused.status_code, "Rien n’a été changé." in body) == (409, True)
    assert f'value="{room}-attente"' in body
    answer = client.submit(where, {"atelier": f"{room}-attente"}, follow_redirects=True)
    assert "C’est noté sur la liste d’attente." in answer.get_data(as_text=True)
    assert (sending.atelier(HELD).taken, sending.waiting(WANTED)) == (1, [sending.participant("Change")])


@pytest.mark.parametrize("typed", ["", "0", "x", "9" * 9, "1-attente-attente"])
def test_r18_a_forged_choice_changes_nothing(house: Flask, client: InspectingClient, typed: str) -> None:
    page = own_page("Lou Change", HELD)
    before = lives()
    assert client.submit(choosing(page, "Change", HELD), {"atelier": typed}).status_code == 409
    assert lives() == before


def test_r18_a_link_chooses_for_its_own_people_alone(house: Flask, client: InspectingClient) -> None:
    """Somebody of another dossier, or a créneau of another étape: nothing there."""
    register("Ana Autre", HELD)
    page = own_page("Lou Change", HELD)
    foreign = sending.atelier(HELD, "carpentras").creneau_id
    before = lives()
    lou = f"{page}/personnes/{sending.participant('Change')}/creneaux/{foreign}"
    for where in (choosing(page, "Autre", HELD), lou):
        assert client.get(where).status_code == 404
        sent = {"atelier": str(sending.atelier(WANTED).id)}
        assert client.submit(where, sent, page=page).status_code in {404, 409}
    assert lives() == before


def test_r18_an_empty_creneau_is_offered_and_one_at_the_same_hour_is_not(
    house: Flask, client: InspectingClient
) -> None:
    page = own_page("Lou Change", HELD)
    shown = client.get(page).get_data(as_text=True)
    assert choosing(page, "Change", 2).removeprefix("http://localhost") in shown
    second = sending.atelier(HELD).creneau
    hours = {"starts_at": second.starts_at, "ends_at": second.ends_at}
    with transaction() as current:
        current.execute(update(Creneau).where(Creneau.id == sending.atelier(2).creneau_id).values(**hours))
    assert choosing(page, "Change", 2) not in client.get(page).get_data(as_text=True)
    assert client.get(choosing(page, "Change", 2)).status_code == 404


def test_r18_once_people_are_received_the_page_says_that_changes_are_over(
    house: Flask, client: InspectingClient
) -> None:
    page = own_page("Lou Change", HELD)
    house.config["NOW"] = "2018-01-30T09:30"
    assert "Changer d’atelier" not in client.get(page).get_data(as_text=True)
    assert "Les changements sont clos" in client.get(choosing(page, "Change", HELD)).get_data(as_text=True)
    assert place_of("Change")
