"""What waits for the team: which things, in which order, in which words."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from tourpaca.organiser import todo
from tourpaca.organiser.todo import Numbers
from tourpaca.tour.programme import AtelierVu, CreneauVu, EtapeVue, Programme, ThemeVu

BLANK: dict[str, Any] = {"capacity": None, "opens_at": None, "closes_at": None, "welcome_at": None}
ETHIQUE = ThemeVu(8, 8, "ethique", "L’éthique et la déontologie", "", 2)
EARLY, NEAR = datetime(2018, 1, 2, 9, tzinfo=UTC), datetime(2018, 1, 26, 9, tzinfo=UTC)
LAST_DAYS, AFTER = datetime(2018, 1, 27, 9, tzinfo=UTC), datetime(2018, 1, 31, 9, tzinfo=UTC)


def atelier(number: int = 1, taken: int = 9, **values: Any) -> AtelierVu:
    plain = AtelierVu(number, number, 1, ETHIQUE, "", "", 14, None, 4, taken, "prevu")
    return replace(plain, **values)


def etape(*ateliers: AtelierVu, **values: Any) -> EtapeVue:
    fields: dict[str, Any] = dict.fromkeys(EtapeVue.__slots__, "") | BLANK
    known = {"id": 2, "ordre": 2, "slug": "nice", "day": date(2018, 1, 30), "town": "Nice", "state": "prevu"}
    hours = {"starts_at": time(9, 30), "ends_at": time(12, 15), "kind": "matinee", "people": 9}
    creneaux = (CreneauVu(1, 1, None, None, ateliers),)
    return EtapeVue(**(fields | known | hours | {"creneaux": creneaux} | values))


def tour(*etapes: EtapeVue, **values: Any) -> Programme:
    fields: dict[str, Any] = dict.fromkeys(Programme.__slots__, "")
    return Programme(**(fields | {"published_at": EARLY, "etapes": etapes, "themes": (ETHIQUE,)} | values))


def said(vue: Programme, now: datetime, numbers: Numbers | None = None) -> list[tuple[str, str]]:
    found = todo.of(vue, vue.etapes, numbers or Numbers(), now)
    return [(t.what.replace("\u00a0", " "), t.verb) for t in found]


def test_nothing_waits_for_a_quiet_tour() -> None:
    assert said(tour(etape(atelier())), NEAR) == []


def test_a_mail_server_that_takes_nothing_comes_first() -> None:
    vue = tour(etape(atelier(taken=2)))
    numbers = Numbers(mail_trouble="pas de réponse du serveur", held_letters=3, refused_letters=1)
    assert [what for what, _ in said(vue, NEAR, numbers)][:2] == [
        "Le courrier ne part pas.",
        "1 message refusé.",
    ]
    (first, *_) = todo.of(vue, vue.etapes, numbers, NEAR)
    assert first.why == "3\u00a0messages gardés\u00a0: pas de réponse du serveur."


def test_us05_an_atelier_under_its_minimum_waits_in_the_last_week_only() -> None:
    vue = tour(etape(atelier(taken=2), atelier(2)))
    assert said(vue, EARLY) == []
    assert said(vue, NEAR) == [("Nice, « L’éthique et la déontologie » : 2 personnes, minimum 4.", "Décider")]
    (found,) = todo.of(vue, vue.etapes, Numbers(), NEAR)
    assert found.why.replace("\u00a0", " ") == "L’étape est dans 4 jours. Rien n’est annulé sans vous."
    assert found.href == "etapes/nice"


def test_us05_three_days_before_cancelling_is_proposed_and_never_done() -> None:
    """Its own page decides, with who comes and what is open instead; several are decided on the étape's."""
    vue = tour(etape(atelier(taken=2), atelier(2)))
    (found,) = todo.of(vue, vue.etapes, Numbers(), LAST_DAYS)
    assert found.what.replace("\u00a0", " ") == (
        "Nice, « L’éthique et la déontologie » : 2 personnes pour un minimum de 4."
    )
    assert "Le maintenir, ou l’annuler ? Rien n’est annulé sans vous." in found.why.replace("\u202f", " ")
    assert found.href == f"etapes/nice/ateliers/{vue.etapes[0].ateliers[0].id}/annuler"
    several = tour(etape(atelier(taken=2), atelier(2, taken=1)))
    assert [each.href for each in todo.of(several, several.etapes, Numbers(), LAST_DAYS)] == ["etapes/nice"]


