"""The team's pages of organisations: names to review, the effect of a link before it is made, and its undoing."""

import html
import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import insert, select, update
from werkzeug.test import TestResponse

from tests import factories
from tests.fiches import compiled
from tests.inspecting import InspectingClient
from tests.statements import selects
from tourpaca.db import session, transaction
from tourpaca.organisations import queries
from tourpaca.organisations.attachment import recognise
from tourpaca.organisations.models import VERIFIEE, Graphie, Organisation

HOME = "/equipe/tour-paca"
LIST = f"{HOME}/organisations"
Team = Callable[..., InspectingClient]


def said(answer: TestResponse) -> str:
    """The words of a page, in one line."""
    main = answer.get_data(as_text=True).split("<main", 1)[1].split(">", 1)[1]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def known(app: Flask, *names: str, **numbers: str) -> list[int]:
    """The organisations that names mean, made to be reviewed when they are new."""
    with app.app_context(), transaction() as current:
        return [recognise(current, name, factories.EARLIER, **numbers) for name in names]


@pytest.fixture
def paca(app: Flask) -> Flask:
    """The tour of the stories; « API Provence » is verified and came, « API » is new and came too."""
    with app.app_context():
        factories.tour_paca()
        places = compiled.ateliers()
    api, provence = known(app, "API", "API Provence")
    with app.app_context():
        with transaction() as current:
            current.execute(
                update(Organisation)
                .where(Organisation.id == provence)
                .values(state=VERIFIEE, kind="association")
            )
        for body, themes in ((api, (1, 5)), (provence, (1, 8))):
            compiled.come(places[1, 1][1], [places[1, n][0] for n in themes], body, "Canari")
    return app


@pytest.fixture
def chief(paca: Flask, team: Team) -> InspectingClient:
    """Somebody of the whole team."""
    return team()


def test_t03_new_names_come_first_with_what_they_might_be(chief: InspectingClient) -> None:
    page = said(chief.get(LIST))
    assert (
        "1 nom à vérifier API 1 personne inscrite, 2 présences, fiches 1 et 5 Peut-être API Provence" in page
    )
    assert "Tous les mots de l’un sont dans l’autre, mais on les a vues au même atelier." in page
    assert "API Provence Association 1 2 1, 8" in page
    dashboard = said(chief.get(f"{HOME}/"))
    assert "1 nom d’organisation à vérifier." in dashboard


def test_t03_a_confirmed_name_leaves_the_dashboard_too_and_comes_back(chief: InspectingClient) -> None:
    answer = chief.submit(f"{LIST}/1/confirmer", {}, page=LIST, follow_redirects=True)
    assert "« API » est confirmée. Rétablir" in said(answer)
    assert "Rien à départager." in said(answer)
    assert "à vérifier" not in said(chief.get(f"{HOME}/"))
    chief.submit(f"{LIST}/1/confirmer", {"revoir": "1"}, page=LIST)
    assert "1 nom à vérifier" in said(chief.get(LIST))


def test_t04_the_effect_is_told_before_and_nothing_is_done_by_reading(
    paca: Flask, chief: InspectingClient
) -> None:
    page = said(chief.get(f"{LIST}/1/lier/2"))
    assert (
        "Fiche 1. Gouvernance démocratique « API » et « API Provence » deviennent « API Provence » 2 1"
        in page
    )
    assert "Fiche 5. Lien avec les utilisateurs « API » devient « API Provence » 1 1" in page
    assert "Fiche 8. Éthique et déontologie « API Provence » , inchangé 1 1 Brouillon" in page
    assert "Toute la tournée 2 1" in page
    with paca.app_context():
        assert queries.body(1).root_id == 1


def test_t04_linked_then_undone_by_the_strip(paca: Flask, chief: InspectingClient) -> None:
    answer = chief.submit(f"{LIST}/1/lier/2", {}, follow_redirects=True)
    page = answer.get_data(as_text=True)
    assert "« API » compte maintenant avec « API Provence ». Rétablir" in said(answer)
    assert f'action="{LIST}/1/separer"' in page
    assert "2 personnes inscrites à cette tournée, 4 présences" in said(chief.get(f"{LIST}/2"))
    linked = said(chief.get(f"{LIST}/1"))
    assert "Ce nom compte avec une autre organisation. API Provence Séparer ce nom" in linked
    undone = chief.submit(f"{LIST}/1/separer", {}, page=f"{LIST}/1", follow_redirects=True)
    assert "« API » compte de nouveau à part, avec ses propres inscriptions." in said(undone)
    assert "1 personne inscrite à cette tournée, 2 présences" in said(undone)


