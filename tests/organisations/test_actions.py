"""What the team does to organisations: everything can be undone, nothing is merged, on both engines."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from tests.racing import race
from tourpaca.db import session, transaction
from tourpaca.journal.models import Act, Entry
from tourpaca.organisations import actions, invariants, queries
from tourpaca.organisations.attachment import recognise
from tourpaca.organisations.facts import Qualities
from tourpaca.organisations.models import A_VERIFIER, VERIFIEE, Graphie
from tourpaca.refusal import Refused, Stale, Unknown

ACT = Act(datetime(2018, 2, 1, 9, tzinfo=UTC), "membre:1", "Claude Essai")


def known(name: str, **numbers: str) -> int:
    """The organisation that a name means, made when it is new."""
    with transaction() as current:
        return recognise(current, name, ACT.now, **numbers)


@pytest.fixture
def house(app: Flask) -> Iterator[Flask]:
    """The application, with a context open to ask the rooms."""
    with app.app_context():
        yield app


def ends(*ids: int) -> list[int | None]:
    """Where the chain of each organisation ends."""
    session().expire_all()
    return [queries.body(number).root_id for number in ids]


def told() -> list[str]:
    """What the journal says, oldest first."""
    return list(session().scalars(select(Entry.text).order_by(Entry.id)))


def test_t04_a_link_counts_two_names_as_one_and_is_undone(house: Flask) -> None:
    api, provence = known("API"), known("API Provence")
    actions.link(ACT, api, provence)
    assert ends(api, provence) == [provence, provence]
    assert known("A.P.I.") == api
    actions.link(ACT, api, provence)
    actions.unlink(ACT, api)
    assert ends(api, provence) == [api, provence]
    actions.unlink(ACT, api)
    assert told() == ["Lie « API » à « API Provence »", "Sépare « API » de « API Provence »"]


def test_t04_a_chain_ends_where_its_last_link_leads_and_comes_apart_anywhere(house: Flask) -> None:
    first, second, third = known("Scity"), known("Scity.coop"), known("Scity coopérative")
    actions.link(ACT, first, second)
    actions.link(ACT, second, third)
    assert ends(first, second, third) == [third, third, third]
    actions.unlink(ACT, second)
    assert ends(first, second, third) == [second, second, third]
    actions.link(ACT, second, third)
    actions.unlink(ACT, first)
    assert ends(first, second, third) == [first, third, third]
    assert list(invariants.breaches()) == []


def test_t04_what_cannot_be_linked_is_refused_and_nothing_changes(house: Flask) -> None:
    one, other, third = (
        known("Mgen 06", siren="732829320"),
        known("Mgen 84", siren="356000000"),
        known("Mgen"),
    )
    for source, target, word in ((one, one, "même organisation"), (one, other, "SIREN")):
        with pytest.raises(Refused, match=word):
            actions.link(ACT, source, target)
    actions.link(ACT, third, one)
    for source, target, word in ((third, other, "déjà liée"), (other, third, "elle-même liée")):
        with pytest.raises(Refused, match=word):
            actions.link(ACT, source, target)
    with pytest.raises(Unknown):
        actions.link(ACT, one, 99)
    assert ends(one, other, third) == [one, other, one]


def test_a_renamed_body_keeps_both_names(house: Flask) -> None:
    body = known("Ville de Montoux")
    actions.rename(ACT, body, "  Ville  de Monteux ", 1)
    renamed = queries.body(body)
    assert (renamed.name, renamed.sort_key, renamed.version) == ("Ville de Monteux", "villedemonteux", 2)
    assert known("ville de monteux") == known("Ville de Montoux") == body
    assert set(session().scalars(select(Graphie.text))) == {
        "Ville de Montoux",
        "Ville de Monteux",
        "ville de monteux",
    }


def test_two_who_rename_lose_nothing(house: Flask) -> None:
    body = known("Nef")
    actions.rename(ACT, body, "La Nef, finances solidaires", 1)
    with pytest.raises(Stale) as stale:
        actions.rename(ACT, body, "La Nef, banque éthique", 1)
    assert stale.value.theirs == {"name": "La Nef, finances solidaires", "version": 2}
    actions.rename(ACT, body, "La Nef, finances solidaires", 1)
    assert len(told()) == 1


def test_a_name_that_another_body_holds_is_refused(house: Flask) -> None:
    one, other = known("Comité des fêtes de Nice"), known("Comité des fêtes")
    with pytest.raises(Refused, match="liez-les") as refused:
        actions.rename(ACT, one, "COMITE DES FETES", 1)
    assert refused.value.field == "name"
    actions.qualify(ACT, one, Qualities(siren="732829320"), 1)
    actions.qualify(ACT, other, Qualities(siren="356000000"), 1)
    actions.rename(ACT, one, "Comité des fêtes", 2)
    assert queries.body(one).name == "Comité des fêtes"


@pytest.mark.parametrize("name", ["", "   ", "x" * 201])
def test_a_name_must_be_printable(house: Flask, name: str) -> None:
    body = known("Chorum")
    with pytest.raises(Refused):
        actions.rename(ACT, body, name, 1)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"siren": "732829321"}, "siren"),
        ({"siret": "73282932000075"}, "siret"),
        ({"rna": "131234567"}, "rna"),
        ({"siren": "356000000", "siret": "73282932000074"}, "siret"),
        ({"departement": "Var"}, "departement"),
    ],
)
def test_numbers_that_cannot_be_are_refused_beside_their_field(
    house: Flask, typed: dict[str, str], field: str
) -> None:
    body = known("Chorum")
    with pytest.raises(Refused) as refused:
        actions.qualify(ACT, body, Qualities(**typed), 1)
    assert refused.value.field == field


def test_qualities_are_kept_in_compact_form(house: Flask) -> None:
    body, other = known("Chorum"), known("Chorum Conseil")
    actions.qualify(ACT, body, Qualities("mutuelle", "2A", "", "732 829 320 00074", "w13 1234567"), 1)
    kept = queries.body(body)
    assert (kept.kind, kept.departement, kept.version) == ("mutuelle", "2A", 2)
    assert kept.identifiers == {"siren": "732829320", "siret": "73282932000074", "rna": "W131234567"}
    with pytest.raises(Refused, match="porte déjà ce numéro"):
        actions.qualify(ACT, other, Qualities(siret="73282932000074"), 1)
    actions.qualify(ACT, other, Qualities(siren="732829320"), 1)


def test_a_confirmed_name_leaves_the_list_and_can_come_back(house: Flask) -> None:
    body = known("Chorum")
    assert queries.to_review() == len(queries.names_to_review(20)) == 1
    actions.confirm(ACT, body)
    assert queries.body(body).state == VERIFIEE
    assert queries.to_review() == len(queries.names_to_review(20)) == 0
    actions.confirm(ACT, body, confirmed=False)
    actions.confirm(ACT, body, confirmed=False)
    assert queries.body(body).state == A_VERIFIER
    assert len(told()) == 2


def test_a_linked_name_leaves_the_list_and_comes_back_with_the_undo(house: Flask) -> None:
    api, provence = known("API"), known("API Provence")
    actions.confirm(ACT, provence)
    actions.link(ACT, api, provence)
    assert queries.to_review() == 0
    actions.unlink(ACT, api)
    assert [row.name for row in queries.names_to_review(20)] == ["API"]


def test_t10_whether_a_body_is_named_is_noted_once(house: Flask) -> None:
    body = known("Chorum")
    for _ in range(2):
        actions.cite(ACT, body, cited=False)
    assert queries.body(body).cited is False
    assert told() == ["Ne cite plus « Chorum »"]


def circle(app: Flask) -> bool:
    """Link three bodies in a circle, each at once with the others; tell whether the circle closed."""
    with app.app_context():
        names = [known(name) for name in ("Un", "Deux", "Trois")]
        for number in names:
            actions.unlink(ACT, number)
    race(app, lambda n: actions.link(ACT, names[n], names[(n + 1) % 3]), 3)
    with app.app_context():
        return bool(list(invariants.breaches()))


def test_t04_race_three_links_at_once_never_make_a_circle(app: Flask) -> None:
    assert not any(circle(app) for _ in range(10))


def test_t04_race_without_the_lock_a_circle_closes(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control of the race above: on SQLite one writer is enough, on PostgreSQL only the lock is."""
    monkeypatch.setattr(actions, "_alone", lambda _: None)
    with app.app_context():
        one_writer = session().get_bind().dialect.name == "sqlite"
    assert any(circle(app) for _ in range(10)) is not one_writer
