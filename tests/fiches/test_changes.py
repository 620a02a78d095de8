"""What a new version changes for its readers, said piece by piece."""

import copy
from typing import Any

import pytest

from tourpaca.fiches.changes import TextChange, between

PUBLISHED: dict[str, Any] = {
    "titre": "Le lien",
    "ateliers": 3,
    "participants": 42,
    "organisations_nombre": 2,
    "organisations": ["Casden", "Skavenji"],
    "partenaires": [{"nom": "MGEN", "logo": ""}],
    "sections": [
        {"genre": "presentation", "titre": "Présentation", "texte": "Un.\n\nDeux."},
        {"genre": "enjeux", "titre": "Enjeux", "texte": "- Écouter\n- Répondre"},
    ],
}


def after(**changed: Any) -> dict[str, Any]:
    """The published content, some of it changed; `enjeux` and `presentation` replace a text."""
    found = copy.deepcopy(PUBLISHED)
    for section in found["sections"]:
        section["texte"] = changed.pop(section["genre"], section["texte"])
    return found | changed


def test_us09_the_same_content_changes_nothing() -> None:
    found = between(PUBLISHED, after())
    assert found.nothing
    assert found.figures == (
        ("Ateliers organisés", 3, 3),
        ("Participations", 42, 42),
        ("Organisations", 2, 2),
    )


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"enjeux": "Écouter\nDécider"}, TextChange("Enjeux", ("Décider",), ("Répondre",))),
        ({"enjeux": "Répondre\nÉcouter"}, TextChange("Enjeux", (), ())),
        ({"presentation": "Un.\n\nTrois."}, TextChange("Présentation", ("Trois.",), ("Deux.",))),
        ({"titre": "Les liens"}, TextChange("Titre", ("Les liens",), ("Le lien",))),
        ({"partenaires": []}, TextChange("Partenaires", (), ("MGEN",))),
    ],
)
def test_us09_a_text_that_changes_is_told_piece_by_piece(
    changed: dict[str, Any], expected: TextChange
) -> None:
    found = between(PUBLISHED, after(**changed))
    assert found.texts == (expected,)
    assert not found.nothing


def test_us09_another_layout_of_the_same_items_changes_nothing() -> None:
    assert between(PUBLISHED, after(enjeux="Écouter\n\nRépondre")).nothing


def test_us09_figures_and_names_are_told_before_and_after() -> None:
    found = between(PUBLISHED, after(participants=43, organisations=["Babalex", "Casden"]))
    assert ("Participations", 42, 43) in found.figures
    assert (found.names_added, found.names_removed) == (("Babalex",), ("Skavenji",))
    assert not found.nothing