def test_t04_a_published_fiche_is_said_not_to_move(app: Flask, team: Team) -> None:
    with app.app_context():
        compiled.tour_published()
        names = ("API Provence", "Chorum")
        one, other = (
            session().scalar(select(Organisation.id).where(Organisation.name == name)) for name in names
        )
    client = team()
    page = said(client.get(f"{LIST}/{one}/lier/{other}"))
    assert page.count("Publiée, version 1 la version publiée ne bouge pas") == 3
    fiche = client.get("/tours/tour-paca/fiches/ethique-deontologie").get_data()
    client.submit(f"{LIST}/{one}/lier/{other}", {})
    assert client.get("/tours/tour-paca/fiches/ethique-deontologie").get_data() == fiche


def test_t04_two_bodies_that_a_number_tells_apart_are_not_linked(
    paca: Flask, chief: InspectingClient
) -> None:
    ((one,), (other,)) = known(paca, "Mgen 06", siren="732829320"), known(paca, "Mgen 84", siren="356000000")
    address = f"{LIST}/{one}/lier/{other}"
    page = chief.get(address)
    assert "Un numéro SIREN, SIRET ou RNA distingue « Mgen 06 » de « Mgen 84 »" in said(page)
    assert f'action="{address}"' not in page.get_data(as_text=True)
    token = chief.csrf(LIST)
    assert chief.post(address, data={"csrf_token": token}).status_code == 409


def test_t03_a_body_is_found_by_any_spelling_and_linked_from_its_page(chief: InspectingClient) -> None:
    assert "Aucune organisation ne porte ce nom." in said(chief.get(f"{LIST}?q=inconnue"))
    assert "API Provence" in said(chief.get(f"{LIST}?q=provence"))
    page = chief.get(f"{LIST}/1?q=provence").get_data(as_text=True)
    assert f'href="{LIST}/1/lier/2"' in page
    assert f'href="{LIST}/1/lier/1"' not in page
    assert chief.get(f"{LIST}/99").status_code == 404


def typed(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the form with this address."""
    form = page[page.index(f'action="{action}"') :].split("</form>")[0]
    return {
        name: html.unescape(value) for name, value in re.findall(r'name="([a-z_]+)" value="([^"]*)"', form)
    }


def test_two_who_rename_compare_their_texts(chief: InspectingClient) -> None:
    address = f"{LIST}/2/nom"
    form = typed(chief.get(f"{LIST}/2").get_data(as_text=True), address)
    assert chief.post(address, data=form | {"name": "API de Provence"}).status_code == 303
    late = chief.post(address, data=form | {"name": "A.P.I. Provence"})
    assert late.status_code == 409
    assert "Votre texte A.P.I. Provence Enregistré entre-temps API de Provence" in said(late)


def test_a_number_badly_copied_keeps_what_was_typed(chief: InspectingClient) -> None:
    address = f"{LIST}/2/qualites"
    form = typed(chief.get(f"{LIST}/2").get_data(as_text=True), address)
    sent = form | {"kind": "mutuelle", "departement": "13", "siren": "732829321"}
    refused = chief.post(address, data=sent)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert "732829321" in page
    assert '<option value="mutuelle" selected>' in page
    assert "Un SIREN a neuf chiffres" in page
    assert chief.post(address, data=sent | {"siren": "732829320"}).status_code == 303
    assert "Mutuelle, 13" in said(chief.get(LIST))


def test_t10_a_body_that_asked_is_counted_and_not_named(chief: InspectingClient) -> None:
    answer = chief.submit(f"{LIST}/2/citer", {}, page=f"{LIST}/2", follow_redirects=True)
    assert "compte toujours, et n’est plus nommée nulle part" in said(answer)
    assert "Compte sans être nommée" in said(chief.get(LIST))
    assert "comptée sans être nommée" in said(chief.get(f"{LIST}/1/lier/2"))
    assert "sera citée" in said(
        chief.submit(f"{LIST}/2/citer", {"cited": "1"}, page=f"{LIST}/2", follow_redirects=True)
    )


def many(app: Flask, count: int) -> None:
    """Names to review, and names linked to « API Provence »."""
    known(app, *(f"Amicale des pins {number}" for number in range(count)))
    with app.app_context(), transaction() as current:
        for number in range(count):
            row = {"slug": f"lie-{number}", "name": f"API {number}", "sort_key": f"api{number}"}
            ends = {"linked_to_id": 2, "root_id": 2, "created_at": factories.EARLIER}
            key = current.execute(insert(Organisation).values(**row, **ends)).inserted_primary_key[0]
            current.execute(
                insert(Graphie).values(organisation_id=key, text=row["name"], key=row["sort_key"])
            )


@pytest.mark.parametrize(("path", "expected"), [("", 17), ("?q=a", 11), ("/2", 12), ("/1/lier/2", 22)])
@pytest.mark.parametrize("count", [1, 30])
def test_the_pages_ask_the_same_number_of_questions_whatever_the_size(
    paca: Flask, chief: InspectingClient, path: str, expected: int, count: int
) -> None:
    many(paca, count)
    with selects(paca) as asked:
        assert chief.get(LIST + path).status_code == 200
    assert len(asked) == expected, "\n".join(asked)
