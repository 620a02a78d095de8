"""Re-creating a table on SQLite must not take the rows of its children along (ON DELETE CASCADE)."""

import shutil
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import text

from tests.engines import ENGINES
from tourpaca import create_app
from tourpaca.db import db

ROOT = Path(__file__).parent.parent.parent

STEPS = '''"""Two tables, then a change of the parent that SQLite can only make by re-creating it."""

import sqlalchemy as sa
from alembic import op

revision = "t{number}"
down_revision = "{before}"
branch_labels = None
depends_on = None


def upgrade():
    """Forward."""
    {forward}


def downgrade():
    """Back."""
    {back}
'''
TABLES = """op.create_table("parent", sa.Column("id", sa.Integer, primary_key=True), sa.Column("old", sa.String))
    op.create_table("child", sa.Column("id", sa.Integer, primary_key=True), sa.Column(
        "parent_id", sa.Integer, sa.ForeignKey("parent.id", ondelete="CASCADE", name="fk_child")))"""
CHANGE = """with op.batch_alter_table("parent") as batch:
        batch.alter_column("old", new_column_name="new", existing_type=sa.String())"""
ORPHANS = """op.execute("DELETE FROM parent")"""


@pytest.fixture
def trial(tmp_path: Path, empty_url: str) -> tuple[Flask, str]:
    """The application, and a copy of migrations/ with two more steps."""
    folder = tmp_path / "migrations"
    shutil.copytree(ROOT / "migrations", folder)
    head = max(path.stem.split("_")[0] for path in (folder / "versions").glob("[0-9]*.py"))
    steps = [(1, head, TABLES), (2, "t1", CHANGE), (3, "t2", ORPHANS)]
    for number, before, forward in steps:
        step = STEPS.format(number=number, before=before, forward=forward, back="raise NotImplementedError")
        (folder / "versions" / f"t{number}.py").write_text(step)
    app = create_app({"TESTING": True, "SECRET_KEY": "s" * 40, "SQLALCHEMY_DATABASE_URI": empty_url})
    return app, str(folder)


def _fill() -> None:
    with db.engine.begin() as connection:
        connection.execute(text("INSERT INTO parent (id, old) VALUES (1, 'kept')"))
        connection.execute(text("INSERT INTO child (id, parent_id) VALUES (1, 1), (2, 1)"))


def _children() -> int:
    with db.engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM child")).scalar_one())


@pytest.mark.parametrize("empty_url", ENGINES, indirect=True)
def test_children_survive_a_change_of_their_parent(trial: tuple[Flask, str]) -> None:
    app, folder = trial
    with app.app_context():
        flask_migrate.upgrade(folder, "t1")
        _fill()
        flask_migrate.upgrade(folder, "t2")
        assert _children() == 2
        db.engine.dispose()


@pytest.mark.parametrize("empty_url", ["sqlite"], indirect=True)
def test_without_the_guard_the_children_are_lost(trial: tuple[Flask, str]) -> None:
    """The control: with the keys left on, the same change empties the child table in silence."""
    app, folder = trial
    environment = Path(folder, "env.py")
    environment.write_text(environment.read_text().replace('_foreign_keys(connection, "OFF")', "pass"))
    with app.app_context():
        flask_migrate.upgrade(folder, "t1")
        _fill()
        flask_migrate.upgrade(folder, "t2")
        assert _children() == 0
        db.engine.dispose()


@pytest.mark.parametrize("empty_url", ["sqlite"], indirect=True)
def test_a_migration_that_leaves_orphans_is_refused_and_undone(
    trial: tuple[Flask, str], caplog: pytest.LogCaptureFixture
) -> None:
    app, folder = trial
    with app.app_context():
        flask_migrate.upgrade(folder, "t2")
        with db.engine.begin() as connection:
            connection.execute(text("INSERT INTO parent (id, new) VALUES (1, 'kept')"))
            connection.execute(text("INSERT INTO child (id, parent_id) VALUES (1, 1)"))
        with pytest.raises(SystemExit):
            flask_migrate.upgrade(folder, "t3")
        assert "without their parent" in caplog.text
        with db.engine.connect() as connection:
            assert connection.execute(text("SELECT count(*) FROM parent")).scalar_one() == 1
            assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
        db.engine.dispose()
