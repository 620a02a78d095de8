"""The form and the personal page through the front door, as a browser without scripts uses them."""

import gzip
import re
from typing import Any

import icalendar
import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.inspecting import InspectingClient
from tests.registration import sending
from tests.registration.sending import ACT, person, submission
from tourpaca.db import session
from tourpaca.registration import actions
from tourpaca.registration.models import Dossier, Lien, Participant, Place
from tourpaca.security import hash_token

NICE = "/tours/tour-paca/etapes/nice/inscription"


def typed(client: InspectingClient, **changes: Any) -> dict[str, Any]:
    """Return the blank form with one person filled in for the ateliers 2 and 7."""
    page = client.get(NICE).get_data(as_text=True)
    two, seven = sending.atelier(2), sending.atelier(7)
    return {
        "key": re.search(r'name="key" value="([^"]+)"', page)[1],  # type: ignore[index]
        "people": "1",
        "organisation": "Cannes Jeunesse",
        "contact_name": "Morgan Factice",
        "contact_email": "morgan.factice@exemple.org",
        "p0-first_name": "Camille",
        "p0-last_name": "Exemple",
        "p0-email": "camille@exemple.org",
        f"p0-c{two.creneau_id}": str(two.id),
        f"p0-c{seven.creneau_id}": str(seven.id),
        **changes,
    }


def register(**facts: Any) -> str:
    """Register two people for Nice and return the token of their page."""
    both = (person("Camille Exemple", 2, 7, email="camille@exemple.org"), person("Sacha Modèle", 4))
    return actions.register(ACT, sending.etape_id(), submission(*both, **facts)).token


def test_r24_two_requests_make_a_registration(house: Flask, client: InspectingClient) -> None:
    """The form, its sending, and the page says it is recorded, with both places."""
    answer = client.submit(NICE, typed(client), follow_redirects=True)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "C’est enregistré" in page
    assert page.count("Place confirmée") == 2
    assert answer.headers["Cache-Control"] == "no-store"
    assert "noindex" in answer.headers["X-Robots-Tag"]


def test_r24_the_form_is_small(house: Flask, client: InspectingClient) -> None:
    """Under 15 kB compressed, with ten people in it too."""
    ten = typed(client, people="9", ajouter="1")
    page = client.submit(NICE, ten).data
    assert page.count(b"Personne 10</h3>") == 1
    assert len(gzip.compress(page)) < 15_000


def test_r24_adding_and_removing_keep_everything_typed(house: Flask, client: InspectingClient) -> None:
    """« Ajouter une personne » and « Retirer » are sendings: names, choices, needs and ticks stay."""
    form = typed(client, access_needs="Une place près de la porte", not_cited="1", ajouter="1")
    page = client.submit(NICE, form).get_data(as_text=True)
    kept = ("Cannes Jeunesse", "camille@exemple.org", "Une place près de la porte", "Personne 2")
    assert all(words in page for words in kept)
    people, _, _model = page.partition("<template")
    # Two ateliers, "not cited", and "no atelier" twice for the new person.
    assert people.count(" checked") == 5
    del form["ajouter"]
    both = {**form, "people": "2", "p1-first_name": "Sacha", "p1-last_name": "Modèle", "retirer": "0"}
    page = client.submit(NICE, both).get_data(as_text=True)
    assert 'value="Sacha"' in page
    assert 'value="Camille"' not in page


def test_r24_the_contact_is_copied_into_the_first_person(house: Flask, client: InspectingClient) -> None:
    """Who fills the form and comes types their name once."""
    form = typed(client, recopier="1", **{"p0-first_name": "", "p0-last_name": "", "p0-email": ""})
    page = client.submit(NICE, form).get_data(as_text=True)
    assert 'value="Morgan"' in page
    assert 'value="Factice"' in page


