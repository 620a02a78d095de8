"""The dashboard and the cockpit: numbers from the base, and nothing of another étape for a member bound to one."""

import html
import re
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import event, insert, update

from tests import factories
from tests.fiches import compiled
from tests.inspecting import InspectingClient
from tourpaca.db import db, transaction
from tourpaca.journal import writing
from tourpaca.journal.models import Act
from tourpaca.organisations import actions as organisations
from tourpaca.organisations.attachment import recognise
from tourpaca.registration.models import Dossier, Participant, Place
from tourpaca.sample import loading
from tourpaca.tour.models import Atelier, Etape

Team = Callable[..., InspectingClient]
HOME, NICE = "/equipe/tour-paca/", "/equipe/tour-paca/etapes/nice"


@pytest.fixture
def paca(app: Flask) -> Flask:
    """The tour of the stories; at Nice, two people of one organisation, a third waiting for a full atelier."""
    with app.app_context():
        factories.tour_paca()
        with transaction() as session:
            session.execute(update(Atelier).where(Atelier.etape_id == 2, Atelier.ordre == 1).values(taken=2))
            session.execute(update(Atelier).where(Atelier.etape_id == 2, Atelier.ordre == 3).values(taken=14))
            for number, state, atelier in ((1, "confirmee", 9), (2, "confirmee", 9), (3, "en_attente", 11)):
                _person(session, number, state, atelier)
    return app


def _person(session: object, number: int, state: str, atelier_id: int) -> None:
    run = session.execute  # type: ignore[attr-defined]
    run(insert(Dossier).values(id=number, etape_id=2, created_at=factories.EARLIER))
    named = {"last_name": "Canari", "sort_key": "canari", "identity_key": str(number)}
    run(insert(Participant).values(id=number, dossier_id=number, etape_id=2, **named))
    dates = {"created_at": factories.EARLIER, "changed_at": factories.EARLIER}
    place = {"participant_id": number, "atelier_id": atelier_id, "creneau_id": 3, "state": state}
    run(insert(Place).values(uid=f"uid-{number}", **place, **dates))


