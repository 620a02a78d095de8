"""The team's fiches: the list, the drill-down behind each figure, and who may read what."""

import html
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from tests import factories, seed
from tests.fiches import compiled
from tests.inspecting import InspectingClient
from tests.statements import selects
from tourpaca.db import session, transaction
from tourpaca.fiches import figures, provenance, queries
from tourpaca.journal.models import Act
from tourpaca.organisations.attachment import recognise
from tourpaca.organisations.models import Organisation
from tourpaca.tour.models import Thematique

Team = Callable[..., InspectingClient]
LIST = f"/equipe/{factories.TOUR}/fiches"
LATER = Act(compiled.AFTER + timedelta(days=2), "membre:1", "Dominique")
FIFTH = f"{LIST}/lien-utilisateurs"


def text(client: InspectingClient, path: str) -> str:
    """The words of a page's main part, its spaces made plain."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    main = answer.get_data(as_text=True).split("<main", 1)[1]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


@pytest.fixture
def held(app: Flask) -> Flask:
    """The users' tour with its 203 presences, nothing published."""
    with app.app_context():
        compiled.tour_held()
    return app


def late(number: int = 900) -> int:
    """Note one more presence at Nice in the fifth theme, for the organisation Skavenji; return its root's id."""
    nice, etape = compiled.ateliers()[2, 5]
    with transaction() as current:
        body = recognise(current, "Skavenji", factories.EARLIER)
    compiled.come(etape, [nice], body, f"RETROUVE{number}", act=LATER)
    return body


def test_us09_the_list_shows_the_eight_figures_counted_now(held: Flask, team: Team) -> None:
    said = text(team(), LIST)
    assert "21 ateliers tenus 203 participations 63 organisations" in said
    rows = [[int(n) for n in row] for row in re.findall(r"(\d+) (\d+) (\d+) Brouillon", said)]
    assert [tuple(row) for row in rows] == seed.FIGURES
    assert "8 fiches, 0 publiée." in said
    assert "Relire et publier la fiche 1" in said


def test_us09_the_list_tells_versions_gaps_and_what_is_left_to_settle(held: Flask, team: Team) -> None:
    with held.app_context():
        compiled.publish()
        late()
        with transaction() as current:
            current.execute(
                update(Organisation).where(Organisation.name == "Casden").values(kind="a_qualifier")
            )
    said = text(team(), LIST)
    assert "8 fiches, 8 publiées, 1 à corriger." in said
    assert (
        "Publiée, version 1 12 avril 2018 Écart : publié 42, calculé 43. 1 organisation à qualifier." in said
    )
    assert "Relire et publier la fiche 5" in said
    assert f"/tours/{factories.TOUR}/livret.pdf" in team("lecture").get(LIST).text


def test_a_tour_without_thematiques_leads_to_them(app: Flask, team: Team) -> None:
    with app.app_context():
        factories.tour_paca()
        with transaction() as current:
            for theme in current.query(Thematique):
                theme.tour_id = _another_tour(current)
    assert "Aucune fiche. Chaque thématique de la tournée a la sienne. Écrire les thématiques" in text(
        team(), LIST
    )


def _another_tour(current: object) -> int:
    found = session().query(factories.Tour).filter_by(slug="autre").one_or_none()
    if found is None:
        found = factories.Tour(slug="autre", name="Autre", created_at=factories.EARLIER)
        session().add(found)
        session().flush()
    return int(found.id)


@pytest.mark.parametrize("fiches", [1, 30])
def test_t01_the_list_costs_the_same_statements_with_one_fiche_and_with_thirty(
    held: Flask, team: Team, fiches: int
) -> None:
    with held.app_context():
        compiled.publish()
        tour = queries.tour(factories.TOUR)
        kept = [theme.id for theme in tour.thematiques]
        with transaction() as current:
            if fiches == 1:
                current.execute(
                    update(Thematique)
                    .where(Thematique.id.in_(kept[1:]))
                    .values(tour_id=_another_tour(current))
                )
            for ordre in range(len(kept) + 1, fiches + 1):
                theme = Thematique(tour_id=tour.id, ordre=ordre, slug=f"t{ordre}", title=f"Thème {ordre}")
                current.add(theme)
    client = team()
    with selects(held) as seen:
        said = text(client, LIST)
    assert f"{fiches} fiche" in said
    assert len(seen) == 11


