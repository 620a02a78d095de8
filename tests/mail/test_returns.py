"""B12: what came back marks an address, until the team takes the mark away."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.mail.writing import THEN
from tourpaca.db import session, transaction
from tourpaca.journal.models import Act, Entry
from tourpaca.mail import returns
from tourpaca.mail.models import DOUX, DUR, Rejet
from tourpaca.refusal import Refused

WHO = "Camille@Exemple.org"
KEY = "camille@exemple.org"
ACT = Act(THEN)


@pytest.fixture
def house(app: Flask) -> Iterator[Flask]:
    """The application, ready to be asked."""
    with app.app_context():
        yield app


def _note(kind: str, reason: str = "550 5.1.1 unknown", source: str | None = None) -> bool:
    with transaction() as current:
        return returns.note(current, WHO, None, kind, reason, THEN, source)


def test_b12_one_refusal_for_good_marks_the_address_whatever_its_case(house: Flask) -> None:
    assert _note(DUR)
    assert returns.marked([WHO, "autre@exemple.org", ""]) == {KEY: "l’adresse n’existe pas"}


def test_b12_three_refusals_for_now_mark_the_address_and_two_do_not(house: Flask) -> None:
    _note(DOUX, "452 4.2.2 full")
    _note(DOUX, "452 4.2.2 full")
    assert returns.marked([WHO]) == {}
    _note(DOUX, "452 4.2.2 full")
    assert returns.marked([WHO]) == {KEY: "la boîte est pleine"}


def test_b12_the_same_notice_counts_once(house: Flask) -> None:
    assert [_note(DOUX, source="a"), _note(DOUX, source="a"), _note(DOUX, source="b")] == [True, False, True]
    assert len(session().scalars(select(Rejet)).all()) == 2


def test_b12_a_cleared_address_is_written_to_again_and_can_be_marked_again(house: Flask) -> None:
    _note(DUR)
    returns.clear(ACT, f" {WHO} ")
    assert returns.marked([WHO]) == {}
    with pytest.raises(Refused, match="reçoit déjà"):
        returns.clear(Act(THEN + timedelta(days=1)), WHO)
    _note(DUR)
    assert KEY in returns.marked([WHO])


def test_b12_the_journal_tells_the_clearing_without_the_address(house: Flask) -> None:
    _note(DUR)
    returns.clear(ACT, WHO)
    told = session().scalars(select(Entry.text)).one()
    assert told == "Une adresse qui ne recevait pas nos messages est de nouveau écrite."


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("550 5.1.1 No such user", "l’adresse n’existe pas"),
        ("5.1.10 recipient not found", "l’adresse n’existe pas"),
        ("550 5.2.1 disabled", "la boîte est fermée"),
        ("552 5.2.2 over quota", "la boîte est pleine"),
        ("4.4.1 no answer from host", "le serveur de l’adresse ne répond pas"),
        ("550 5.7.1 policy", "le serveur de l’adresse refuse nos messages"),
        ("554 no", "554 no"),
        (returns.COMPLAINT, returns.COMPLAINT),
    ],
)
def test_b12_reasons_are_told_in_words(reason: str, words: str) -> None:
    assert returns.in_words(reason) == words


def test_b12_a_long_answer_is_cut_and_kept_on_one_line(house: Flask) -> None:
    _note(DUR, "refused\r\n" * 200)
    assert len(session().scalars(select(Rejet.reason)).one()) <= 300
