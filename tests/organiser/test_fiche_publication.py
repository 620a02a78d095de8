"""Publishing a fiche by its page: the effect before, the act, the links after, version 2 and its erratum (US9)."""

import html
import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import update
from werkzeug.test import TestResponse

from tests import factories
from tests.fiches import compiled
from tests.inspecting import InspectingClient
from tests.organiser.test_fiches import late, text
from tourpaca.db import transaction
from tourpaca.fiches import checking, queries, rules
from tourpaca.fiches.actions import Edit, save_texts
from tourpaca.organisations.models import A_VERIFIER, Organisation

Team = Callable[..., InspectingClient]
FICHE = f"/equipe/{factories.TOUR}/fiches/lien-utilisateurs"
PUBLISH = f"{FICHE}/publier"
PUBLIC = f"/tours/{factories.TOUR}/fiches/lien-utilisateurs"


@pytest.fixture
def held(app: Flask) -> Flask:
    """The users' tour with its 203 presences, nothing published."""
    with app.app_context():
        compiled.tour_held()
    return app


def read(client: InspectingClient) -> dict[str, str]:
    """What the page of publication sends: the number and the mark of what was read."""
    page = client.get(PUBLISH).text
    return dict(re.findall(r'name="(numero|lu)" value="([^"]+)"', page))


def press(client: InspectingClient, sent: dict[str, str] | None = None, note: str = "") -> TestResponse:
    """Press « Publier la version … », as read now or before."""
    return client.submit(PUBLISH, {**(sent or read(client)), "precision": note}, page=PUBLISH)


def numbers(app: Flask) -> list[int]:
    """The versions of the fiche, the newest first."""
    with app.app_context():
        theme = queries.thematique(factories.TOUR, "lien-utilisateurs")
        return [version.number for version in queries.versions(theme.id)]


def test_us09_the_first_version_is_read_then_published_and_its_forms_are_offered(
    held: Flask, team: Team
) -> None:
    client = team()
    said = text(client, PUBLISH)
    assert "Publier la version 1" in said
    assert "3 ateliers organisés, 42 participant.e.s : 15-38 Réseau Med, " in said
    assert "ces parties ne paraîtront pas : Présentation de la thématique, Enjeux" in said
    assert "Erratum" not in said
    assert press(client).status_code == 303
    page = client.get(FICHE).text
    assert "La fiche 5 est publiée, version 1." in page
    for suffix in ("", ".pdf", ".docx", ".json"):
        assert f'href="{PUBLIC}{suffix}"' in page
        assert client.get(PUBLIC + suffix).status_code == 200
    assert numbers(held) == [1]


def test_us09_version_two_tells_the_effect_before_and_carries_its_erratum(held: Flask, team: Team) -> None:
    with held.app_context():
        compiled.publish("lien-utilisateurs")
        theme = queries.thematique(factories.TOUR, "lien-utilisateurs")
        nice, etape = compiled.ateliers()[2, 5]
        with transaction() as current:
            newcomer = compiled.recognise(current, "Babalex", factories.EARLIER)
        compiled.come(etape, [nice], newcomer, "RETROUVE")
        compiled.silence("Casden")
        save_texts(compiled.ACT, theme.id, {"enjeux": Edit("Écouter", 0)})
    client = team()
    said = text(client, PUBLISH)
    assert "Ce qui change depuis la version 1" in said
    assert "Participations 42 43" in said
    assert "Organisations 28 29" in said
    assert "1 organisation ajoutée Babalex" in said
    assert "1 organisation retirée Casden" in said
    assert "Ajouté : Écouter" in said
    assert "Erratum, version 2 : participations 43 au lieu de 42, organisations 29 au lieu de 28" in said
    press(client, note="une feuille retrouvée à Nice")
    public = " ".join(html.unescape(client.get(PUBLIC).text).split())
    assert "43 participant.e.s" in public
    assert "Version 2, publiée le" in public
    assert "Une feuille retrouvée à Nice." in public
    assert "Écart" not in text(client, FICHE)


