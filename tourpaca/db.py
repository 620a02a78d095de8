"""The database session, the naming of constraints, transaction(), and the only commit of the house."""

import fcntl
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any, cast, overload

from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Index, MetaData, Table, event, text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from tourpaca.kept.connection import Kept
from tourpaca.kept.threads import Found, KeptConnections

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Parent of every table; constraints are named by one convention so that migrations can find them."""

    metadata = MetaData(naming_convention=NAMING)


def table(model: type[Base]) -> Table:
    """Return the table of a model, for the statements that are written in Core."""
    return cast(Table, model.__table__)


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """Return an index of the rows that satisfy `where` alone.

    Its condition is told to SQLite only: copies of the base are made from the models, and are SQLite files. On
    PostgreSQL migrations make it, and naming that engine here would load it at the start of every process.
    """
    return Index(name, *columns, unique=unique, sqlite_where=text(where))


def insert_on(engine: str) -> Any:
    """Return the insert of an engine ("sqlite", "postgresql"): the one that knows its ON CONFLICT."""
    return import_module(f"sqlalchemy.dialects.{engine}").insert


class Instant(TypeDecorator[datetime]):
    """An instant, stored as naive UTC and always given back aware, alike on both engines."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: object) -> datetime | None:
        """Refuse a naive time: it would be stored in an unknown zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive time cannot be stored as an instant")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: object) -> datetime | None:
        """Give the stored instant back as aware UTC."""
        return value.replace(tzinfo=UTC) if value is not None else None


db = SQLAlchemy(model_class=Base)

HELD = "connection of the open transaction"
_open_transaction: ContextVar[bool] = ContextVar("open_transaction", default=False)


def session() -> Session:
    """Return the session of this request or command, to read with."""
    return db.session()


def read_number(statement: str, *keys: str) -> int | None:
    """Return one number by the connection that this thread keeps: only for reads made at every public page."""
    return _kept().number(statement, *keys)


def ask(run: Callable[[Kept], Found]) -> Found:
    """Return what `run` reads by the connection that this thread keeps: only for reads made at every request."""
    return _kept().ask(run)


def _kept() -> KeptConnections:
    kept: KeptConnections = current_app.extensions["kept"]
    return kept


@contextmanager
def transaction() -> Iterator[Session]:
    """Open the one write transaction of an action and commit it, or roll everything back.

    Ends any snapshot read before, so that SQLite takes its write lock first (BEGIN IMMEDIATE) and
    PostgreSQL sees what was committed meanwhile. Refuses to nest: an action never calls an action.
    """
    if _open_transaction.get():
        raise RuntimeError("a transaction is open already: an action never calls an action")
    current = session()
    current.rollback()
    token = _open_transaction.set(True)
    try:
        with _writers_queue():
            current.info[HELD] = current.connection()
            yield current
            current.commit()
    except BaseException:
        current.rollback()
        raise
    finally:
        current.info.pop(HELD, None)
        _open_transaction.reset(token)


@contextmanager
def hot_transaction() -> Iterator[Kept]:
    """Open the write transaction of a hot act, whose every statement is `Prepared`, and commit it or keep nothing.

    It is `transaction` without the session: same queue of writers, same refusal to nest.
    """
    if _open_transaction.get():
        raise RuntimeError("a transaction is open already: an action never calls an action")
    if db.session.registry.has():
        session().rollback()  # what was read before is a snapshot from before this act
    token = _open_transaction.set(True)
    try:
        with _writers_queue(), _kept().transaction() as kept:
            yield kept
    finally:
        _open_transaction.reset(token)


@overload
def connection_of(current: Session) -> Connection: ...


@overload
def connection_of(current: Kept) -> Kept: ...


def connection_of(current: Session | Kept) -> Connection | Kept:
    """Return what prepared statements of the open transaction run on: asking the session anew costs more than they."""
    if isinstance(current, Kept):
        return current
    held: Connection | None = current.info.get(HELD)
    return held if held is not None else current.connection()


class WritersQueue:
    """One writer at a time on a SQLite file: threads queue on a lock, processes on a file beside it.

    Without it writers poll (SQLite's busy timeout sleeps up to 100 ms between tries) and the slowest
    waits a hundred times longer than the median.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._threads = threading.Lock()
        self._descriptor: int | None = None

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold the turn; the kernel gives it back if the process dies."""
        with self._threads:
            descriptor = self._own_descriptor()
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(descriptor, fcntl.LOCK_UN)

    def _own_descriptor(self) -> int:
        # Opened by the process that uses it: a descriptor shared across a fork excludes nobody.
        if self._descriptor is None:
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        return self._descriptor


@contextmanager
def _writers_queue() -> Iterator[None]:
    queue: WritersQueue | None = current_app.extensions["writers_queue"]
    if queue is None:
        yield
        return
    with queue.turn():
        yield


def init_app(app: Flask) -> None:
    """Bind the session to this application and prepare its engine."""
    uri = str(app.config["SQLALCHEMY_DATABASE_URI"])
    app.config["SQLALCHEMY_DATABASE_URI"] = uri.replace("postgresql://", "postgresql+psycopg://", 1)
    path = _sqlite_path(uri)
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
    app.extensions["writers_queue"] = WritersQueue(path.with_suffix(".lock")) if path else None
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            _listen_to_sqlite(db.engine)
        app.extensions["kept"] = KeptConnections(db.engine)


def _sqlite_path(uri: str) -> Path | None:
    return Path(uri.removeprefix("sqlite:///")) if uri.startswith("sqlite:///") else None


def _listen_to_sqlite(engine: Engine) -> None:
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)


def _prepare_sqlite(connection: Any, record: object) -> None:
    # isolation_level None hands BEGIN over to the `begin` event below: the driver's own deferred BEGIN oversells.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    driver: Any = connection.connection.driver_connection
    driver.execute("BEGIN IMMEDIATE" if _open_transaction.get() else "BEGIN DEFERRED")
