"""The pages in which the team makes the programme (rows B01 to B04, story US1)."""

import json
from collections.abc import Callable
from datetime import date
from html import unescape
from typing import Any

import pytest
from flask import Flask

from tests.inspecting import InspectingClient
from tests.page_inspection import Page
from tourpaca.db import transaction
from tourpaca.organiser.tour.programme_fields import DEPARTEMENTS
from tourpaca.tour import queries, slugs
from tourpaca.tour.models import Atelier, Etape

HOME = "/equipe/tour-paca"
Team = Callable[..., InspectingClient]


def typed(html: str, action: str) -> dict[str, Any]:
    """Return what a browser would send from the form with this action, untouched."""
    page = Page(html[html.index(f'action="{action}"') - 40 :].split("</form>")[0] + "</form>")
    sent: dict[str, Any] = {}
    for kind, attributes, _ in page.fields:
        if kind in {"checkbox", "radio"} and "checked" not in attributes:
            continue
        sent.setdefault(attributes["name"], []).append(attributes.get("value", ""))
    return sent | _long_texts(html) | _choices(html)


def _long_texts(html: str) -> dict[str, list[str]]:
    found = {}
    for piece in html.split("<textarea ")[1:]:
        name = piece.split('name="')[1].split('"')[0]
        found[name] = [unescape(piece.split(">", 1)[1].split("</textarea>")[0].removeprefix("\n"))]
    return found


def _choices(html: str) -> dict[str, list[str]]:
    found = {}
    for piece in html.split("<select ")[1:]:
        name = piece.split('name="')[1].split('"')[0]
        options = piece.split("</select>")[0]
        chosen = options.split(" selected")[0].rsplit('value="', 1)[-1].split('"')[0]
        found[name] = [chosen]
    return found


def test_b01_us01_a_tour_is_made_by_pages_alone(team: Team) -> None:
    chief = team()
    made = chief.submit("/equipe/tours/nouvelle", {"name": "Tournée des exemples"})
    assert made.location == "/equipe/tournee-des-exemples/etapes/nouvelle"
    added = chief.submit(made.location, {"day": "2018-03-29", "departement": "13", "town": ""})
    assert added.location == "/equipe/tournee-des-exemples/etapes/bouches-du-rhone/modifier"
    page = chief.get("/equipe/tournee-des-exemples/etapes").get_data(as_text=True)
    assert "jeudi 29\u00a0mars 2018 — Bouches-du-Rhône (lieu à préciser)" in page