def test_us05_several_ateliers_under_their_minimum_are_one_thing() -> None:
    assert said(tour(etape(atelier(taken=2), atelier(2, taken=1))), NEAR) == [
        ("Nice : 2 ateliers sous le minimum.", "Décider")
    ]


def test_an_etape_without_anybody_is_to_be_shared() -> None:
    assert said(tour(etape(atelier(taken=0))), NEAR) == [("Aucune inscription pour Nice.", "Décider")]


def test_a_cancelled_atelier_waits_for_nothing() -> None:
    assert said(tour(etape(atelier(taken=2, state="annule"), atelier(2))), NEAR) == []
    assert said(tour(etape(atelier(taken=2), state="annule")), NEAR) == []


def test_free_places_wait_for_the_people_who_wait() -> None:
    vue = tour(etape(atelier(taken=12)))
    assert said(vue, EARLY, Numbers(waiting={1: 3})) == [
        ("Nice, « L’éthique et la déontologie » : 2 places libres.", "Donner")
    ]
    assert said(tour(etape(atelier(taken=14))), EARLY, Numbers(waiting={1: 3})) == []


@pytest.mark.parametrize(
    ("now", "found"),
    [
        (datetime(2018, 1, 27, 22, tzinfo=UTC), []),
        (datetime(2018, 1, 28, 9, tzinfo=UTC), [("Nice, c’est dans 2 jours.", "Imprimer l’émargement")]),
        (datetime(2018, 1, 29, 22, tzinfo=UTC), [("Nice, c’est demain.", "Imprimer l’émargement")]),
        (datetime(2018, 1, 29, 23, tzinfo=UTC), [("Nice, c’est aujourd’hui.", "Marquer les présences")]),
        (datetime(2018, 1, 30, 11, tzinfo=UTC), [("Nice, c’est aujourd’hui.", "Marquer les présences")]),
        (datetime(2018, 1, 30, 12, tzinfo=UTC), [("Nice : aucune présence n’est notée.", "Saisir")]),
    ],
)
def test_d07_the_calendar_of_nice_calls_for_sheets_then_for_marks(
    now: datetime, found: list[tuple[str, str]]
) -> None:
    assert said(tour(etape(atelier())), now) == found
    assert said(tour(etape(atelier(), state="annule")), now) == []


def test_presences_are_asked_for_after_the_day() -> None:
    vue = tour(etape(atelier()))
    assert said(vue, AFTER) == [("Nice : aucune présence n’est notée.", "Saisir")]
    assert said(vue, AFTER, Numbers(present={1: 6})) == []


def test_what_is_unsettled_is_asked_for_three_weeks_before() -> None:
    vue = tour(etape(atelier(), town="", departement_name="Alpes-Maritimes", starts_at=None, ends_at=None))
    assert said(vue, EARLY) == []
    assert said(vue, NEAR) == [("Alpes-Maritimes : le lieu et l’heure à préciser.", "Compléter")]


def test_fiches_are_asked_for_once_every_matinee_is_over() -> None:
    vue, numbers = tour(etape(atelier())), Numbers(present={1: 6}, fiches_to_publish=8)
    assert said(vue, NEAR, numbers) == []
    assert said(vue, AFTER, numbers) == [("8 fiches à publier.", "Relire")]


def test_a_failing_letter_comes_first_and_five_things_are_enough() -> None:
    vue = tour(*[etape(atelier(taken=2), slug=f"e{n}") for n in range(9)], published_at=None)
    found = said(vue, NEAR, Numbers(refused_letters=1, names_to_review=3))
    assert len(found) == 5
    assert found[:2] == [("1 message refusé.", "Corriger"), ("La tournée n’est pas publiée.", "Publier")]


@pytest.mark.parametrize(
    ("count", "title"),
    [
        (0, "Rien ne vous attend aujourd’hui"),
        (1, "Une chose vous attend"),
        (3, "Trois choses vous attendent"),
    ],
)
def test_the_title_counts_what_waits(count: int, title: str) -> None:
    assert todo.title(count) == title
