"""A backup is one instant of the base, comes back on either engine, and nothing is ever overwritten."""

import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from tests import factories
from tests.engines import ENGINES, one_engine
from tourpaca import create_app, storage
from tourpaca.db import db, transaction
from tourpaca.journal.models import Act
from tourpaca.journal.writing import write
from tourpaca.mail.models import A_ENVOYER, EN_COURS, INTERROMPU, NOUVEL_ESSAI, REFUSE, Letter
from tourpaca.organisations.models import Organisation
from tourpaca.refusal import Refused
from tourpaca.tour.models import Tour

Content = dict[str, list[tuple[Any, ...]]]


def _content() -> Content:
    with db.engine.connect() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for table in db.metadata.sorted_tables
        }


def _fill() -> None:
    """A tour, and organisations that name each other (a child before its parent)."""
    tour = factories.tour_paca()
    with transaction() as session:
        parent, child = (
            Organisation(slug=slug, name=slug, sort_key=slug, created_at=factories.EARLIER)
            for slug in ("mutuelle-b", "mutuelle-a")
        )
        session.add(child)
        session.flush()
        session.add(parent)
        session.flush()
        child.linked_to_id = child.root_id = parent.root_id = parent.id
        write(session, Act(factories.EARLIER), "créer", f"tour:{tour.id}", "La tournée « l’été » est créée.")


@pytest.fixture
def other(empty_url: str) -> Iterator[Flask]:
    """Another deployment, on an empty base."""
    app = create_app({"TESTING": True, "SECRET_KEY": "s" * 40, "SQLALCHEMY_DATABASE_URI": empty_url})
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("empty_url", ENGINES, indirect=True)
def test_r18_a_backup_comes_back_on_either_engine(app: Flask, other: Flask, tmp_path: Path) -> None:
    path = tmp_path / "copie.sqlite"
    with app.app_context():
        _fill()
        before = _content()
        storage.backup(path)
    with other.app_context():
        storage.restore(path)
        assert _content() == before
        assert before["tour"]
        assert list(storage.breaches()) == []


@pytest.mark.parametrize("empty_url", ENGINES, indirect=True)
def test_r18_life_goes_on_after_a_restore(app: Flask, other: Flask, tmp_path: Path) -> None:
    """New rows get new numbers, and facts are still guarded."""
    path = tmp_path / "copie.sqlite"
    with app.app_context():
        _fill()
        storage.backup(path)
    with other.app_context():
        storage.restore(path)
        with transaction() as session:
            tour = Tour(slug="suivante", name="La suivante", created_at=factories.EARLIER)
            session.add(tour)
            session.flush()
            assert tour.id == 2
        with pytest.raises(Exception, match="append-only"), db.engine.begin() as connection:
            connection.execute(text("DELETE FROM journal_entry"))


def _keep_writing(app: Flask, stop: Event) -> None:
    """One organisation and one journal entry for it, together, again and again."""
    number = 0
    while not stop.is_set():
        number += 1
        with app.app_context(), transaction() as session:
            slug = f"organisation-{number}"
            session.add(Organisation(slug=slug, name=slug, sort_key=slug, created_at=factories.EARLIER))
            write(session, Act(factories.EARLIER), "créer", slug, "Une organisation est créée.")


@pytest.fixture
def written_to(app: Flask) -> Iterator[Callable[[], int]]:
    """A base that somebody keeps writing to; call it to know how many organisations are committed."""
    stop = Event()
    writer = Thread(target=_keep_writing, args=(app, stop))
    writer.start()

    def committed() -> int:
        with app.app_context(), db.engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(Organisation)).scalar_one()

    yield committed
    stop.set()
    writer.join()


def _counts(path: Path) -> tuple[int, int]:
    with closing(sqlite3.connect(path)) as copy:
        organisations = copy.execute("SELECT count(*) FROM organisation").fetchone()[0]
        entries = copy.execute("SELECT count(*) FROM journal_entry").fetchone()[0]
    return organisations, entries