def test_us01_what_is_missing_is_told_beside_its_field_and_all_is_kept(chief: InspectingClient) -> None:
    answer = chief.submit(f"{HOME}/etapes/nouvelle", {"day": "", "departement": "", "town": "Toulon"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'href="#day"' in page
    assert 'id="departement-faute"' in page
    assert 'value="Toulon"' in page


@pytest.mark.parametrize(
    "name, wrong, remedy",
    [
        ("day", "2018-02-30", "pas au calendrier"),
        ("starts_at", "neuf heures", "9\u00a0h\u00a030"),
        ("capacity", "beaucoup", "nombre entier"),
        ("ends_at", "08:00", "après le début"),
        ("closes_at", "2017-10-01T08:00", "après l’ouverture"),
    ],
)
def test_us01_a_wrong_value_comes_back_as_typed(
    chief: InspectingClient, name: str, wrong: str, remedy: str
) -> None:
    address = f"{HOME}/etapes/nice/modifier"
    form = typed(chief.get(address).get_data(as_text=True), address)
    answer = chief.post(address, data=form | {name: wrong})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert remedy in page
    assert f'value="{wrong}"' in page


def test_us01_a_page_of_many_rows_names_the_row_in_its_summary(chief: InspectingClient) -> None:
    address = f"{HOME}/horaires"
    form = typed(chief.get(address).get_data(as_text=True), address)
    page = chief.post(address, data=form | {"ends_at-2": "08:00"}).get_data(as_text=True)
    assert '<a href="#ends_at-2">Nice\u00a0: La fin (8\u00a0h) doit venir après le début' in page


def test_us01_hours_may_be_typed_as_people_write_them(app: Flask, chief: InspectingClient) -> None:
    address = f"{HOME}/etapes/nice/modifier"
    form = typed(chief.get(address).get_data(as_text=True), address)
    assert chief.post(address, data=form | {"starts_at": "9 h 15", "day": "31/01/2018"}).status_code == 303
    with app.app_context():
        etape = queries.etape("tour-paca", "nice")
        assert (str(etape.starts_at), etape.day) == ("09:15:00", date(2018, 1, 31))


def test_r22_the_second_save_gets_the_page_of_differences(app: Flask, chief: InspectingClient) -> None:
    address = f"{HOME}/etapes/nice/modifier"
    form = typed(chief.get(address).get_data(as_text=True), address)
    first = chief.post(address, data=form | {"venue": "Maison A", "access": "Rampe"})
    second = chief.post(address, data=form | {"venue": "Maison B", "transport": "Tram 1"})
    page = second.get_data(as_text=True)
    assert (first.status_code, second.status_code) == (303, 409)
    choices = page[page.index("<fieldset") :]
    assert choices.index("Maison B") < choices.index("Maison A")
    chosen = typed(page, address)
    assert (chosen["venue"], chosen["access"], chosen["transport"]) == (["Maison B"], ["Rampe"], ["Tram 1"])
    assert chief.post(address, data=chosen | {"venue": "Maison A"}).status_code == 303
    with app.app_context():
        kept = queries.etape("tour-paca", "nice")
        assert (kept.venue, kept.access, kept.transport) == ("Maison A", "Rampe", "Tram 1")
        assert kept.version == 3


def test_r22_rows_that_i_left_alone_never_stand_against_somebody_elses(
    app: Flask, chief: InspectingClient
) -> None:
    address = f"{HOME}/etapes/nice/ateliers"
    form = typed(chief.get(address).get_data(as_text=True), address)
    first, second = sorted(name for name in form if name.startswith("room-"))[:2]
    assert chief.post(address, data=form | {first: "Mistral"}).status_code == 303
    assert chief.post(address, data=form | {second: "Garrigue"}).status_code == 303
    conflict = chief.post(address, data=form | {first: "Calanque"})
    assert conflict.status_code == 409
    assert chief.post(address, data=typed(conflict.get_data(as_text=True), address)).status_code == 303
    with app.app_context():
        rooms = {f"room-{a.id}": a.room for a in queries.etape("tour-paca", "nice").ateliers}
    assert (rooms[first], rooms[second]) == ("Calanque", "Garrigue")


def test_b02_the_grid_is_one_save(app: Flask, chief: InspectingClient) -> None:
    address = f"{HOME}/programme"
    form = typed(chief.get(address).get_data(as_text=True), address)
    held = form["cellule"]
    assert len(held) == 24
    answer = chief.post(address, data=form | {"cellule": held[1:]})
    assert answer.status_code == 303
    back = typed(chief.get(address).get_data(as_text=True), address)
    again = back | {"cellule": held, "capacity": "12", "minimum": "3"}
    assert chief.post(address, data=again).status_code == 303
    with app.app_context():
        made = [a for e in queries.etapes("tour-paca") for a in e.ateliers if a.capacity == 12]
        assert [(a.minimum, a.etape.slug) for a in made] == [(3, "marseille")]


def test_b02_two_people_on_the_grid_lose_nothing(app: Flask, chief: InspectingClient) -> None:
    address = f"{HOME}/programme"
    form = typed(chief.get(address).get_data(as_text=True), address)
    held = form["cellule"]
    chief.post(address, data=form | {"cellule": held[1:]})
    chief.post(address, data=form | {"cellule": held[:-1]})
    after = typed(chief.get(address).get_data(as_text=True), address)
    assert after["cellule"] == held[1:-1]


def test_b02_an_atelier_with_people_has_no_box_to_untick(app: Flask, chief: InspectingClient) -> None:
    with app.app_context(), transaction() as writing:
        first = writing.get_one(Etape, 1).ateliers[0]
        writing.get_one(Atelier, first.id).taken = 2
    page = chief.get(f"{HOME}/programme").get_data(as_text=True)
    assert page.count('type="checkbox"') == 23
    assert "2\u00a0inscriptions" in page


def test_b02_a_thematique_held_somewhere_is_not_removed(chief: InspectingClient) -> None:
    address = f"{HOME}/thematiques"
    form = typed(chief.get(address).get_data(as_text=True), address)
    refused = chief.post(address, data=form | {"retirer": ["1"], "title-2": "Un titre en cours"})
    page = refused.get_data(as_text=True)
    assert refused.status_code == 409
    assert "Un titre en cours" in page
    added = chief.post(address, data=form | {"title-neuf1": "Une neuvième"})
    assert added.status_code == 303
    assert "Une neuvième" in chief.get(address).get_data(as_text=True)


def test_b02_an_arrow_moves_a_thematique_and_keeps_what_is_typed(chief: InspectingClient) -> None:
    address = f"{HOME}/thematiques"
    page = chief.get(address).get_data(as_text=True)
    assert 'value="monter:1"' not in page
    assert 'value="descendre:8"' not in page
    form = typed(page, address) | {"title-2": "Un titre en cours"}
    assert chief.post(address, data=form | {"geste": "descendre:1"}).status_code == 303
    again = chief.get(address).get_data(as_text=True)
    assert again.index("Un titre en cours") < again.index("Les modalités effectives")
    late = chief.post(address, data=form | {"geste": "descendre:1", "title-3": "Un autre titre"})
    assert late.status_code == 409
    assert "L’ordre des thématiques a changé" in late.get_data(as_text=True)
    assert "Un autre titre" in late.get_data(as_text=True)


def test_b04_a_lowered_limit_is_told_with_the_limit_that_blocks(app: Flask, chief: InspectingClient) -> None:
    with app.app_context(), transaction() as writing:
        writing.get_one(Etape, 1).ateliers[0].taken = 10
    address = f"{HOME}/etapes/marseille/ateliers"
    form = typed(chief.get(address).get_data(as_text=True), address)
    assert chief.post(address, data=form | {"room_capacity-1": "8"}).status_code == 303
    page = chief.get(address).get_data(as_text=True)
    assert "personne n’est retiré" in page
    assert "complet (la salle)" in page


def test_us01_the_team_says_what_publishing_changes_then_publishes(
    app: Flask, chief: InspectingClient
) -> None:
    address = f"{HOME}/publication"
    page = chief.get(address).get_data(as_text=True)
    assert "Bouches-du-Rhône (lieu à préciser)" in page
    chief.submit(f"{address}/retirer", {}, page=address)
    assert chief.get("/tours/tour-paca").status_code == 404
    chief.submit(address, {})
    assert chief.get("/tours/tour-paca").status_code == 200


def test_d05_publishing_asks_who_organises_when_the_settings_do_not_say(chief: InspectingClient) -> None:
    chief.submit("/equipe/tours/nouvelle", {"name": "Tour des Alpes"})
    address = "/equipe/tour-des-alpes/publication"
    refused = chief.submit(address, {})
    assert refused.status_code == 422
    assert 'aria-invalid="true"' in refused.get_data(as_text=True)
    assert chief.submit(address, {"organiser_name": "Chambre des Alpes"}).status_code == 303
    assert "organisée par Chambre des Alpes." in chief.get("/tours/tour-des-alpes").get_data(as_text=True)
    settings = chief.submit("/equipe/tour-des-alpes/reglages", {"organiser_name": ""})
    assert settings.status_code == 422
    assert "qui organise la tournée" in settings.get_data(as_text=True)


def test_b03_duplicating_asks_for_the_date_then_opens_the_copy(chief: InspectingClient) -> None:
    address = f"{HOME}/etapes/nice/dupliquer"
    assert chief.submit(address, {"departement": "83"}).status_code == 422
    made = chief.submit(address, {"day": "2018-04-02", "departement": "83", "town": "Toulon"})
    assert made.location == f"{HOME}/etapes/toulon/modifier"
    assert chief.get(made.location).status_code == 200


def test_b01_an_empty_etape_is_removed_on_a_page_of_its_own(chief: InspectingClient) -> None:
    address = f"{HOME}/etapes/carpentras/retirer"
    assert chief.submit(address, {}).location == f"{HOME}/etapes"
    assert chief.get(address).status_code == 404


def test_s01_a_member_bound_to_an_etape_sees_no_other_in_the_list(
    app: Flask, chief: InspectingClient, team: Team
) -> None:
    page = team("etape", 2).get(f"{HOME}/etapes").get_data(as_text=True)
    assert "Nice" in page
    assert "Carpentras" not in page


def test_b01_no_tour_can_take_the_address_of_a_page_of_the_team(app: Flask) -> None:
    firsts = {
        str(rule).split("/")[2] for rule in app.url_map.iter_rules() if str(rule).startswith("/equipe/")
    }
    assert {first for first in firsts if first and not first.startswith("<")} <= slugs.RESERVED_TOURS
    etape_pages = {str(rule).removeprefix("/equipe/<tour>/etapes/") for rule in app.url_map.iter_rules()}
    assert {page for page in etape_pages if page.isalpha()} <= slugs.RESERVED_ETAPES


def test_us01_every_departement_can_be_chosen() -> None:
    assert len(DEPARTEMENTS) == 102
    assert ("2A", "2A – Corse-du-Sud") in DEPARTEMENTS


def test_r22_what_the_page_showed_travels_in_the_form(chief: InspectingClient) -> None:
    address = f"{HOME}/reglages"
    form = typed(chief.get(address).get_data(as_text=True), address)
    assert json.loads(form["montre"][0])["organiser_name"] == "CRESS de démonstration"
    nonsense = form | {"montre": "[", "version": "x", "organiser_name": "Autre"}
    assert chief.post(address, data=nonsense).status_code == 409
