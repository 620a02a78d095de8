"""The house keeps its rules, and each rule bites: a planted fault is found by the rule meant for it."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import house_rules

ROOT = Path(__file__).parent.parent
Rule = Callable[[Path], list[str]]

CHAIN = '''"""Two verbs, one inside the other."""

def a():
    with transaction(): ...

def b():
    a()
'''
NEIGHBOUR = '''"""A module of verbs brought in whole, so that its verbs can be called by their address."""

from tourpaca.tour.actions import etapes

def a():
    with transaction(): ...
'''
FAULTS: tuple[tuple[Rule, str, str], ...] = (
    (house_rules.unannounced_files, "tourpaca/tour/rules.py", "def check() -> None: ...\n"),
    (house_rules.unannounced_files, "tourpaca/tour/rules.py", '"""Two lines\nfor one sentence."""\n'),
    (house_rules.long_files, "tourpaca/tour/rules.py", '"""Long."""\n' + "x = 1\n" * 300),
    (house_rules.long_files, "static/css/tourpaca.css", ".a{b:c}\n" * 301),
    (house_rules.stray_commits, "tourpaca/tour/actions.py", '"""A."""\nsession.commit()\n'),
    (house_rules.empty_rooms, "tourpaca/privacy/__init__.py", '"""A promise."""\n'),
    (house_rules.waste_baskets, "tourpaca/tour/utils.py", '"""Things."""\n'),
    (house_rules.doors_on_the_session, "tourpaca/public/page.py", '"""A."""\ndb.session.get(1)\n'),
    (
        house_rules.doors_on_the_session,
        "tourpaca/public/page.py",
        '"""A."""\nfrom tourpaca.db import session\n',
    ),
    (house_rules.doors_on_the_session, "tourpaca/api/page.py", '"""A."""\nfrom sqlalchemy import select\n'),
    (house_rules.rooms_on_flask, "tourpaca/tour/actions.py", '"""A."""\ndef f():\n    import flask\n'),
    (house_rules.writing_queries, "tourpaca/tour/queries.py", '"""A."""\nsession().execute(update(Tour))\n'),
    (house_rules.chained_actions, "tourpaca/tour/actions.py", CHAIN),
    (house_rules.chained_actions, "tourpaca/tour/actions/etapes.py", CHAIN),
    (house_rules.chained_actions, "tourpaca/tour/actions/etapes.py", NEIGHBOUR),
    (
        house_rules.chained_actions,
        "tourpaca/mail/actions.py",
        '"""A."""\nfrom tourpaca.tour import actions\n',
    ),
    (house_rules.clocks_in_rooms, "tourpaca/tour/actions.py", '"""A."""\nnow = datetime.now(UTC)\n'),
    (house_rules.unknown_flashes, "tourpaca/organiser/page.py", '"""A."""\nflash("Non.", "error")\n'),
    (house_rules.unknown_flashes, "tourpaca/public/page.py", '"""A."""\nflash("Non.", category=kind)\n'),
    (house_rules.orphan_templates, "templates/public/forgotten.html", "<p>Personne ne me lit.</p>\n"),
)
WRONG_IMPORTS = (
    ("tourpaca/tour/queries.py", "from tourpaca.registration import models\n", "Rooms import down"),
    ("tourpaca/tour/queries.py", "from tourpaca.organisations import models\n", "Rooms import down"),
    ("tourpaca/journal/queries.py", "from tourpaca.mail import models\n", "Rooms import down"),
    ("tourpaca/public/health.py", "from tourpaca.organiser import wall\n", "Rooms import down"),
    ("tourpaca/tour/queries.py", "from flask import request\n", "Domain rooms never import Flask"),
    ("tourpaca/public/health.py", "from sqlalchemy import select\n", "Doors never touch the database"),
)


@pytest.mark.parametrize("rule", house_rules.RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_the_rule(rule: Rule) -> None:
    assert rule(ROOT) == []


@pytest.mark.parametrize(("rule", "path", "text"), FAULTS, ids=lambda value: getattr(value, "__name__", ""))
def test_the_rule_bites(rule: Rule, path: str, text: str, tmp_path: Path) -> None:
    planted = tmp_path / path
    planted.parent.mkdir(parents=True)
    planted.write_text(text)
    assert len(rule(tmp_path)) == 1


def test_every_rule_has_a_fault_that_proves_it() -> None:
    assert {rule for rule, _, _ in FAULTS} == set(house_rules.RULES)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages and the contract, away from the real ones."""
    folder = tmp_path_factory.mktemp("house")
    shutil.copytree(ROOT / "tourpaca", folder / "tourpaca", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def _contract(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_import_contract_is_kept(copy: Path) -> None:
    assert _contract(copy).returncode == 0


@pytest.mark.parametrize(("path", "line", "contract"), WRONG_IMPORTS)
def test_the_import_contract_bites(copy: Path, path: str, line: str, contract: str) -> None:
    file = copy / path
    before = file.read_text()
    file.write_text(before + line)
    result = _contract(copy)
    file.write_text(before)
    assert result.returncode == 1
    broken = [text for text in result.stdout.splitlines() if text.endswith("BROKEN")]
    assert len(broken) == 1
    assert broken[0].startswith(contract)


def test_an_undeclared_room_is_refused(copy: Path) -> None:
    room = copy / "tourpaca" / "cellar"
    room.mkdir()
    (room / "__init__.py").write_text('"""Nobody said so."""\n')
    result = _contract(copy)
    shutil.rmtree(room)
    assert result.returncode == 1
    assert "tourpaca.cellar" in result.stdout
