"""R18 through the front door: giving a place from the whole page, from one's own, and forged sendings."""

from typing import Any

from flask import Flask

from tests.inspecting import InspectingClient
from tests.registration import sending
from tests.registration.test_ceding import link_in, two
from tests.registration.test_choosing import lives, register

CY = {"p0-first_name": "Cy", "p0-last_name": "Nouveau", "p0-email": "cy@exemple.org"}


def giving(token: str, name: str) -> str:
    """Return the address where somebody's place is given."""
    return f"/inscriptions/{token}/personnes/{sending.participant(name)}/ceder"


def test_r18_the_contact_gives_a_colleague_s_place(house: Flask, client: InspectingClient) -> None:
    """GET says what happens and changes nothing; the sending does; sent again it shows the same page."""
    token = two()
    where, before = giving(token, "Cédant"), lives()
    shown = client.get(where).get_data(as_text=True)
    assert "Céder la place à un·e collègue" in shown
    assert "liste d’attente, n°&nbsp;1" in shown
    assert lives() == before
    answer = client.submit(where, CY, follow_redirects=True).get_data(as_text=True)
    assert "La place est cédée." in answer
    assert "Cède la place à Cy Nouveau" in answer.replace("cède", "Cède")
    again = client.submit(where, CY, page=f"/inscriptions/{token}")
    assert again.status_code == 303
    refused = client.submit(where, {**CY, "p0-last_name": "Autre"}, page=f"/inscriptions/{token}")
    assert (refused.status_code, "déjà cédée" in refused.get_data(as_text=True)) == (409, True)


def test_r18_who_gives_their_own_place_is_told_so_and_the_link_says_it_ever_after(
    house: Flask, client: InspectingClient
) -> None:
    two()
    own = link_in("confirmation", "bo@exemple.org")
    where = giving(own, "Cédant")
    answer = client.submit(where, CY)
    assert (answer.status_code, "La place est cédée" in answer.get_data(as_text=True)) == (200, True)
    for path in (f"/inscriptions/{own}", where, f"/inscriptions/{own}/calendrier.ics"):
        dead = client.get(path)
        assert (dead.status_code, "cédée à une autre personne" in dead.get_data(as_text=True)) == (404, True)


def test_r18_what_was_typed_is_kept_beside_what_is_missing(house: Flask, client: InspectingClient) -> None:
    token = two()
    before = lives()
    answer = client.submit(giving(token, "Cédant"), {**CY, "p0-first_name": ""})
    body = answer.get_data(as_text=True)
    assert (answer.status_code, "Indiquez le prénom." in body, 'value="Nouveau"' in body) == (422, True, True)
    known: dict[str, Any] = {**CY, "p0-first_name": "Sacha", "p0-last_name": "Modèle", "p0-email": ""}
    body = client.submit(giving(token, "Cédant"), known).get_data(as_text=True)
    assert "C’est une autre personne" in body
    assert lives() == before


def test_r18_a_link_gives_the_places_of_its_own_people_alone(house: Flask, client: InspectingClient) -> None:
    """Not somebody’s of another dossier; nor, from one’s own page, a colleague’s."""
    token = two()
    register("Max Autre", 3)
    before = lives()
    own = link_in("confirmation", "bo@exemple.org")
    for where, page in ((giving(token, "Autre"), token), (giving(own, "Modèle"), own)):
        assert client.get(where).status_code == 404
        assert client.submit(where, CY, page=f"/inscriptions/{page}").status_code == 404
    assert lives() == before
