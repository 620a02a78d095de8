"""Prepared statements give and take the same values as Core, on both engines, and refuse what Core would fill in."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import bindparam, insert, select, text, update
from sqlalchemy.engine import Connection

from tourpaca.db import ask, hot_transaction, session, table
from tourpaca.journal.models import Entry
from tourpaca.kept.connection import Kept
from tourpaca.mail.models import Letter
from tourpaca.prepared import Prepared

LETTER = table(Letter)
NOW = datetime(2018, 3, 29, 7, 0, 0, 250_000, tzinfo=UTC)
ROW = {
    "subject_key": "dossier:1",
    "kind": "essai",
    "sequence": 0,
    "to_email": "camille@exemple.org",
    "to_name": "Camille 100 %",
    "organisation_name": "",
    "reply_to": "",
    "subject": "L’objet : « essai »",
    "content": {"people": [{"name": "Œuvre", "rank": 0}], "link": None},
    "message_id": "<1@localhost>",
    "state": "a_envoyer",
    "attempts": 0,
    "due_at": NOW,
    "lease_token": "",
    "answer": "",
    "created_at": NOW,
}
WRITE = Prepared(insert(LETTER))
FIND = select(LETTER).where(LETTER.c.kind == bindparam("asked"), LETTER.c.attempts < 3).order_by(LETTER.c.id)


@pytest.fixture
def connection(app: Flask) -> Iterator[Connection]:
    """A connection in a transaction that is never committed."""
    with app.app_context():
        yield session().connection()
        session().rollback()


def test_what_is_written_is_read_back_as_core_reads_it(connection: Connection) -> None:
    WRITE.each(connection, [ROW, {**ROW, "sequence": 1, "due_at": NOW.astimezone()}])
    WRITE.each(connection, [])
    found = Prepared(FIND).rows(connection, {"asked": "essai"})
    assert [tuple(row) for row in found] == [
        tuple(row) for row in connection.execute(FIND, {"asked": "essai"})
    ]
    assert {name: getattr(found[0], name) for name in ROW} == ROW
    assert found[1].due_at == NOW
    assert found[0].lease_until is None


def test_a_kept_connection_gives_the_same_values_and_keeps_all_or_nothing(app: Flask) -> None:
    with app.app_context():
        with hot_transaction() as kept:
            WRITE.each(
                kept, [ROW, {**ROW, "sequence": 1, "due_at": NOW.astimezone(), "answer": "100 % : « oui »"}]
            )
            told = (
                update(LETTER).where(LETTER.c.sequence == bindparam("rank")).values(state=bindparam("told"))
            )
            assert Prepared(told).count(kept, {"rank": 1, "told": "parti"}) == 1
            assert Prepared(told).count(kept, {"rank": 2, "told": "parti"}) == 0
            assert Prepared(FIND).first(kept, {"asked": "autre"}) is None
            found = Prepared(FIND).rows(kept, {"asked": "essai"})
        with pytest.raises(ZeroDivisionError), hot_transaction() as kept:
            _write_then_fail(kept)
        kept_by_core = [tuple(row) for row in session().execute(FIND, {"asked": "essai"})]
        assert [tuple(row) for row in found] == kept_by_core
        assert [row.state for row in found] == ["a_envoyer", "parti"]


def _write_then_fail(kept: Kept) -> None:
    WRITE.run(kept, {**ROW, "sequence": 2})
    raise ZeroDivisionError


def test_a_fault_in_a_hot_act_leaves_the_thread_able_to_go_on(app: Flask) -> None:
    with app.app_context():
        for _ in range(2):
            with pytest.raises(Exception, match=r"(?i)null"), hot_transaction() as kept:
                WRITE.run(kept, {**ROW, "kind": None})
        with hot_transaction() as kept:
            WRITE.run(kept, ROW)
        assert ask(lambda kept: Prepared(FIND).rows(kept, {"asked": "essai"}))


def test_what_was_asked_is_answered_in_its_order(app: Flask) -> None:
    read = Prepared(FIND)
    with app.app_context(), hot_transaction() as kept:
        before = read.ask(kept, {"asked": "essai"})
        written = WRITE.ask(kept, ROW)
        after = read.ask(kept, {"asked": "essai"})
        assert [row.due_at for row in after.rows()] == [NOW]
        assert (before.rows(), before.first(), written.count()) == ([], None, 1)


@pytest.mark.parametrize("engine_url", ["pg"], indirect=True)
def test_a_server_that_hung_up_is_called_again(app: Flask) -> None:
    with app.app_context():
        line = ask(lambda kept: kept.number("SELECT pg_backend_pid()", ()))
        assert session().scalar(text("SELECT pg_terminate_backend(:line, 5000)"), {"line": line})
        with hot_transaction() as kept:
            WRITE.run(kept, ROW)
        assert ask(lambda kept: kept.number("SELECT count(*) FROM letter", ())) == 1


def test_a_value_a_row_a_count_and_nothing(connection: Connection) -> None:
    number = Prepared(insert(LETTER).returning(LETTER.c.id)).value(connection, ROW)
    again = Prepared(update(LETTER).where(LETTER.c.id == bindparam("row_id")).values(state=bindparam("told")))
    assert again.count(connection, {"row_id": number, "told": "parti"}) == 1
    assert again.count(connection, {"row_id": number + 1, "told": "parti"}) == 0
    assert Prepared(FIND).first(connection, {"asked": "essai"}).state == "parti"
    assert Prepared(FIND).first(connection, {"asked": "autre"}) is None
    assert Prepared(FIND).value(connection, {"asked": "autre"}) is None


def test_plain_defaults_of_the_model_are_filled_in(connection: Connection) -> None:
    Prepared(insert(LETTER)).run(connection, {name: ROW[name] for name in ROW if name != "attempts"})
    assert Prepared(FIND).first(connection, {"asked": "essai"}).attempts == 0


def test_a_missing_value_is_a_fault_and_so_is_a_default_to_compute(connection: Connection) -> None:
    entry = {"at": NOW, "actor": "a", "actor_name": "a", "verb": "v", "subject": "s", "text": "t"}
    with pytest.raises(TypeError, match="data"):
        Prepared(insert(table(Entry))).run(connection, entry)
    with pytest.raises(Exception, match="asked"):
        Prepared(FIND).rows(connection, {})


def test_a_naive_instant_is_refused(connection: Connection) -> None:
    with pytest.raises(ValueError, match="naive"):
        WRITE.each(connection, [{**ROW, "due_at": NOW.replace(tzinfo=None)}])
