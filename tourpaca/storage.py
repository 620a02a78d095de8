"""The bytes of the base: a consistent copy of it, the way back from a copy, and the promises of the engine."""

import hashlib
import os
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import flask_migrate
from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    Table,
    create_engine,
    func,
    insert,
    select,
    text,
    update,
)

from tourpaca import durability
from tourpaca.db import db
from tourpaca.refusal import Refused

LOT = 2_000
VERSION = "alembic_version"
SEAL = "sceau"


def backup(path: Path) -> int:
    """Write a copy of everything committed so far to one SQLite file and return its number of rows.

    Whatever the engine, the copy is one SQLite file: it is read back on either of them. Writers are not
    stopped; the copy is one instant of the base. Refuses a path that exists: a backup is never overwritten.
    """
    if path.exists():
        raise Refused(
            f"{path} existe déjà : choisissez un autre nom, une sauvegarde n’en remplace jamais une autre."
        )
    partial = _begun(path)
    copy = _copy_sqlite if db.engine.dialect.name == "sqlite" else _copy_rows
    copy(partial)
    _seal(partial)
    rows = _verify(partial)
    _keep(partial, path)
    return rows


def _begun(path: Path) -> Path:
    """Return the empty file, beside `path`, that takes its name once it is whole."""
    partial = path.with_name(path.name + ".partiel")
    try:
        partial.unlink(missing_ok=True)
        # Only its owner may read it: the names of everyone are inside.
        os.close(os.open(partial, os.O_CREAT | os.O_WRONLY, 0o600))
    except OSError:
        raise Refused(
            f"Rien ne peut être écrit dans {path.parent} : ce dossier n’existe pas, ou n’est pas à vous."
        ) from None
    return partial


def _copy_sqlite(path: Path) -> None:
    """SQLite's own online copy; `cp` would leave behind what is still in the write-ahead log."""
    with db.engine.connect() as connection, closing(sqlite3.connect(path)) as target:
        driver: Any = connection.connection.driver_connection
        driver.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")


def _copy_rows(path: Path) -> None:
    """Row by row, from one snapshot of a shared engine."""
    target = create_engine(f"sqlite:///{path}")
    snapshot = db.engine.execution_options(isolation_level="REPEATABLE READ")
    with snapshot.connect() as source, target.begin() as copy:
        revision = _revision(source)
        db.metadata.create_all(copy)
        copy.execute(text(f"CREATE TABLE {VERSION} (version_num VARCHAR(32) NOT NULL)"))
        copy.execute(text(f"INSERT INTO {VERSION} VALUES (:revision)"), {"revision": revision})
        for table in db.metadata.sorted_tables:
            _pour(source, copy, table, table)
    target.dispose()


def _keep(partial: Path, path: Path) -> None:
    """Give the copy its name once it is on the disk."""
    with partial.open("rb") as file:
        os.fsync(file.fileno())
    partial.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def restore(path: Path) -> int:
    """Fill the empty base of this deployment with a copy, bring it up to date, and return its number of rows.

    Refuses a file that is not a sound copy, and a base that holds anything: nothing is ever overwritten.
    """
    rows = _verify(path)
    source = create_engine(f"sqlite:///file:{path.resolve()}?mode=ro&uri=true")
    with source.connect() as connection:
        _refuse_full_base()
        flask_migrate.upgrade(revision=_revision(connection))
        with db.engine.begin() as target:
            _fill(connection, target)
    source.dispose()
    flask_migrate.upgrade()
    return rows


def _refuse_full_base() -> None:
    with db.engine.connect() as connection:
        existing = MetaData()
        existing.reflect(connection)
        tables = [table for table in existing.sorted_tables if table.name != VERSION]
        if any(_rows(connection, table) for table in tables):
            raise Refused(
                "La base n’est pas vide : rien n’y a été changé. Donnez-en une neuve "
                "(TOURPACA_DATABASE_URL, ou déplacez instance/tourpaca.sqlite), puis recommencez."
            )


