"""The public pages of the programme: the home of a tour and the page of an étape, in each of their states."""

import html
import re
from datetime import date, datetime, time

import pytest
from flask import Flask
from sqlalchemy import event, update

from tests import factories
from tests.fiches import compiled
from tests.inspecting import InspectingClient
from tourpaca.db import db, transaction
from tourpaca.tour.models import Atelier, Etape, Tour
from tourpaca.tour.revision import bump

HOME, NICE = "/tours/tour-paca", "/tours/tour-paca/etapes/nice"


def change(app: Flask, what: object) -> None:
    """Change rows of the tour as an action would: the statement, then the revision."""
    with app.app_context(), transaction() as session:
        session.execute(what)
        bump(session, 1)


def etape(slug: str, **values: object) -> object:
    return update(Etape).where(Etape.slug == slug).values(**values)


def nice_atelier(ordre: int, **values: object) -> object:
    return update(Atelier).where(Atelier.etape_id == 2, Atelier.ordre == ordre).values(**values)


@pytest.fixture
def paca(app: Flask) -> Flask:
    with app.app_context():
        factories.tour_paca()
    return app


def text(client: InspectingClient, path: str) -> str:
    """What a reader reads of a page: tags away, every kind of space made one."""
    answer = client.get(path)
    assert answer.status_code == 200
    body = answer.get_data(as_text=True).split("<main", 1)[1]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def test_us01_lists_the_etapes_by_date_each_under_its_full_name(
    paca: Flask, client: InspectingClient
) -> None:
    body = client.get(HOME).get_data(as_text=True)
    assert re.findall(r'<h3 class="hors-ecran">(.*?)</h3>', body) == [
        "mardi 19 décembre 2017 — Marseille",
        "mardi 30 janvier 2018 — Nice",
        "mardi 13 février 2018 — Carpentras",
        "jeudi 29 mars 2018 — Bouches-du-Rhône (lieu à préciser)",
    ]
    assert "Heure et lieu à préciser" in body


def test_us01_an_etape_with_only_a_date_has_a_page_that_says_what_is_missing(
    paca: Flask, client: InspectingClient
) -> None:
    said = text(client, "/tours/tour-paca/etapes/bouches-du-rhone")
    assert "jeudi 29 mars 2018 — Bouches-du-Rhône" in said
    assert "heure à préciser" in said
    assert "Lieu à préciser : nous vous écrirons dès qu’il est connu." in said
    assert "Accès : information à venir" in said


def test_home_shows_the_one_running_tour(paca: Flask, client: InspectingClient) -> None:
    assert "Les quatre étapes" in text(client, "/")


def test_home_lists_tours_when_none_is_running(paca: Flask, client: InspectingClient) -> None:
    paca.config["NOW"] = "2019-01-01T10:00"
    assert "Déjà passées" in text(client, "/")


def test_home_without_any_tour_says_when_it_fills(client: InspectingClient) -> None:
    assert "Les dates seront annoncées ici." in text(client, "/")


def test_an_unpublished_tour_is_unknown_to_the_public(paca: Flask, client: InspectingClient) -> None:
    assert client.get(HOME).status_code == 200
    change(paca, update(Tour).values(published_at=None))
    for path in (HOME, NICE, HOME + "/calendrier.ics"):
        assert client.get(path).status_code == 404


def test_unknown_tours_and_etapes_are_not_found(paca: Flask, client: InspectingClient) -> None:
    for path in ("/tours/ailleurs", "/tours/ailleurs/etapes/nice", "/tours/tour-paca/etapes/gap"):
        assert client.get(path).status_code == 404
    assert not paca.extensions["shelf"].kept


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2017-10-31T08:00", "Inscriptions à partir du mercredi 1er novembre, 8 h."),
        ("2017-11-01T08:00", "Il reste des places dans tous les ateliers. Jusqu’au mardi 30 janvier, 9 h."),
        ("2018-01-30T09:00", "Inscriptions closes Depuis le mardi 30 janvier, 9 h."),
        ("2018-01-30T12:15", "Étape terminée"),
    ],
)
def test_us01_the_page_follows_the_clock(
    paca: Flask, client: InspectingClient, now: str, expected: str
) -> None:
    paca.config["NOW"] = now
    said = text(client, NICE)
    assert expected in said
    assert ("S’inscrire à Nice" in said) == (now == "2017-11-01T08:00")


def test_a_kept_page_ends_at_the_minute_of_opening(paca: Flask, client: InspectingClient) -> None:
    paca.config["NOW"] = "2017-11-01T07:59"
    assert "S’inscrire à Nice" not in text(client, NICE)
    paca.config["NOW"] = "2017-11-01T08:00"
    assert "S’inscrire à Nice" in text(client, NICE)


