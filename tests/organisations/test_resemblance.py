"""Which names are proposed as one body: the users' own spellings, and what must never be proposed (US6)."""

import pytest

from tests import seed
from tourpaca.organisations import resemblance, rules
from tourpaca.organisations.resemblance import NEAR, SAME_DRAWING, SAME_NAME, WORDS_WITHIN


def reason(one: str, other: str) -> int | None:
    """The best reason to propose two spellings."""
    found = resemblance.likeness([resemblance.form(one)], [resemblance.form(other)])
    return found.reason if found else None


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Amicale laïque", "AMICALE LAIQUE", SAME_NAME),
        ("ABI06", "ABIO6", SAME_DRAWING),
        ("API", "API Provence", WORDS_WITHIN),
        ("Communautés de communes : ACCM", "ACCM", WORDS_WITHIN),
        ("Pôle emploi", "Pôle Emploi Paca", WORDS_WITHIN),
        ("Les Jardins de Solène française Paca", "Les Jardins de Solène", WORDS_WITHIN),
        ("Harmonie Mutuelle", "Harmonie Mutuele", NEAR),
        ("Mgen 83", "Mgen 84", None),
        ("Mgen 06", "Mgen06", SAME_NAME),
        ("Chorum", "Uniformation", None),
    ],
)
def test_us06_a_pair_is_proposed_for_a_reason_or_not_at_all(
    one: str, other: str, expected: int | None
) -> None:
    assert reason(one, other) == reason(other, one) == expected


def test_us06_the_eight_decisions_of_the_users_are_all_proposed() -> None:
    links = [
        ("ABIO6", "ABI06"),
        ("API", "API Provence"),
        ("Communautés de communes : ACCM", "Communauté de communes ACCM"),
        ("Pôle emploi", "Pôle Emploi PACA"),
        ("Les Jardins de Solène française Paca", "Les Jardins de Solène"),
    ]
    printed = set(seed.spellings())
    assert all({one, other} <= printed for one, other in links)
    assert all(reason(one, other) is not None for one, other in links)


def test_us06_few_pairs_are_proposed_among_all_that_were_printed() -> None:
    """The measure of the users' lists: 71 keys, a dozen pairs proposed before those printed side by side leave."""
    forms = {rules.key(text): resemblance.form(text) for text in seed.spellings()}
    assert len(forms) == 71
    keys = sorted(forms)
    pairs = [
        (one, other)
        for position, one in enumerate(keys)
        for other in keys[position + 1 :]
        if resemblance.likeness([forms[one]], [forms[other]])
    ]
    assert len(pairs) <= 20, pairs


@pytest.mark.parametrize(
    ("one", "other", "marked"),
    [
        ("API", "API Provence", ("", " Provence")),
        ("ABI06", "ABIO6", ("0", "O")),
        ("Pôle Emploi", "Pôle emploi PACA", ("", " PACA")),
    ],
)
def test_the_difference_between_two_names_is_marked(one: str, other: str, marked: tuple[str, str]) -> None:
    ours, theirs = resemblance.differing(one, other)
    assert ("".join(text for text, _ in ours), "".join(text for text, _ in theirs)) == (one, other)
    assert tuple("".join(text for text, apart in side if apart) for side in (ours, theirs)) == marked
