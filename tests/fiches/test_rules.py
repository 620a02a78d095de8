"""The checks before publishing, the gaps afterwards, and the light markup of the texts."""

from tourpaca.fiches import light_text, rules
from tourpaca.fiches.chiffres_cles import ChiffresCles
from tourpaca.fiches.light_text import Run
from tourpaca.fiches.rules import ATTENTION, FAIT, REFUS, Facts

FIGURES = ChiffresCles(3, 42, 28, ("Chorum",))
FROZEN = {
    "ateliers": 3,
    "participants": 42,
    "organisations_nombre": 28,
    "organisations": ["Chorum"],
    "sections": [],
}


def test_us09_each_trouble_is_a_line_and_only_impossible_figures_forbid() -> None:
    quiet = rules.checks(FIGURES, Facts())
    assert {check.level for check in quiet} == {FAIT}
    troubled = rules.checks(FIGURES, Facts(["Nice"], ["Marseille", "Carpentras"], 2, 1))
    assert [check.level for check in troubled] == [FAIT, FAIT, *[ATTENTION] * 4]
    assert troubled[3].text.endswith("\u00a0: Marseille et Carpentras")
    assert rules.blocking(troubled) == []
    assert rules.checks(ChiffresCles(1, 1, 2), Facts())[0].level == REFUS
    assert rules.blocking(rules.checks(ChiffresCles(1, 1, 2), Facts()))


def test_us09_the_gap_is_said_in_numbers_then_in_names() -> None:
    assert rules.gaps(FROZEN, FIGURES) == []
    live = ChiffresCles(2, 43, 29, ("Casden",))
    assert rules.gaps(FROZEN, live) == [
        "publié 42, calculé 43",
        "ateliers publiés 3, calculés 2",
        "organisations publiées 28, calculées 29",
        "noms nouveaux\u00a0: Casden",
        "noms retirés\u00a0: Chorum",
    ]


def test_us09_the_erratum_says_what_was_corrected() -> None:
    corrected = {**FROZEN, "participants": 43, "sections": ["x"]}
    assert rules.erratum(2, FROZEN, corrected, "") == (
        "Erratum, version 2\u00a0: participations 43 au lieu de 42, textes revus."
    )
    assert "sans changement" in rules.erratum(2, FROZEN, FROZEN, "")


def test_t05_light_markup_is_read_and_nothing_else() -> None:
    assert light_text.runs("des **Wiki** (un *wiki* < 10)") == [
        Run("des "),
        Run("Wiki", "strong"),
        Run(" (un "),
        Run("wiki", "em"),
        Run(" < 10)"),
    ]
    for plain in ("5 * 3 * 2", "Scity.coop, participant.es", "<b>gras</b> [lien](http://x)", "un * seul"):
        assert light_text.runs(plain) == [Run(plain)]


def test_t05_paragraphs_and_items() -> None:
    assert light_text.paragraphs("Un\nsuite\n \nDeux") == ["Un suite", "Deux"]
    assert light_text.items("- Un\n \n– Deux\nTrois") == ["Un", "Deux", "Trois"]