def test_b04_a_full_atelier_says_which_limit_blocks(paca: Flask, client: InspectingClient) -> None:
    change(paca, nice_atelier(1, taken=14))
    change(paca, nice_atelier(2, room_capacity=12, taken=12))
    said = text(client, NICE)
    assert "Complet Les 14 places de la table sont prises. Liste d’attente" in said
    assert "Complet Les 12 places de la salle sont prises." in said
    assert "Il reste des places dans 6 ateliers sur 8." in said
    change(paca, etape("nice", capacity=30, people=30))
    assert "Les 30 places de l’étape sont prises." in text(client, NICE)


@pytest.mark.parametrize(
    ("taken", "expected"),
    [
        (0, "Ouvert Il reste 14 places sur 14."),
        (11, "Dernières places Il reste 3 places sur 14."),
        (13, "Dernière place Il reste 1 place sur 14."),
    ],
)
def test_places_left_are_written_out(
    paca: Flask, client: InspectingClient, taken: int, expected: str
) -> None:
    change(paca, nice_atelier(1, taken=taken))
    assert expected in text(client, NICE)


def test_before_opening_the_places_are_announced_and_nothing_is_called_open(
    paca: Flask, client: InspectingClient
) -> None:
    paca.config["NOW"] = "2017-10-31T08:00"
    said = text(client, NICE)
    assert "14 places." in said
    assert "Ouvert" not in said


def test_us05_under_the_minimum_is_said_in_the_last_week(paca: Flask, client: InspectingClient) -> None:
    change(paca, nice_atelier(8, taken=2))
    assert "À confirmer" not in text(client, NICE)
    paca.config["NOW"] = "2018-01-26T10:00"
    assert "À confirmer 2 personnes inscrites : l’atelier se tient à partir de 4." in text(client, NICE)


def test_a_cancelled_etape_proposes_the_others(paca: Flask, client: InspectingClient) -> None:
    change(paca, etape("nice", state="annule"))
    said = text(client, NICE)
    assert "Cette étape n’aura pas lieu." in said
    assert "Marseille, mardi 19 décembre" in said
    assert "S’inscrire à Nice" not in said


def test_us08_the_event_takes_registrations_for_itself(paca: Flask, client: InspectingClient) -> None:
    change(
        paca,
        etape(
            "bouches-du-rhone",
            town="Aix-en-Provence",
            opens_at=datetime(2017, 11, 2, 8),
            starts_at=time(9, 30),
            capacity=80,
        ),
    )
    said = text(client, "/tours/tour-paca/etapes/bouches-du-rhone")
    assert "S’inscrire à Aix-en-Provence" in said
    assert "Il reste 80 places" in said


def test_programme_unknown_says_to_note_the_date(paca: Flask, client: InspectingClient) -> None:
    with paca.app_context(), transaction() as session:
        session.add(Etape(tour_id=1, ordre=5, slug="gap", day=date(2018, 4, 3), departement="05", town="Gap"))
        bump(session, 1)
    assert "Le programme arrive. Vous pouvez déjà noter la date." in text(
        client, "/tours/tour-paca/etapes/gap"
    )


@pytest.mark.parametrize(("path", "statements"), [(HOME, 7), (NICE, 8)])
def test_a_page_costs_the_same_statements_whatever_the_tour_holds(
    paca: Flask, client: InspectingClient, path: str, statements: int
) -> None:
    with paca.app_context():
        engine = db.engine
    seen: list[str] = []

    @event.listens_for(engine, "before_cursor_execute")
    def note(_c: object, _u: object, statement: str, *_: object) -> None:
        seen.append(statement)

    client.get(path)
    assert len([s for s in seen if s.lstrip().upper().startswith("SELECT")]) == statements
    seen.clear()
    client.get(path)
    assert seen == []


def test_what_was_held_is_counted_again_within_ten_minutes(paca: Flask, client: InspectingClient) -> None:
    """Marks do not bump the revision (doors would queue at the tour's row): the page of a past étape ages instead."""
    paca.config["NOW"] = "2018-01-30T18:00"
    before = text(client, NICE)
    with paca.app_context():
        compiled.come(2, [9], None, "Exemple")
    assert text(client, NICE) == before
    paca.config["NOW"] = "2018-01-30T18:10"
    assert "Étape terminée 1 personne, 1 atelier tenu." in text(client, NICE)


def test_a_past_etape_promises_nothing_any_more(paca: Flask, client: InspectingClient) -> None:
    """What was never settled is not said to come once the day is over."""
    change(paca, etape("nice", starts_at=None, ends_at=None))
    assert "heure à préciser" in text(client, NICE)
    paca.config["NOW"] = "2018-02-01T10:00"
    said = text(client, NICE) + text(client, HOME).split("Carpentras")[0]
    assert not re.search("heure à préciser|information à venir|nous vous écrirons", said.casefold())