def test_us09_a_version_that_would_say_the_same_is_told(held: Flask, team: Team) -> None:
    with held.app_context():
        compiled.publish("lien-utilisateurs")
    said = text(team(), PUBLISH)
    assert "Rien : la version 2 dirait la même chose que celle du 12 avril 2018." in said


def test_us09_what_changed_since_the_reading_is_shown_again_with_what_was_typed(
    held: Flask, team: Team
) -> None:
    with held.app_context():
        compiled.publish("lien-utilisateurs")
    client = team()
    sent = read(client)
    with held.app_context():
        late()
    answer = press(client, sent, "une précision")
    assert answer.status_code == 409
    assert "rien n’est publié" in answer.text
    assert "une précision</textarea>" in answer.text
    assert numbers(held) == [1]
    again = dict(re.findall(r'name="(numero|lu)" value="([^"]+)"', answer.text))
    assert press(client, again, "une précision").status_code == 303
    assert numbers(held) == [2, 1]


def test_us09_pressed_twice_makes_one_version(held: Flask, team: Team) -> None:
    client = team()
    sent = read(client)
    assert press(client, sent).status_code == 303
    assert press(client, sent).status_code == 409
    assert numbers(held) == [1]


def test_us09_more_organisations_than_people_blocks(
    held: Flask, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = team()
    sent = read(client)
    wrong = rules.Check("refus", "2 organisations pour 1 participation : les présences sont à relire.")
    monkeypatch.setattr(checking, "of_all", lambda live, _: {number: [wrong] for number in live})
    assert 'name="lu"' not in client.get(PUBLISH).text
    answer = client.post(PUBLISH, data={**sent, "csrf_token": client.csrf(FICHE)})
    assert answer.status_code == 409
    assert "La fiche reste en brouillon. 2 organisations pour 1 participation" in answer.text
    assert numbers(held) == []


def test_us09_the_checks_warn_in_words_and_let_publish(held: Flask, team: Team) -> None:
    with held.app_context():
        compiled.cancel((1, 5))
        with transaction() as current:
            casden = Organisation.name == "Casden"
            current.execute(update(Organisation).where(casden).values(kind="a_qualifier", state=A_VERIFIER))
    held.config["NOW"] = "2018-04-12T10:00"
    client = team()
    said = text(client, PUBLISH)
    assert "Des présences sont notées sur un atelier annulé, elles ne comptent pas : Marseille." in said
    assert "1 organisation à qualifier. Qualifier" in said
    assert "1 nom à vérifier. Vérifier" in said
    assert "2 ateliers avec des présences" in said
    assert press(client).status_code == 303


def test_us09_an_atelier_held_without_presences_is_told(app: Flask, team: Team) -> None:
    with app.app_context():
        factories.tour_paca()
    app.config["NOW"] = "2018-02-01T10:00"
    said = text(team(), PUBLISH)
    assert "Un atelier a eu lieu sans présence notée : Marseille et Nice." in said
    assert "Aucune présence n’est notée sur ce thème." in said


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_too_long_a_note_is_told_beside_it_and_kept(held: Flask, team: Team) -> None:
    with held.app_context():
        compiled.publish("lien-utilisateurs")
    answer = press(team(), note="n" * 501)
    assert answer.status_code == 422
    assert "Restez sous 500\u00a0signes." in answer.text
    assert "n" * 501 in answer.text


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_a_fiche_of_a_hidden_tour_says_when_it_will_be_seen(held: Flask, team: Team) -> None:
    with held.app_context(), transaction() as current:
        current.query(factories.Tour).one().published_at = None
    client = team()
    press(client)
    said = text(client, FICHE)
    assert "Le public la verra quand la tournée sera publiée." in said
    assert "En ligne" not in said
