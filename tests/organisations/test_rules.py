"""What makes two names one name, on the users' own lists and on the traps of names."""

import pytest

from tests import seed
from tourpaca.organisations import identifiers, rules
from tourpaca.organisations.rules import Holder
from tourpaca.refusal import Refused

NOTHING = {"siren": "", "siret": "", "rna": ""}


def test_us06_ninety_spellings_make_seventy_one_keys() -> None:
    spellings = seed.spellings()
    assert len(spellings) == 90
    assert len({rules.key(text) for text in spellings}) == 71


def test_us06_no_key_joins_two_organisations_of_the_seed() -> None:
    bodies: dict[str, set[str]] = {}
    for body in seed.document()["organisations"]:
        for graphie in body["graphies"]:
            if not graphie.get("composite"):
                bodies.setdefault(rules.key(graphie["graphie"]), set()).add(body["id"])
    assert {key: ids for key, ids in bodies.items() if len(ids) > 1} == {}


@pytest.mark.parametrize(
    "one,other",
    [
        ("L'École des Avocats du Sud Est", "Ecole des avocats du Sud Est"),
        ("L’École des Avocats du Sud Est", "ECOLE DES AVOCATS DU SUD EST"),
        ("La NEF.", "la Nef"),
        ("Les AMAP de Provence", "AMAP de Provence"),
        ("Œuvre falret", "Oeuvre Falret"),
        ("Mgen06", "Mgen\u00a006"),
        ("E\u0301cole", "École"),
    ],
)
def test_us06_one_key(one: str, other: str) -> None:
    assert rules.key(one) == rules.key(other)


@pytest.mark.parametrize(
    "one,other",
    [
        ("Mgen 83", "Mgen 84"),
        ("Mutualité française Paca", "Mutualité française Paca SSAM"),
        ("ABI06", "ABIO6"),
        ("A.M.U", "AMU-CNRS"),
        ("Lalogis", "Logis"),
        ("???", "!!!"),
        ("La", "Le"),
    ],
)
def test_us06_two_keys(one: str, other: str) -> None:
    assert rules.key(one) != rules.key(other)


def holder(number: int, root: int | None = None, waits: bool = False, **numbers: str) -> Holder:
    return Holder(number, root or number, "Amicale laïque", waits, {**NOTHING, **numbers})


def test_us06_one_body_is_meant_and_two_are_nobody() -> None:
    assert rules.meant([holder(1), holder(2, root=1)], NOTHING) == ([holder(1), holder(2, root=1)], False)
    assert rules.meant([holder(1), holder(2)], NOTHING) == ([], True)
    assert rules.meant([holder(1), holder(2), holder(3, waits=True)], NOTHING) == (
        [holder(3, waits=True)],
        True,
    )


def test_us06_an_identifier_parts_one_name_and_chooses_among_homonyms() -> None:
    first, second = holder(1, siren="732829320"), holder(2, siren="356000000")
    assert rules.meant([first], {**NOTHING, "siren": "356000000"}) == ([], False)
    assert rules.meant([first, second], {**NOTHING, "siren": "356000000"}) == ([second], False)
    assert rules.meant([first, second], {**NOTHING, "siren": "552100554"}) == ([], False)


def test_us06_once_homonyms_are_joined_the_name_has_one_body_again() -> None:
    joined = [holder(1), holder(2, root=1), holder(3, waits=True)]
    assert rules.meant(joined, NOTHING) == (joined[:2], False)


def test_identifiers_are_compact_and_checked() -> None:
    assert identifiers.siren("732 829 320") == "732829320"
    assert identifiers.siret("356 000 000 49837") == "35600000049837"
    assert identifiers.rna("w13 1234567") == "W131234567"
    assert identifiers.checked("", "732 829 320 00074", "")["siren"] == "732829320"


@pytest.mark.parametrize("number", ["732829321", "12", "73282932X"])
def test_a_wrong_siren_is_refused_beside_its_field(number: str) -> None:
    with pytest.raises(Refused) as refused:
        identifiers.siren(number)
    assert refused.value.field == "siren"


def test_a_siret_of_another_siren_is_refused() -> None:
    with pytest.raises(Refused):
        identifiers.checked("356000000", "732 829 320 00074", "")