def test_us09_the_drill_down_sums_to_every_figure(held: Flask) -> None:
    """From « 42 participant.e.s » to étapes, ateliers, organisations, and the presences themselves."""
    with held.app_context():
        compiled.cancel((1, 6))  # its presences stay noted, and count nowhere
        tour = queries.tour(factories.TOUR)
        live = figures.of_tour(tour.id, [theme.id for theme in tour.thematiques])
        for theme in tour.thematiques:
            stops = provenance.stops(theme.id)
            tables = [table for stop in stops for table in stop.tables]
            bodies = {body.number: body.name for table in tables for body in table.bodies}
            counted = live[theme.id]
            assert sum(stop.count for stop in stops) == counted.participants
            assert len(tables) == counted.ateliers
            assert frozenset(bodies) == counted.roots
            assert sum(len(provenance.people(theme.id, number)) for number in bodies) == counted.participants
            assert sorted(bodies.values()) == sorted(counted.names)


def test_us09_from_a_figure_to_the_presences(held: Flask, team: Team) -> None:
    with held.app_context():
        compiled.publish()
        body = late()
        marseille = compiled.ateliers()[1, 5][0]
    client = team()
    said, page = text(client, FIFTH), client.get(FIFTH).text
    assert "3 ateliers 43 participations 28 organisations" in said
    assert "Écart : publié 42, calculé 43. Publier la version 2 ajoutera un erratum." in said
    assert "Nice, mardi 30 janvier 15" in said
    assert "RETROUVE900" in said
    assert f"/equipe/{factories.TOUR}/etapes/marseille/presences/{marseille}" in page
    assert client.head(f"/equipe/{factories.TOUR}/etapes/marseille/presences/{marseille}").status_code == 200
    assert f"{FIFTH}/mentions/{body}" in page


def test_us09_from_a_name_to_its_mentions_and_its_spellings(held: Flask, team: Team) -> None:
    with held.app_context(), transaction() as current:
        body = recognise(current, "Mutualité française PACA SSAM", factories.EARLIER)
    client = team()
    said = text(client, f"{FIFTH}/mentions/{body}")
    assert "Écrit ainsi Mutualité française PACA SSAM Mutualité française Paca SSAM" in said
    assert "Citée dans 4 fiches" in said
    assert "Présences" in said
    assert client.head(f"/equipe/{factories.TOUR}/organisations/{body}").status_code == 200
    assert (
        f'href="/equipe/{factories.TOUR}/organisations/{body}"' in client.get(f"{FIFTH}/mentions/{body}").text
    )
    assert client.get(f"{FIFTH}/mentions/9999").status_code == 404


def test_us09_people_without_organisation_have_their_line(held: Flask, team: Team) -> None:
    with held.app_context():
        nice, etape = compiled.ateliers()[2, 5]
        compiled.come(etape, [nice], None, "SEULE")
    client = team()
    assert "Sans organisation" in text(client, FIFTH)
    assert "SEULE" in text(client, f"{FIFTH}/mentions/0")


def test_s02_names_of_people_are_for_the_right_role_and_the_right_etape(held: Flask, team: Team) -> None:
    with held.app_context():
        compiled.publish()
        body = late()
        etapes = {slug: compiled.ateliers()[ordre, 5][1] for slug, ordre in (("marseille", 1), ("nice", 2))}
    foreign = team("etape", etape_id=etapes["marseille"])
    told, silent = [team(), team("etape", etape_id=etapes["nice"])], [foreign, team("lecture")]
    for path in (FIFTH, f"{FIFTH}/mentions/{body}"):
        assert all("RETROUVE900" in text(client, path) for client in told)
        assert not any("RETROUVE900" in text(client, path) for client in silent)
    own = re.findall(r"/etapes/(\w+)/presences", foreign.get(FIFTH).text)
    assert set(own) == {"marseille"}


def test_s02_who_may_only_read_gets_no_form(held: Flask, team: Team) -> None:
    for role in ("etape", "lecture"):
        client = team(role)
        page = client.get(FIFTH).text
        assert f'action="{FIFTH}"' not in page
        assert "Relire et publier" not in page
        assert client.get(f"{FIFTH}/publier").status_code == 404
        assert client.get(f"{FIFTH}/apercu").status_code == 200


def test_a_fiche_that_does_not_exist_is_missing(held: Flask, team: Team) -> None:
    client = team()
    for path in (f"{LIST}/rien", f"{LIST}/rien/publier", f"{LIST}/rien/apercu", f"{LIST}/rien/mentions/1"):
        assert client.get(path).status_code == 404
