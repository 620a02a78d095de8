"""A command on a base that was never brought up to date says what to type, instead of showing its entrails."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests import factories
from tests.engines import ENGINES, migrate
from tourpaca import create_app
from tourpaca.commands import doctor
from tourpaca.db import db

TO_TYPE = "Tapez d’abord « flask --app app db upgrade »."
COMMANDS = (
    ("chiffres", factories.TOUR, "--json"),
    ("doctor",),
    ("organiser", "create", "a@exemple.org", "--role", "organisation"),
    ("presences", "import", factories.TOUR, "tests/data/presences.csv"),
    ("sample", "load"),
    ("tour", "export", factories.TOUR),
    ("tour", "import", "tests/data/fiches.yaml"),
)
SETTINGS = {"TESTING": True, "SECRET_KEY": "s" * 40}


@pytest.mark.parametrize("empty_url", ENGINES, indirect=True)
def test_a_base_without_tables_is_told_in_one_line(empty_url: str) -> None:
    app = create_app(SETTINGS | {"SQLALCHEMY_DATABASE_URI": empty_url})
    for arguments in COMMANDS:
        done = app.test_cli_runner().invoke(args=list(arguments))
        assert (done.exit_code, done.stderr.count("\n")) == (1, 1), (arguments, done.output)
        assert TO_TYPE in done.stderr
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("empty_url", ENGINES, indirect=True)
@pytest.mark.parametrize(("table", "told"), [("list_preset", True), ("never_was", False)])
def test_only_a_base_that_is_behind_is_told_so(
    empty_url: str, table: str, told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong name in a statement of ours, on a base brought up to date, is a fault to mend: it keeps its trace."""
    migrate(empty_url, "0001" if told else "head")
    app = create_app(SETTINGS | {"SQLALCHEMY_DATABASE_URI": empty_url})
    monkeypatch.setattr(doctor, "CHECKS", [("la base", lambda: _read(table))])
    done = app.test_cli_runner().invoke(args=["doctor"])
    assert (TO_TYPE in done.stderr) is told
    assert isinstance(done.exception, SystemExit if told else DBAPIError)
    with app.app_context():
        db.engine.dispose()


def _read(table: str) -> list[str]:
    with db.engine.connect() as connection:
        connection.execute(text(f"SELECT 1 FROM {table}"))
    return []