def test_r24_what_is_missing_is_told_on_top_and_beside(house: Flask, client: InspectingClient) -> None:
    """422, a summary whose links lead to the fields, the sentence under the field, everything kept."""
    form = typed(client, contact_email="morgan.factice.exemple.org", **{"p0-first_name": ""})
    answer = client.submit(NICE, form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for words in (
        "L’inscription n’est pas encore envoyée",
        'href="#contact_email"',
        'href="#p0-first_name"',
        'aria-invalid="true"',
        "Il manque le «\u00a0@\u00a0»",
        'value="morgan.factice.exemple.org"',
        "Tout ce que vous avez saisi est conservé",
    ):
        assert words in page, words
    assert session().scalar(select(func.count()).select_from(Dossier)) == 0


def test_r07_a_full_atelier_is_said_in_words_and_stays_open_to_waiting(
    house: Flask, client: InspectingClient
) -> None:
    """« Complet : liste d’attente, n° 1 »; chosen, it waits; filled meanwhile, the page offers it once more."""
    sending.shrink(1, 2)
    form = typed(client)
    actions.register(ACT, sending.etape_id(), submission(person("Ana Un", 2), contact_email="a@exemple.org"))
    answer = client.submit(NICE, form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Cet atelier vient de se remplir" in page
    assert "<b>Complet</b>&nbsp;: liste d’attente, n°&nbsp;1" in page
    two = sending.atelier(2)
    waits = re.search(rf'value="({two.id}-attente)" checked', page)
    assert waits
    page = client.submit(NICE, {**form, f"p0-c{two.creneau_id}": waits[1]}, follow_redirects=True).get_data(
        as_text=True
    )
    assert "En liste d’attente" in page
    assert page.count("Place confirmée") == 1


def test_r22_somebody_registered_already_is_asked(house: Flask, client: InspectingClient) -> None:
    """The page asks « C’est une autre personne », the tick lets it pass, nobody is led to the first page."""
    client.submit(NICE, typed(client))
    form = typed(client)
    answer = client.submit(NICE, form)
    assert answer.status_code == 422
    assert "C’est une autre personne" in answer.get_data(as_text=True)
    assert client.submit(NICE, {**form, "p0-another": "1"}).status_code == 303


def test_r22_refresh_and_back_lead_to_the_same_page(house: Flask, client: InspectingClient) -> None:
    """The same form sent again: same address, one dossier, and the page says it was there already."""
    form = typed(client)
    first, again = client.submit(NICE, form), client.submit(NICE, form, follow_redirects=True)
    assert "déjà enregistrée" in again.get_data(as_text=True)
    assert first.location.split("?")[0] == again.request.path
    assert session().scalar(select(func.count()).select_from(Dossier)) == 1


def test_us01_a_closed_form_says_why_and_where_else(house: Flask, client: InspectingClient) -> None:
    """The event has no opening date yet: whom to write to, and the étapes that are open."""
    page = client.get("/tours/tour-paca/etapes/bouches-du-rhone/inscription").get_data(as_text=True)
    for words in ("ne sont pas encore ouvertes", "equipe@exemple.org", "Carpentras"):
        assert words in page


def test_r03_a_link_shows_its_own_and_cancels_by_post_only(house: Flask, client: InspectingClient) -> None:
    """Opening every page of the link changes nothing; the sending cancels and the page says so."""
    address = f"/inscriptions/{register()}"
    camille = sending.participant("Exemple")
    page = client.get(f"{address}/annuler/{camille}").get_data(as_text=True)
    assert "Annuler l’inscription de Camille Exemple" in page
    assert session().scalar(select(func.count()).where(Participant.cancelled_at.is_not(None))) == 0
    page = client.submit(f"{address}/annuler/{camille}", {}, follow_redirects=True).get_data(as_text=True)
    assert "C’est annulé" in page
    session().rollback()
    assert session().get_one(Participant, camille).cancelled_at is not None
    assert session().get_one(Participant, sending.participant("Modèle")).cancelled_at is None
    client.submit(f"{address}/annuler", {})
    sending.assert_counters_are_the_rows()


def test_r03_the_base_holds_no_key_to_a_page(house: Flask, client: InspectingClient) -> None:
    """What is stored of a link is its hash, which opens nothing; one letter more or less opens nothing either."""
    token = register()
    stored = session().scalars(select(Lien.token_hash)).all()
    assert token not in stored
    assert hash_token(token) in stored
    for wrong in (*stored, token[:-1], token + "A", token.swapcase()):
        assert client.get(f"/inscriptions/{wrong}").status_code == 404
    assert client.get(f"/inscriptions/{token}").headers["Referrer-Policy"] == "no-referrer"


def test_r03_a_person_s_link_opens_nobody_else(house: Flask, client: InspectingClient) -> None:
    """The link in Camille's letter shows Camille, cancels Camille, and does not know Sacha."""
    register()
    address = sending.letters("confirmation")[0].content["context"]["link"].removeprefix("http://localhost")  # type: ignore[index]
    page = client.get(address).get_data(as_text=True)
    assert "Camille" in page
    assert "Sacha" not in page
    assert client.get(f"{address}/annuler/{sending.participant('Modèle')}").status_code == 404
    client.submit(f"{address}/annuler", {})
    session().rollback()
    assert session().get_one(Participant, sending.participant("Modèle")).cancelled_at is None


def test_r03_the_calendar_holds_what_the_letters_hold(house: Flask, client: InspectingClient) -> None:
    """Three confirmed places, three entries under the same uids, the right hour."""
    answer = client.get(f"/inscriptions/{register()}/calendrier.ics")
    entries = icalendar.Calendar.from_ical(answer.data).walk("VEVENT")
    assert {str(entry["uid"]) for entry in entries} == set(session().scalars(select(Place.uid)))
    assert {entry["dtstart"].dt.isoformat() for entry in entries} == {
        "2018-01-30T09:30:00+01:00",
        "2018-01-30T11:00:00+01:00",
    }


@pytest.mark.parametrize("email", ["camille@exemple.org", "inconnue@exemple.org"])
def test_r04_the_answer_is_the_same_for_every_address(
    house: Flask, client: InspectingClient, email: str
) -> None:
    """Known or not: the same page; a wrong address is told beside its field."""
    register()
    known = client.submit("/retrouver", {"email": email}, follow_redirects=True)
    assert "Si une inscription se rattache à ce courriel" in known.get_data(as_text=True)
    assert email not in known.get_data(as_text=True)
    assert client.submit("/retrouver", {"email": "sans"}).status_code == 422


def test_s03_a_link_that_opens_nothing_offers_another(house: Flask, client: InspectingClient) -> None:
    """404, in words, with the form of the lost link; its token stands nowhere on the page."""
    answer = client.get("/inscriptions/ancien-lien-oublie")
    assert answer.status_code == 404
    assert "Recevoir mon lien" in answer.get_data(as_text=True)
    assert "ancien-lien-oublie" not in answer.get_data(as_text=True)


def test_r07_a_place_freed_for_the_waiting_list_is_not_announced_to_others(
    house: Flask, client: InspectingClient
) -> None:
    """The étape page says what the form will do: whoever comes now waits behind the two who wait together."""
    sending.shrink(1, 2)
    for number, names in enumerate((("Ana Un",), ("Bo Deux", "Cy Trois"))):
        group = [person(name, 2 if not number else -2) for name in names]
        one = submission(*group, contact_email=f"{number}@exemple.org")
        actions.register(ACT, sending.etape_id(), one)
    actions.cancel_participant(ACT, sending.participant("Un"))
    page = client.get("/tours/tour-paca/etapes/nice").get_data(as_text=True)
    assert "Une place libre va d’abord à qui l’attend" in page
