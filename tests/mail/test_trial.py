"""« M’envoyer un essai », and what to loosen when the criteria choose nobody."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests import factories
from tests.attendance.people import expect
from tests.inspecting import InspectingClient
from tests.mail.writing import letters
from tourpaca.db import session, transaction
from tourpaca.mail import composition
from tourpaca.mail.models import Envoi, Letter
from tourpaca.registration.models import Lien, Participant
from tourpaca.tour.models import Etape

Team = Callable[..., InspectingClient]
WRITE = "/equipe/tour-paca/messages/ecrire"
FORM = {
    "etape": "carpentras",
    "objet": "Salle de {nom}",
    "texte": "Bonjour {prénom},\n\nSalle B. {lien personnel}",
    "cle": "k",
    "montree": "1",
    "essai": "1",
}


@pytest.fixture
def house(app: Flask) -> Iterator[Flask]:
    """The tour of the stories with two people at Carpentras."""
    with app.app_context():
        factories.tour_paca()
        for name in ("Specimen", "Gabarit"):
            expect("carpentras", (name, "Alix"), (3,))
        with transaction() as current:
            for person in current.scalars(select(Participant)):
                person.email = f"{person.last_name}@exemple.org".lower()
    return app


def test_b08_a_trial_goes_to_the_member_as_the_shown_person_would_read_it(house: Flask, team: Team) -> None:
    page = team().submit(WRITE, FORM).get_data(as_text=True)
    assert "L’essai part à organisation-tous@exemple.org." in page
    assert "Salle de {nom}" in page, "what was typed stays"
    with house.app_context():
        (trial,) = letters()
        assert (trial.to_email, trial.envoi_id) == ("organisation-tous@exemple.org", None)
        assert trial.subject == "Essai\u00a0: Salle de Specimen"
        for words in (
            "Ceci est un essai",
            "Bonjour Alix,",
            "Salle B. (ici, le lien personnel)",
            "Personne d’autre",
        ):
            assert words in composition.text(trial)
            assert words in composition.html(trial)


def test_b08_a_trial_counts_for_nobody(house: Flask, team: Team) -> None:
    client = team()
    client.submit(WRITE, FORM)
    assert "Envoyer à 2\u00a0personnes" in client.submit(WRITE, FORM).get_data(as_text=True)
    with house.app_context():
        assert session().scalar(select(func.count(Envoi.id))) == 0
        assert session().scalar(select(func.count(Lien.id))) == 0, "no link of a person is handed out"


def test_b08_the_same_trial_twice_is_one_letter_and_another_text_is_another(house: Flask, team: Team) -> None:
    client = team()
    for text in ("Bonjour,\n\nSalle B.", "Bonjour,\n\nSalle B.", "Bonjour,\n\nSalle C."):
        assert client.submit(WRITE, {**FORM, "texte": text}).status_code == 200
    with house.app_context():
        assert session().scalar(select(func.count(Letter.id))) == 2


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"texte": "Bonjour {prenom}"}, 422, "{prenom} n’existe pas"),
        ({"objet": ""}, 422, "Donnez un objet"),
        ({"etape": "marseille"}, 409, "Aucune personne avec ces critères"),
    ],
)
def test_b08_a_trial_is_refused_as_the_sending_is(
    house: Flask, team: Team, changes: dict[str, str], status: int, words: str
) -> None:
    answer = team().submit(WRITE, {**FORM, **changes})
    assert (answer.status_code, words in answer.get_data(as_text=True)) == (status, True)
    with house.app_context():
        assert letters() == []


def test_b08_nobody_names_the_criteria_to_loosen(house: Flask, team: Team) -> None:
    page = team().get(f"{WRITE}?etape=carpentras&presence=present").get_data(as_text=True)
    assert "Toutes les présences\u00a0: 2\u00a0personnes" in page
    assert "Tous les ateliers" not in page
    assert "Toutes les étapes" not in page, "loosening this one alone would bring nobody"
    assert "M’envoyer un essai" not in page


def test_b08_loosening_keeps_what_was_typed(house: Flask, team: Team) -> None:
    typed = {name: value for name, value in FORM.items() if name != "essai"}
    page = team().submit(WRITE, {**typed, "presence": "present", "sans": "presence"}).get_data(as_text=True)
    assert "Envoyer à 2\u00a0personnes" in page
    assert 'value="Salle de {nom}"' in page
    assert '<option value="" selected>Toutes</option>' in page


def test_s01_a_member_of_one_etape_cannot_loosen_it(house: Flask, team: Team) -> None:
    with house.app_context():
        expect("nice", ("Maquette", "Alix"), (3,))
        marseille = session().scalars(select(Etape.id).where(Etape.slug == "marseille")).one()
    page = team("etape", marseille).get(f"{WRITE}?sans=etape").get_data(as_text=True)
    assert "Aucune personne avec ces critères." in page
    assert "Personne n’est inscrit de ce côté" in page