def _fill(source: Connection, target: Connection) -> None:
    """Table after table, parents first; the schemas are read from the two bases and not from today's models."""
    before, after = MetaData(), MetaData()
    before.reflect(source)
    after.reflect(target)
    for table in after.sorted_tables:
        if table.name != VERSION:
            _pour(source, target, before.tables[table.name], table)
            _renumber(target, table)


def _pour(source: Connection, target: Connection, before: Table, after: Table) -> None:
    own = [column for column in after.columns if _points_to_itself(column)]
    rows = source.execution_options(yield_per=LOT).execute(select(before))
    for lot in rows.mappings().partitions():
        target.execute(insert(after), [{**row, **{column.name: None for column in own}} for row in lot])
    for column in own:
        _join(source, target, before, after, column)


def _points_to_itself(column: Column[Any]) -> bool:
    return any(key.column.table is column.table for key in column.foreign_keys)


def _join(source: Connection, target: Connection, before: Table, after: Table, column: Column[Any]) -> None:
    """Rows of one table that name each other are joined once all of them are there."""
    pairs = source.execute(
        select(before.c.id, before.c[column.name]).where(before.c[column.name].is_not(None))
    )
    for number, other in pairs:
        target.execute(update(after).where(after.c.id == number).values({column.name: other}))


def _renumber(target: Connection, table: Table) -> None:
    """PostgreSQL numbers new rows from a sequence, which has not seen the rows poured in."""
    if target.dialect.name == "postgresql" and "id" in table.c:
        last = select(func.coalesce(func.max(table.c.id), 0) + 1).scalar_subquery()
        target.execute(select(func.setval(func.pg_get_serial_sequence(table.name, "id"), last, False)))


def _seal(path: Path) -> None:
    """Write into the copy the digest of its content, since SQLite does not notice a changed byte of a row."""
    with closing(sqlite3.connect(path)) as copy, copy:
        digest, _ = _digest(copy)
        copy.execute(f"CREATE TABLE {SEAL} (digest TEXT NOT NULL)")
        copy.execute(f"INSERT INTO {SEAL} VALUES (?)", (digest,))


def _digest(copy: sqlite3.Connection) -> tuple[str, int]:
    """Return the SHA-256 of every row of every table but the seal, and how many rows there are."""
    digest, rows = hashlib.sha256(), 0
    names = copy.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> ? ORDER BY 1", (SEAL,)
    )
    for (name,) in names.fetchall():
        digest.update(name.encode())
        for row in copy.execute(f'SELECT * FROM "{name}" ORDER BY rowid'):
            digest.update(repr(row).encode())
            rows += name != VERSION
    return digest.hexdigest(), rows


def _verify(path: Path) -> int:
    """Return the number of rows of a copy, or refuse what is not a whole one."""
    try:
        with closing(sqlite3.connect(f"file:{path.resolve()}?mode=ro", uri=True)) as copy:
            digest, rows = _digest(copy)
            sealed = copy.execute(f"SELECT digest FROM {SEAL}").fetchone() == (digest,)
            whole = sealed and copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    except (sqlite3.DatabaseError, UnicodeDecodeError) as fault:
        raise Refused(f"{path} n’est pas une sauvegarde lisible ({fault}) : rien n’a été changé.") from None
    if not whole:
        raise Refused(f"{path} est abîmé : rien n’a été changé. Prenez une sauvegarde plus ancienne.")
    return rows


def _rows(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def _revision(connection: Connection) -> str:
    return str(connection.execute(text(f"SELECT version_num FROM {VERSION}")).scalar_one())


def breaches() -> Iterable[str]:
    """Yield, in French, each promise that the engine under this deployment does not keep."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            yield from _sqlite_breaches(connection)
    yield from durability.risks()


def _sqlite_breaches(connection: Connection) -> Iterable[str]:
    def ask(pragma: str) -> Any:
        return connection.exec_driver_sql(f"PRAGMA {pragma}").scalar()

    if (found := ask("integrity_check")) != "ok":
        yield f"le fichier de la base est abîmé ({found})"
    if ask("foreign_key_check"):
        yield "des lignes ont perdu leur parent"
    if (found := ask("journal_mode")) != "wal":
        yield f"le journal de SQLite est en mode {found} au lieu de wal"