def text(client: InspectingClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    body = answer.get_data(as_text=True).split("<main", 1)[1]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def test_the_dashboard_counts_people_and_those_who_wait(paca: Flask, team: Team) -> None:
    said = text(team(), HOME)
    assert "Rien ne vous attend aujourd’hui" in said
    assert "mardi 30 janvier 2 personnes inscrites , 1 en attente" in said
    assert "complet , 1 en attente" in said
    assert "Marseille, dans 18 jours" in said


def test_the_dashboard_tells_what_waits_and_leads_there(paca: Flask, team: Team) -> None:
    paca.config["NOW"] = "2018-01-26T10:00"
    client = team()
    said = text(client, HOME)
    assert "Une chose vous attend" in said
    assert "Nice : 7 ateliers sous le minimum." in said
    links = re.findall(r'class="bouton[^"]*" href="([^"]+)"', client.get(HOME).get_data(as_text=True))
    assert links == ["/equipe/tour-paca/etapes/nice"]
    assert all(client.get(link).status_code == 200 for link in links)


def test_a_quiet_dashboard_says_what_comes_next(paca: Flask, team: Team) -> None:
    """Nothing waits: the next étape, with its numbers and its one step."""
    paca.config["NOW"] = "2018-01-10T10:00"
    next_one = "Tout est à jour. La suite : Nice, dans 20 jours. 2 personnes inscrites, 1 en attente. Préparer l’étape"
    assert next_one in text(team(), HOME)


def test_a_quiet_dashboard_after_the_last_etape_leads_to_the_fiches(paca: Flask, team: Team) -> None:
    paca.config["NOW"] = "2018-04-10T10:00"
    with paca.app_context():
        with transaction() as session:
            session.execute(update(Atelier).values(taken=0))
        compiled.publish()
    said = text(team(), HOME)
    assert "plus aucune étape n’est à venir. Les chiffres se lisent dans les fiches." in said
    assert "Lire les fiches" in said


def test_a_tour_without_registrations_shows_the_link_to_share(app: Flask, team: Team) -> None:
    with app.app_context():
        factories.tour_paca()
    assert "http://localhost/tours/tour-paca" in text(team(), HOME)


def test_s02_a_member_bound_to_an_etape_sees_nothing_of_the_others(paca: Flask, team: Team) -> None:
    with paca.app_context(), transaction() as session:
        for etape_id, what in ((1, "Change la salle de Marseille"), (2, "Change la salle de Nice")):
            writing.write(
                session, Act(factories.EARLIER), "x", f"etape:{etape_id}", what, tour_id=1, etape_id=etape_id
            )
    client = team("etape", etape_id=2)
    for path in (HOME, "/equipe/tour-paca/journal", NICE):
        assert "Marseille" not in text(client, path)
    assert "Change la salle de Nice" in text(client, HOME)
    assert client.get("/equipe/tour-paca/etapes/marseille").status_code == 404


def test_nobody_is_named_on_the_dashboard(paca: Flask, team: Team) -> None:
    client = team()
    assert "anari" not in text(client, HOME) + text(client, NICE)


def test_the_finished_tour_shows_who_came(app: Flask, team: Team) -> None:
    with app.app_context():
        loading.load(factories.EARLIER)
    app.config["NOW"] = "2018-05-02T10:00"
    said = text(team(), "/equipe/tour-paca-2017-2018/")
    assert "42 personnes venues , 74 présences" in said
    assert "14 présences" in said
    reader = team("lecture")
    cockpit = text(reader, "/equipe/tour-paca-2017-2018/etapes/carpentras")
    assert "Annulé" in cockpit
    public = text(reader, "/tours/tour-paca-2017-2018/etapes/carpentras")
    assert "Cet atelier n’a pas eu lieu." in public
    assert "9 présences Tenu" in cockpit


def test_where_places_are_not_counted_the_cockpit_gives_no_number_of_them(paca: Flask, team: Team) -> None:
    with paca.app_context(), transaction() as session:
        session.execute(update(Atelier).where(Atelier.ordre == 3).values(capacity=None, room_capacity=None))
    said = text(team(), NICE)
    assert "Sans limite de places" in said
    assert "encore libre" not in said


def test_the_cockpit_gives_four_numbers_and_each_atelier(paca: Flask, team: Team) -> None:
    said = text(team(), NICE)
    assert "Nice, mardi 30 janvier 2018" in said
    assert "2 personnes inscrites 0 organisation 1 en liste d’attente 96 places encore libres" in said
    assert (
        "« Les modalités effectives de gouvernance démocratique » : 2 personnes inscrites, minimum 4." in said
    )
    assert "complet , 1 en attente Complet" in said


@pytest.mark.parametrize(
    ("now", "primary"),
    [
        ("2018-01-02T10:00", "Voir les inscriptions"),
        ("2018-01-28T10:00", "Imprimer l’émargement"),
        ("2018-01-30T08:00", "Marquer les présences"),
        ("2018-01-30T13:00", "Relire les présences"),
        ("2018-02-05T10:00", "Relire les présences"),
    ],
)
def test_the_primary_action_follows_the_calendar(paca: Flask, team: Team, now: str, primary: str) -> None:
    paca.config["NOW"] = now
    page = team().get(NICE).get_data(as_text=True)
    filled = re.findall(r'<a class="bouton" href="[^"]*">.*?<span>(.*?)</span>', page, re.S)
    assert filled == [primary]


@pytest.mark.parametrize(
    ("now", "verb", "path"),
    [
        ("2018-01-28T10:00", "Imprimer l’émargement", f"{NICE}/emargement.pdf"),
        ("2018-01-30T08:00", "Marquer les présences", f"{NICE}/presences"),
        ("2018-01-30T13:00", "Saisir", f"{NICE}/presences"),
    ],
)
def test_the_dashboard_leads_first_to_what_the_calendar_calls_for(
    paca: Flask, team: Team, now: str, verb: str, path: str
) -> None:
    paca.config["NOW"] = now
    client = team("etape", etape_id=2)
    page = client.get(HOME).get_data(as_text=True)
    first = re.search(
        r'<a class="bouton dense" href="([^"]+)"><span>([^<]*)|<a class="bouton" href="([^"]+)"><span>([^<]*)',
        page,
    )
    assert first
    assert [part for part in first.groups() if part] == [path, verb]
    assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    ("role", "seen", "unseen"),
    [
        ("accueil", "Marquer les présences", "Écrire"),
        ("accueil", "Marquer les présences", "Exporter"),
        ("etape", "Exporter", "Composer le programme"),
        ("lecture", "Voir les inscriptions", "Marquer les présences"),
    ],
)
def test_s02_a_role_sees_only_the_actions_it_may_do(
    paca: Flask, team: Team, role: str, seen: str, unseen: str
) -> None:
    client = team(role)
    said = text(client, NICE)
    assert seen in said
    assert unseen not in said
    body = client.get(NICE).get_data(as_text=True).split("<main", 1)[1]
    addresses = set(re.findall(r'href="(/equipe/[^"?#]*)', body))
    assert addresses
    assert all(client.get(address).status_code == 200 for address in addresses)


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("role", "tabs"), [("organisation", 7), ("etape", 5), ("lecture", 5), ("accueil", 2)]
)
def test_s02_every_tab_that_a_role_is_shown_opens(paca: Flask, team: Team, role: str, tabs: int) -> None:
    client = team(role, 2 if role in {"etape", "accueil"} else None)
    nav = client.get(HOME).get_data(as_text=True).split('<nav class="onglets"', 1)[1].split("</nav>")[0]
    addresses = re.findall(r'href="([^"]+)"', nav)
    assert len(addresses) == tabs
    assert all(client.get(address).status_code == 200 for address in addresses)


