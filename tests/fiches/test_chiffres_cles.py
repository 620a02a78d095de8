"""The chiffres clés against a recount by hand, and the sentence that says them."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tourpaca.fiches import chiffres_cles
from tourpaca.fiches.chiffres_cles import Body, ChiffresCles, Facts

THEMES, ORGANISATIONS = (1, 2, 3), (11, 12, 13, 14, 15)
presences = st.lists(
    st.tuples(st.sampled_from(THEMES), st.sampled_from((*ORGANISATIONS, None)), st.integers(0, 4)),
    max_size=40,
)
bodies = st.fixed_dictionaries(
    {n: st.tuples(st.sampled_from(ORGANISATIONS), st.booleans()) for n in ORGANISATIONS}
).map(lambda made: {n: Body(root, f"Le n° {root}", cited) for n, (root, cited) in made.items()})


def counted(rows: Sequence[tuple[int, int | None, int]], made: dict[int, Body]) -> Facts:
    """What the database gives for rows (thématique, organisation, atelier)."""
    here = {theme: [row for row in rows if row[0] == theme] for theme in THEMES}
    return Facts(
        {theme: len(found) for theme, found in here.items()},
        {theme: len({atelier for *_, atelier in found}) for theme, found in here.items()},
        {theme: [body for _, body, _ in found if body] for theme, found in here.items()},
        made,
    )


@given(presences, bodies)
def test_t01_t02_the_figures_equal_a_naive_recount(
    rows: list[tuple[int, int | None, int]], made: dict[int, Body]
) -> None:
    figures = chiffres_cles.compile_all(THEMES, counted(rows, made))
    hidden = {made[b].root_id for _, b, _ in rows if b and not made[b].cited}
    for theme in THEMES:
        here = [row for row in rows if row[0] == theme]
        roots = {made[b].root_id for _, b, _ in here if b}
        assert figures[theme].participants == len(here)
        assert figures[theme].ateliers == len({atelier for *_, atelier in here})
        assert figures[theme].organisations == len(roots) <= len(here)
        assert list(figures[theme].names) == [f"Le n° {n}" for n in sorted(roots - hidden)]
    everything = chiffres_cles.totals(figures.values())
    assert everything.participations == len(rows)
    assert everything.organisations == len({made[b].root_id for _, b, _ in rows if b})


def test_t01_the_list_ignores_articles_accents_and_case() -> None:
    words = ["Le Logis", "MSA", "École", "La Nef", "éa", "L’Atelier", "15-38", "Mgen 84", "Mgen 06"]
    made = {n: Body(n, name) for n, name in enumerate(words)}
    facts = Facts({1: len(made)}, {1: 1}, {1: list(made)}, made)
    found = chiffres_cles.compile_all([1], facts)[1].names
    assert found == ("15-38", "L’Atelier", "éa", "École", "Le Logis", "Mgen 06", "Mgen 84", "MSA", "La Nef")


@pytest.mark.parametrize(
    "ateliers,people,form,begins",
    [
        (3, 42, "participant.e.s", "3 ateliers organisés, 42 participant.e.s\u00a0: "),
        (1, 6, "participant.e.s", "1 atelier organisé, 6 participant.e.s\u00a0: "),
        (1, 1, "participant.e.s", "1 atelier organisé, 1 participant.e\u00a0: "),
        (3, 42, "participant·es", "3 ateliers organisés, 42 participant·es\u00a0: "),
        (
            3,
            42,
            "participantes et participants",
            "3 ateliers organisés, 42 participantes et participants\u00a0: ",
        ),
        (1, 1, "personnes présentes", "1 atelier organisé, 1 personne présente\u00a0: "),
        (3, 1234, "personnes présentes", "3 ateliers organisés, 1\u202f234 personnes présentes\u00a0: "),
    ],
)
def test_us09_the_sentence_begins_so(ateliers: int, people: int, form: str, begins: str) -> None:
    figures = ChiffresCles(ateliers, people, 2, ("Chorum", "Scity.coop"))
    assert chiffres_cles.phrase(figures, form) == f"{begins}Chorum, Scity.coop"


def test_us09_the_sentence_without_a_list_has_no_colon() -> None:
    assert chiffres_cles.phrase(ChiffresCles(), "participant.e.s") == "0 atelier organisé, 0 participant.e"
