"""What a new name might be: proposed in the likeliest order, and never two bodies that are known to be two."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from tourpaca.db import transaction
from tourpaca.organisations import proposals, queries
from tourpaca.organisations.attachment import recognise, write_graphie

NOW = datetime(2017, 12, 1, 9, tzinfo=UTC)


def known(name: str, **numbers: str) -> int:
    """The organisation that a name means."""
    with transaction() as current:
        return recognise(current, name, NOW, **numbers)


def never(*_: int) -> bool:
    """No two bodies were ever seen together."""
    return False


def always(*_: int) -> bool:
    """Every two bodies were."""
    return True


def proposed(body: int, printed: object = never, met: object = never) -> list[tuple[str, bool]]:
    """The names proposed for a body, and whether the two were met."""
    found = proposals.of([queries.body(body)], printed, met)[body]  # type: ignore[arg-type]
    return [(each.body.name, each.together) for each in found]


def test_us06_the_likeliest_comes_first_and_three_at_most(app: Flask) -> None:
    with app.app_context():
        new = known("Pôle emploi")
        for name in (
            "Pôle emploi PACA Corse",
            "Pôle emploi PACA",
            "Pole-emploi 13",
            "Pôle emploi Nice",
            "Chorum",
        ):
            known(name)
        names = [name for name, _ in proposed(new)]
        assert len(names) == 3
        assert "Pôle emploi PACA Corse" not in names


def test_us06_two_printed_side_by_side_are_two_and_two_who_met_come_last(app: Flask) -> None:
    with app.app_context():
        new, first, second = known("API"), known("API Provence"), known("API Nice")
        assert proposed(new, met=lambda one, other: other == first) == [
            ("API Nice", False),
            ("API Provence", True),
        ]
        assert proposed(new, printed=lambda one, other: other == second) == [("API Provence", False)]
        assert proposed(new, printed=always) == []


def test_us06_an_undecided_homonym_is_proposed_both_even_when_printed_beside_them(app: Flask) -> None:
    with app.app_context():
        known("Amicale laïque", siren="732829320"), known("Amicale laïque", siren="356000000")
        waiting = known("Amicale laïque")
        assert len(proposed(waiting, printed=always)) == 2


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_us06_numbers_and_composite_spellings_propose_nobody(app: Flask) -> None:
    with app.app_context():
        six, eighty = known("Mgen 06"), known("Mgen 84")
        with transaction() as current:
            write_graphie(current, six, "Mgen 06 et 84", "imprimee", composite=True)
        assert proposed(eighty) == []
        one = known("Comité des fêtes", siren="732829320")
        assert one not in [known("Comité des fêtes de Nice", siren="356000000")]
        assert proposed(one) == []
