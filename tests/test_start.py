"""What a server carries: the commands and what only they need stay away, and the garbage collector is set to serve."""

import json
import os
import subprocess
import sys
from pathlib import Path

from flask import Flask

ROOT = Path(__file__).parent.parent
ASKED = """
import gc, json, sys
from werkzeug.routing import Rule
builders, write = [], Rule._get_func_code
Rule._get_func_code = staticmethod(lambda code, name: builders.append(name) or write(code, name))
import app
from tourpaca.db import Base
told = {
    "loaded": list(sys.modules),
    "working": gc.isenabled(),
    "frozen": gc.get_freeze_count(),
    "joined": [mapper.class_.__name__ for mapper in Base.registry.mappers if mapper.configured],
    "before": len(builders),
}
with app.app.test_request_context():
    app.app.url_for("public.livez")
print(json.dumps(told | {"after": len(builders)}))
"""
KEPT_AWAY = {
    "alembic",
    "flask_migrate",
    "mako",
    "email_validator",
    "yaml",
    "icalendar",
    "typst",
    "argon2",
    "stdnum",
}
KEPT_AWAY |= {"psycopg", "sqlalchemy.dialects.postgresql"}


def test_a_server_loads_no_command_and_nothing_that_only_some_acts_need(tmp_path: Path) -> None:
    settings = {**os.environ, "TOURPACA_DATABASE_URL": f"sqlite:///{tmp_path / 'new.sqlite'}"}
    done = subprocess.run(
        [sys.executable, "-c", ASKED], cwd=ROOT, env=settings, capture_output=True, text=True, check=True
    )
    told = json.loads(done.stdout)
    assert KEPT_AWAY & set(told["loaded"]) == set()
    assert [name for name in told["loaded"] if name.startswith("tourpaca.commands.")] == []
    assert told["joined"] == []
    assert (told["before"], told["after"]) == (0, 1)
    assert told["working"]
    assert told["frozen"] > 100_000


def test_every_file_of_commands_answers_under_its_name(app: Flask) -> None:
    files = sorted((ROOT / "tourpaca" / "commands").glob("[a-z]*.py"))
    assert len(files) > 10
    for file in files:
        shown = app.test_cli_runner().invoke(args=[file.stem, "--help"])
        assert shown.exit_code == 0
        assert f"{file.stem} [OPTIONS]" in shown.output
    assert app.test_cli_runner().invoke(args=["personne"]).exit_code == 2
