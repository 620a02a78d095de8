"""How the house writes French: a name after « de », after « à » or « dans »."""

from datetime import datetime

import pytest

from tourpaca import french
from tourpaca.tour import departements


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Nice", "de Nice"),
        ("Alix Specimen", "d’Alix Specimen"),
        ("Émile", "d’Émile"),
        ("Le Muy", "du Muy"),
        ("Les Arcs", "des Arcs"),
        ("La Ciotat", "de La Ciotat"),
        ("Lescar", "de Lescar"),
        ("Le", "de Le"),
        ("Bouches-du-Rhône", "des Bouches-du-Rhône"),
        ("Hérault", "de l’Hérault"),
        ("Gironde", "de Gironde"),
    ],
)
def test_a_name_after_de_draws_its_article_in_and_elides(name: str, written: str) -> None:
    assert french.of(name) == written


@pytest.mark.parametrize(
    ("place", "written"),
    [
        ("Nice", "à Nice"),
        ("Aix", "à Aix"),
        ("Le Muy", "au Muy"),
        ("Les Arcs", "aux Arcs"),
        ("La Ciotat", "à La Ciotat"),
    ],
)
def test_a_place_after_a_draws_its_article_in(place: str, written: str) -> None:
    assert french.at(place) == written


@pytest.mark.parametrize(
    ("place", "written"),
    [
        ("Bouches-du-Rhône", "dans les Bouches-du-Rhône"),
        ("Var", "dans le Var"),
        ("Hérault", "dans l’Hérault"),
        ("Drôme", "dans la Drôme"),
        ("Gironde", "en Gironde"),
    ],
)
def test_an_etape_without_a_town_is_held_in_its_departement(place: str, written: str) -> None:
    assert french.at(place) == written


def test_a_day_that_begins_is_the_eve_at_midnight() -> None:
    """« Jusqu’au 29 mars à 0 h » reads as the whole of the 29th."""
    assert french.moment(datetime(2018, 3, 29)) == "mercredi 28\u00a0mars 2018 à minuit"
    assert french.moment(datetime(2018, 3, 29, 0, 5)) == "jeudi 29\u00a0mars 2018 à 0\u00a0h\u00a005"


def test_every_departement_has_its_preposition() -> None:
    names = set(departements.NAMES.values())
    held_at = {"La Réunion", "Mayenne", "Mayotte", "Paris", "Vienne"}
    assert set(french.IN_A_DEPARTEMENT) == names - held_at
