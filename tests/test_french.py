"""How the house writes French: a name after « de » and after « à »."""

import pytest

from tourpaca import french


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