def test_t02_linked_names_are_one_organisation_in_the_cockpit(paca: Flask, team: Team) -> None:
    with paca.app_context(), transaction() as session:
        for number, name in enumerate(("API", "API Provence"), 1):
            body = recognise(session, name, factories.EARLIER)
            mine = update(Participant).where(Participant.id == number)
            session.execute(mine.values(organisation_id=body))
    client = team()
    assert "2 organisations" in text(client, NICE)
    with paca.app_context():
        organisations.link(Act(factories.EARLIER), 1, 2)
    assert "1 organisation " in text(client, NICE)


def test_us01_an_etape_without_ateliers_leads_to_the_programme(paca: Flask, team: Team) -> None:
    with paca.app_context(), transaction() as session:
        session.add(Etape(tour_id=1, ordre=5, slug="gap", day=date(2018, 4, 3), departement="05", town="Gap"))
    said = text(team(), "/equipe/tour-paca/etapes/gap")
    assert "Aucun atelier." in said
    assert "Composer le programme" in said


@pytest.mark.parametrize(("path", "statements"), [(HOME, 14), (NICE, 11)])
def test_a_page_costs_the_same_statements_with_one_person_and_with_thirty(
    paca: Flask, team: Team, path: str, statements: int
) -> None:
    client, seen = team(), []
    with paca.app_context():
        engine = db.engine

    @event.listens_for(engine, "before_cursor_execute")
    def note(_c: object, _u: object, statement: str, *_: object) -> None:
        seen.append(statement)

    for people in (0, 30):
        with paca.app_context(), transaction() as session:
            for number in range(100, 100 + people):
                _person(session, number, "confirmee", 12)
        seen.clear()
        client.get(path)
        assert len([s for s in seen if s.lstrip().upper().startswith("SELECT")]) == statements