def test_r18_a_backup_under_writes_is_one_instant(
    app: Flask, written_to: Callable[[], int], tmp_path: Path
) -> None:
    while (before := written_to()) < 50:
        pass
    with app.app_context():
        storage.backup(tmp_path / "copie.sqlite")
    organisations, entries = _counts(tmp_path / "copie.sqlite")
    assert organisations == entries
    assert organisations >= before


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_r18_control_a_plain_copy_of_the_file_loses_rows(app: Flask, engine_url: str, tmp_path: Path) -> None:
    """Why `cp` is never the way: what is still in the write-ahead log stays behind, and nothing says so."""
    with app.app_context():
        _fill()
        shutil.copy(engine_url.removeprefix("sqlite:///"), tmp_path / "copie.sqlite")
    with closing(sqlite3.connect(tmp_path / "copie.sqlite")) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert copy.execute("SELECT count(*) FROM tour").fetchone() == (0,)


def test_a_backup_never_replaces_a_file_and_is_for_its_owner(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "copie.sqlite"
    with app.app_context():
        storage.backup(path)
        with pytest.raises(Refused, match="existe déjà"):
            storage.backup(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.glob("copie*")] == ["copie.sqlite"]


@one_engine
def test_a_backup_that_cannot_be_written_says_so_in_one_line(app: Flask, tmp_path: Path) -> None:
    done = app.test_cli_runner().invoke(args=["backup", str(tmp_path / "absent" / "copie.sqlite")])
    assert done.exit_code == 1
    assert "n’existe pas, ou n’est pas à vous" in done.output
    assert done.output.count("\n") == 1


def test_a_base_that_holds_something_is_left_alone(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "copie.sqlite"
    with app.app_context():
        storage.backup(path)
        _fill()
        before = _content()
        with pytest.raises(Refused, match="n’est pas vide"):
            storage.restore(path)
        assert _content() == before


def _flip(path: Path) -> None:
    """One letter of one name, which SQLite itself finds nothing wrong with."""
    content = path.read_bytes()
    assert b"mutuelle-b" in content
    path.write_bytes(content.replace(b"mutuelle-b", b"mutuelle-c"))


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:10_000])


def _something_else(path: Path) -> None:
    path.write_text("Ceci n’est pas une base.")


@pytest.mark.parametrize("damage", [_flip, _truncate, _something_else])
@pytest.mark.parametrize("empty_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_r18_a_damaged_file_is_refused(
    app: Flask, other: Flask, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    path = tmp_path / "copie.sqlite"
    with app.app_context():
        _fill()
        storage.backup(path)
    damage(path)
    with other.app_context(), pytest.raises(Refused, match="rien n’a été changé"):
        storage.restore(path)


def test_the_commands_say_what_they_did(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "copie.sqlite"
    with app.app_context():
        runner = app.test_cli_runner()
        done = runner.invoke(args=["backup", str(path)])
        again = runner.invoke(args=["backup", str(path)])
        occupied = runner.invoke(args=["restore", str(path)])
    assert done.exit_code == 0
    assert "lignes" in done.output
    assert again.exit_code == 1
    assert "existe déjà" in again.output
    assert occupied.exit_code == 0  # nothing was in it: a base with its tables only is empty


@pytest.mark.parametrize("empty_url", ["sqlite"], indirect=True)
def test_r18_letters_that_waited_are_held_until_somebody_says_go(
    app: Flask, other: Flask, tmp_path: Path
) -> None:
    path = tmp_path / "copie.sqlite"
    plain = {"to_email": "a@exemple.org", "subject": "Bonjour", "content": {}}
    dates = {"due_at": factories.EARLIER, "created_at": factories.EARLIER}
    with app.app_context():
        with transaction() as session:
            session.add_all(
                Letter(subject_key=state, kind="confirmation", state=state, **plain, **dates)
                for state in (A_ENVOYER, NOUVEL_ESSAI, EN_COURS, REFUSE)
            )
        storage.backup(path)
    with other.app_context():
        result = other.test_cli_runner().invoke(args=["restore", str(path)])
        with db.engine.connect() as connection:
            states = dict(connection.execute(select(Letter.subject_key, Letter.state)).all())
    assert result.exit_code == 0, result.output
    assert "3 lettres" in result.output
    assert states == {A_ENVOYER: INTERROMPU, NOUVEL_ESSAI: INTERROMPU, EN_COURS: INTERROMPU, REFUSE: REFUSE}
