"""Names attach to the body they mean, once, whoever types them at the same time, on both engines."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.racing import race
from tourpaca.db import session, transaction
from tourpaca.organisations.attachment import recognise, write_graphie
from tourpaca.organisations.models import HOMONYME, Graphie, Organisation
from tourpaca.refusal import Refused

NOW = datetime(2017, 12, 1, 9, tzinfo=UTC)
SPELLINGS = [
    "Mutualité française Paca SSAM",
    "Mutualité française PACA SSAM",
    "Mutualité Française PACA SSAM",
]


def attach(name: str, **options: str) -> int:
    """One act that brings one name."""
    with transaction() as current:
        return recognise(current, name, NOW, **options)


def count(table: type[Graphie] | type[Organisation]) -> int:
    """How many rows a table has."""
    return session().scalar(select(func.count()).select_from(table)) or 0


def homonyms() -> tuple[int, int]:
    """Two bodies told apart by their numbers, with one name."""
    return attach("Amicale laïque", siren="732829320"), attach("Amicale laïque", siren="356000000")


def test_us06_three_spellings_are_one_body_and_all_are_kept(app: Flask) -> None:
    with app.app_context():
        assert len({attach(name) for name in SPELLINGS}) == 1
        assert set(session().scalars(select(Graphie.text))) == set(SPELLINGS)
        assert attach("Mutualité française Paca") != attach(SPELLINGS[0])


def test_us06_a_new_name_waits_for_a_look(app: Flask) -> None:
    with app.app_context():
        made = session().get(Organisation, attach("  Chorum  "))
        assert made is not None
        assert (made.name, made.slug, made.state, made.kind, made.root_id) == (
            "Chorum",
            "chorum",
            "a_verifier",
            "a_qualifier",
            made.id,
        )
        again = session().get(Organisation, attach("Chorum!"))
        assert again is made


def test_us06_homonyms_share_one_waiting_body_however_often_the_name_comes(app: Flask) -> None:
    with app.app_context():
        first, second = homonyms()
        assert first != second
        waiting = {attach("Amicale laïque"), attach("AMICALE LAIQUE"), attach("L'amicale laïque")}
        assert len(waiting) == 1
        assert waiting.isdisjoint({first, second})
        assert attach("Amicale Laïque", siren="356 000 000") == second
        origins = session().scalars(select(Graphie.origin).where(Graphie.organisation_id == waiting.pop()))
        assert set(origins) == {HOMONYME}


def test_us06_a_number_learnt_keeps_the_next_body_apart(app: Flask) -> None:
    with app.app_context():
        first = attach("Comité des fêtes")
        assert attach("Comité des fêtes", siren="732829320") == first
        assert attach("Comité des fêtes", siren="356000000") != first


def test_us06_a_composite_spelling_names_nobody(app: Flask) -> None:
    with app.app_context():
        body = attach("Mgen 06")
        with transaction() as current:
            write_graphie(current, body, "Mgen 06 et 84", "imprimee", composite=True)
        assert attach("Mgen 06 et 84") != body


def test_an_empty_name_is_refused(app: Flask) -> None:
    with app.app_context(), pytest.raises(Refused):
        attach(" \u00a0 ")


def test_us06_race_one_new_name_from_everywhere_makes_one_body(app: Flask) -> None:
    found = race(app, lambda n: attach(SPELLINGS[n % 3]), 12)
    assert len(set(found)) == 1
    with app.app_context():
        assert (count(Organisation), count(Graphie)) == (1, 3)


def test_us06_race_two_keys_of_one_address_both_enter(app: Flask) -> None:
    found = race(app, lambda n: attach(("Le Logis", "Le-Logis")[n % 2]), 12)
    assert len(set(found)) == 2
    with app.app_context():
        assert set(session().scalars(select(Organisation.slug))) == {"le-logis", "le-logis-2"}


def test_us06_race_without_the_guard_makes_several(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control of the race above: on PostgreSQL only the key held while deciding makes one body of twelve."""
    monkeypatch.setattr("tourpaca.organisations.attachment.hold", lambda *_: None)
    race(app, lambda n: attach("Chorum"), 12)
    with app.app_context():
        one_writer = session().get_bind().dialect.name == "sqlite"
        assert (count(Organisation) == 1) is one_writer
