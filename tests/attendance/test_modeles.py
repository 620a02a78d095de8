"""B07: the texts of the occasions: the house's own, the team's, two editors at once, and nothing that runs."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from tests import factories
from tests.attendance.people import ACT, atelier, expect, mark
from tests.inspecting import InspectingClient
from tests.mail.writing import letters
from tourpaca import clock
from tourpaca.attendance import actions, audience, modeles, placeholders
from tourpaca.attendance.audience import Criteria
from tourpaca.attendance.letters import Message
from tourpaca.attendance.occasions import OCCASIONS, Occasion
from tourpaca.db import session, transaction
from tourpaca.mail import composition
from tourpaca.refusal import Refused, Stale, Unknown
from tourpaca.registration.models import Lien, Participant
from tourpaca.tour.models import Tour

Team = Callable[..., InspectingClient]
MODELS = "/equipe/tour-paca/messages/modeles"
WRITE = "/equipe/tour-paca/messages/ecrire"
MINE = Message("Merci {prénom}", "Bonjour {nom},\n\nMerci.")


@pytest.fixture
def house(app: Flask) -> Iterator[Flask]:
    """The tour of the stories, with one person at Carpentras who has no organisation."""
    with app.app_context():
        factories.tour_paca()
        expect("carpentras", ("Specimen", "Alix"), (3,))
        with transaction() as current:
            current.scalars(select(Participant)).one().email = "alix@exemple.org"
    return app


def _tour() -> int:
    return session().scalars(select(Tour.id)).one()


@pytest.mark.parametrize("occasion", OCCASIONS, ids=lambda occasion: occasion.key)
def test_b07_the_text_of_the_house_can_be_filled(occasion: Occasion) -> None:
    house = modeles.of_house(occasion)
    placeholders.check_fields(house.subject, house.body)
    assert house.body.startswith("Bonjour {prénom} {nom},\n\n")
    for word in ("'", "veuillez", "cliquez"):
        assert word not in f"{house.subject}\n{house.body}"


def test_b07_the_team_writes_its_own_and_comes_back_to_the_house(house: Flask) -> None:
    with house.app_context():
        tour_id = _tour()
        assert actions.save_modele(ACT, tour_id, "merci_j1", 0, MINE)
        text = modeles.of_occasion(tour_id, "merci_j1")
        assert (text.own, text.version, text.message) == (True, 1, MINE)
        assert not actions.save_modele(ACT, tour_id, "merci_j1", 1, MINE), "saving twice is saving once"
        again = modeles.of_house(text.occasion)
        assert actions.save_modele(ACT, tour_id, "merci_j1", 1, again)
        assert not modeles.of_occasion(tour_id, "merci_j1").own


@pytest.mark.parametrize("version", [0, 7])
def test_b07_the_second_of_two_editors_sees_the_text_of_the_first(house: Flask, version: int) -> None:
    with house.app_context():
        tour_id = _tour()
        actions.save_modele(ACT, tour_id, "merci_j1", 0, MINE)
        with pytest.raises(Stale) as stale:
            actions.save_modele(ACT, tour_id, "merci_j1", version, Message("Autre", "Texte"))
        assert stale.value.theirs == {"objet": MINE.subject, "texte": MINE.body, "version": 1}
        assert modeles.of_occasion(tour_id, "merci_j1").message == MINE


def test_b07_an_occasion_that_does_not_exist_is_refused(house: Flask) -> None:
    with house.app_context():
        with pytest.raises(Unknown):
            actions.save_modele(ACT, _tour(), "inventee", 0, MINE)
        with pytest.raises(Refused):
            actions.save_modele(ACT, _tour(), "merci_j1", 0, Message("Objet", "{prenom}"))


def test_b07_an_unknown_field_is_refused_beside_its_field_and_what_was_typed_stays(
    house: Flask, team: Team
) -> None:
    typed = {"objet": "Bonjour", "texte": "Cher {prenom}, salle B", "version": "0", "garder": "1"}
    answer = team().submit(f"{MODELS}/merci_j1", typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "{prenom} n’existe pas" in page
    assert "Cher {prenom}, salle B</textarea>" in page
    with house.app_context():
        assert not modeles.of_occasion(_tour(), "merci_j1").own


def test_b07_two_editors_compare_their_texts(house: Flask, team: Team) -> None:
    client = team()
    with house.app_context():
        actions.save_modele(ACT, _tour(), "merci_j1", 0, MINE)
    typed = {"objet": "Le mien", "texte": MINE.body, "version": "0", "garder": "1"}
    answer = client.submit(f"{MODELS}/merci_j1", typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Deux textes à comparer" in page
    assert "Le mien" in page
    assert "Merci {prénom}" in page
    chosen = {"objet": "Le mien", "texte": MINE.body, "version": "1", "garder": "1"}
    assert client.submit(f"{MODELS}/merci_j1", chosen).status_code == 303
    with house.app_context():
        assert modeles.of_occasion(_tour(), "merci_j1").subject == "Le mien"


def test_b07_the_preview_shows_a_real_person_and_what_is_empty_for_them(house: Flask, team: Team) -> None:
    typed = {"objet": "Pour {nom}", "texte": "Cher {prénom},\n\n{organisation} : {ville}.", "apercu": "1"}
    client = team()
    page = client.submit(f"{MODELS}/message_libre", typed).get_data(as_text=True)
    assert "Pour Specimen" in page
    assert "Cher Alix," in page
    assert ": Carpentras." in page.replace("\u00a0", " ")
    assert "Vide pour cette personne" in page
    assert "{organisation}" in page
    back = client.submit(f"{MODELS}/message_libre", {**typed, "maison": "1"})
    assert "Des nouvelles de la tournée" in back.get_data(as_text=True)
    with house.app_context():
        assert not modeles.of_occasion(_tour(), "message_libre").own, "looking changes nothing"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("{{ config }}", "{ config } n’existe pas"),
        ("{% raw %}x{% endraw %}", "{% raw %} et {% endraw %} n’existent pas"),
        ("{# note #}", "{# note #} n’existe pas"),
        ("{prénom!r}", "{prénom!r} n’existe pas"),
    ],
)
def test_b07_the_markup_of_templates_is_named_not_run(
    house: Flask, team: Team, typed: str, said: str
) -> None:
    form = {"objet": "Objet", "texte": f"Bonjour,\n\n{typed}", "version": "0", "garder": "1"}
    answer = team().submit(f"{MODELS}/message_libre", form)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)


@pytest.mark.parametrize("typed", ["%(a)s $b `c` ${d", "{%\nif 1 %\n}oui", "{{\nconfig\n}}"])
def test_b07_what_an_organiser_types_never_runs(house: Flask, team: Team, typed: str) -> None:
    """In the model, its preview, the written message and both parts of the letter, markup stays the text it is."""
    client = team()
    body = f"Bonjour,\n\n{typed} <b>gras</b>"
    form = {"objet": "Objet", "texte": body, "version": "0", "garder": "1"}
    assert client.submit(f"{MODELS}/message_libre", form).status_code == 303
    page = client.get(f"{WRITE}?modele=message_libre").get_data(as_text=True)
    assert page.count(f"{typed} &lt;b&gt;gras") == 2, "in the text and in the preview"
    with house.app_context():
        actions.write_to(ACT, Criteria(_tour()), Message("Objet", body, "k"), 1)
        (letter,) = letters()
        assert f"{typed} <b>gras</b>" in composition.text(letter)
        assert "&lt;b&gt;gras" in composition.html(letter)


def test_b07_a_name_that_looks_like_a_template_stays_a_name(house: Flask, team: Team) -> None:
    name = "{{ config.SECRET_KEY }}{% if 1 %}{nom}"
    with house.app_context(), transaction() as current:
        current.scalars(select(Participant)).one().first_name = name
    client = team()
    for path in (f"{MODELS}/message_libre", f"{WRITE}?modele=message_libre"):
        assert "{{ config.SECRET_KEY }}{% if 1 %}{nom}" in client.get(path).get_data(as_text=True)
    with house.app_context():
        text = modeles.of_occasion(_tour(), "message_libre")
        actions.write_to(ACT, Criteria(_tour()), Message(text.subject, text.body, "k"), 1)
        (letter,) = letters()
        assert name in composition.text(letter)
        assert "{{ config.SECRET_KEY }}{% if 1 %}{nom}" in composition.html(letter)


def test_a07_writing_starts_from_a_model_and_from_its_people(house: Flask, team: Team) -> None:
    client = team()
    listed = client.get(MODELS).get_data(as_text=True)
    assert f"{WRITE}?modele=aux_presents&amp;presence=present" in listed
    page = client.get(f"{WRITE}?modele=aux_presents&presence=present").get_data(as_text=True)
    assert 'value="Après notre rencontre"' in page
    assert '<option value="present" selected>' in page
    form = {"objet": "Tapé", "texte": "Tapé aussi", "modele": "aux_absents", "cle": "k"}
    assert 'value="Tapé"' in client.submit(WRITE, {**form, "liste": "1"}).get_data(as_text=True)
    assert 'value="Vous nous avez manqué"' in client.submit(WRITE, {**form, "prendre": "1"}).get_data(
        as_text=True
    )


@pytest.mark.parametrize("presence", ["present", "absent"])
def test_a07_who_came_and_who_did_not_are_written_to_after_the_end_of_the_tour(
    house: Flask, team: Team, presence: str
) -> None:
    house.config["NOW"] = "2019-06-01T10:00"
    with house.app_context():
        for last, status in (("Exemple", "present"), ("Gabarit", "absent")):
            person = expect("carpentras", (last, "Jo"), (3,))
            with transaction() as current:
                current.get_one(Participant, person).email = f"{status}@exemple.org"
            actions.record(ACT, [mark(person, atelier("carpentras", 3).id, status)])
    key = f"aux_{presence}s"
    page = team().submit(WRITE, {"modele": key, "presence": presence, "prendre": "1"}).get_data(as_text=True)
    assert "Envoyer à 1\u00a0personne" in page
    with house.app_context():
        text = modeles.of_occasion(_tour(), key).message
        act = replace(ACT, now=clock.now())
        said = Message(text.subject, text.body + "\n\n{lien personnel}", "k")
        actions.write_to(act, Criteria(_tour(), presence=presence), said, 1)
        (letter,) = letters()
        assert (letter.to_email, letter.expires_at) == (f"{presence}@exemple.org", None)
        assert "mardi 13\u00a0février 2018" in composition.text(letter)
        (opens_until,) = session().scalars(select(Lien.expires_at))
        assert opens_until > act.now, "a link in a late letter must open"


def test_b10_one_mailbox_in_two_spellings_gets_one_letter(house: Flask) -> None:
    """R10: the contact's address and the participant's own, in another case, are one person of one name."""
    with house.app_context():
        expect("nice", ("Specimen", "Alix"), (2,))
        with transaction() as current:
            for person, email in zip(
                current.scalars(select(Participant).order_by(Participant.id)),
                ("", "ALIX@exemple.ORG"),
                strict=True,
            ):
                person.email = email
                person.dossier.contact_email = "alix@exemple.org"
        assert len(audience.of(Criteria(_tour())).recipients) == 1
