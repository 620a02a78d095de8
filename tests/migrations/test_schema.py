"""Migrations go up, down and up again on both engines, agree with the models and keep the guards."""

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import CheckConstraint, inspect, text
from sqlalchemy.exc import DatabaseError

from tests import factories
from tests.engines import ENGINES
from tourpaca import create_app
from tourpaca.db import db, transaction
from tourpaca.tour.models import Image, Partenaire

on_both_engines = pytest.mark.parametrize("empty_url", ENGINES, indirect=True)
ORGANISATIONS = 2_000


@pytest.fixture
def bare(empty_url: str) -> Flask:
    """The application on a database without any table."""
    return create_app({"TESTING": True, "SECRET_KEY": "s" * 40, "SQLALCHEMY_DATABASE_URI": empty_url})


def _fill() -> None:
    """A parent with many children, through plain SQL so that it speaks of the schema and not of today's models."""
    organisation = text(
        "INSERT INTO organisation (id, slug, name, sort_key, kind, departement, siren, siret, rna, state, cited,"
        " root_id, version, created_at) VALUES (:id, :slug, 'Nom', 'nom', 'a_qualifier', '', '', '', '',"
        " 'a_verifier', true, :id, 1, '2017-12-01 10:00:00')"
    )
    graphie = text(
        "INSERT INTO graphie (id, organisation_id, text, key, origin, composite)"
        " VALUES (:id, :id, 'Nom', 'nom', 'saisie', false)"
    )
    entry = text(
        "INSERT INTO journal_entry (id, at, actor, actor_name, verb, subject, text, data)"
        " VALUES (1, '2017-12-01 10:00:00', 'système', 'Le système', 'create', 'tour:1', 'Créée', '{}')"
    )
    rows = [{"id": number, "slug": f"organisation-{number}"} for number in range(1, ORGANISATIONS + 1)]
    with db.engine.begin() as connection:
        connection.execute(organisation, rows)
        connection.execute(graphie, rows)
        connection.execute(entry)


def _count(table: str) -> int:
    with db.engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


@on_both_engines
def test_up_down_up_with_rows(bare: Flask) -> None:
    with bare.app_context():
        flask_migrate.upgrade()
        _fill()
        assert _count("graphie") == ORGANISATIONS
        flask_migrate.downgrade(revision="base")
        assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
        flask_migrate.upgrade()
        assert _count("graphie") == 0
        _fill()
        assert _count("graphie") == ORGANISATIONS
        db.engine.dispose()


@on_both_engines
def test_logos_that_lose_their_image_go_back_to_names(bare: Flask) -> None:
    """Down from 0002 the images are gone: a partner shows its name, one with a file of the house keeps it."""
    with bare.app_context():
        flask_migrate.upgrade()
        factories.tour_paca()
        with transaction() as writing:
            writing.add(
                Image(digest="abc", content_type="image/png", content=b"\x89", created_at=factories.EARLIER)
            )
            for ordre, logo in enumerate(("/images/abc.png", "/static/logo.png", ""), 1):
                writing.add(Partenaire(tour_id=1, ordre=ordre, name=f"Partenaire {ordre}", logo=logo))
        db.session.remove()
        flask_migrate.downgrade(revision="0001")
        assert "image" not in inspect(db.engine).get_table_names()
        with db.engine.connect() as connection:
            kept = connection.execute(text("SELECT logo FROM partenaire ORDER BY ordre")).scalars().all()
        assert kept == ["", "/static/logo.png", ""]
        flask_migrate.upgrade()
        assert (_count("image"), _count("partenaire")) == (0, 3)
        db.engine.dispose()


@on_both_engines
def test_the_models_are_the_migrated_schema(bare: Flask) -> None:
    with bare.app_context():
        flask_migrate.upgrade()
        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, db.metadata) == []
        db.engine.dispose()


@on_both_engines
def test_every_check_of_the_models_is_in_the_schema(bare: Flask) -> None:
    """Alembic does not compare CHECK constraints: a rule written only in a model would hold nowhere."""
    with bare.app_context():
        flask_migrate.upgrade()
        inspector = inspect(db.engine)
        wanted = {
            (table.name, str(constraint.name))
            for table in db.metadata.tables.values()
            for constraint in table.constraints
            if isinstance(constraint, CheckConstraint)
        }
        found = {
            (table, str(constraint["name"]))
            for table in inspector.get_table_names()
            for constraint in inspector.get_check_constraints(table)
        }
        assert wanted
        assert wanted == found
        db.engine.dispose()


@pytest.mark.parametrize("verb", ["UPDATE journal_entry SET text = 'réécrit'", "DELETE FROM journal_entry"])
@on_both_engines
def test_facts_are_never_changed_nor_removed(bare: Flask, verb: str) -> None:
    with bare.app_context():
        flask_migrate.upgrade()
        _fill()
        with pytest.raises(DatabaseError, match="append-only"), db.engine.begin() as connection:
            connection.execute(text(verb))
        assert _count("journal_entry WHERE text = 'Créée'") == 1
        db.engine.dispose()


@pytest.mark.parametrize("table", ["journal_entry", "mark", "fiche_publiee"])
@on_both_engines
def test_each_table_of_facts_has_its_guard(bare: Flask, table: str) -> None:
    by_engine = {
        "sqlite": "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table",
        "postgresql": "SELECT count(*) FROM information_schema.triggers WHERE event_object_table = :table",
    }
    with bare.app_context():
        flask_migrate.upgrade()
        with db.engine.connect() as connection:
            guards = connection.execute(
                text(by_engine[db.engine.dialect.name]), {"table": table}
            ).scalar_one()
        assert guards == 2
        db.engine.dispose()
