"""From any file of presences to the figures and to every output, by the commands others rely on."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings

from tests import pdf_text, seed
from tests.commands.attendance_files import BODIES, COLUMNS, Figures, Row, files, recount
from tests.fiches.outputs import letters, of_docx, of_page, of_pdf
from tourpaca.attendance import workbook

Command = Callable[..., str]
NUMBERS = count(1)
# Each example is a whole tour: a failing file is shown as drawn, making it smaller would take minutes.
ANY_TIME = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def command(app: Flask) -> Command:
    """Run a command that must succeed, and return what it printed."""

    def run(*arguments: str) -> str:
        told = app.test_cli_runner().invoke(args=arguments)
        assert told.exit_code == 0, told.output
        return told.output

    return run


def new_tour(command: Command) -> str:
    """A tour of its own, from the users' document."""
    slug = f"tour-{next(NUMBERS)}"
    command("tour", "import", str(seed.DATA / "fiches.yaml"), "--slug", slug, "--apply")
    return slug


@ANY_TIME
@given(drawn=files())
def test_us09_t01_any_file_gives_the_figures_of_an_independent_count(
    command: Command, tmp_path: Path, drawn: tuple[list[Row], str, bytes]
) -> None:
    rows, name, data = drawn
    path, tour = tmp_path / name, new_tour(command)
    path.write_bytes(data)
    command("presences", "import", tour, str(path), "--apply")
    said = json.loads(command("chiffres", tour, "--json"))
    expected = recount(rows)
    assert {fiche["ordre"]: figures(fiche) for fiche in said["fiches"]} == expected
    assert said["ateliers"] == sum(one.ateliers for one in expected.values())
    assert said["participations"] == sum(one.participants for one in expected.values())
    assert said["organisations"] == len(frozenset().union(*(one.bodies for one in expected.values())))
    assert all(len(one.bodies) <= one.participants for one in expected.values())
    again = command("presences", "import", tour, str(path), "--apply")
    assert "0\u00a0présence écrite" in again
    assert "✗" not in command("doctor")


def figures(fiche: dict[str, object]) -> Figures:
    """What `chiffres --json` says of a fiche, organisations by their id; the order of the list is looked at."""
    names = fiche["organisations"]
    assert isinstance(names, list)
    assert names == sorted(names, key=seed.sorting)
    assert str(fiche["phrase"]).endswith(f"\u00a0: {', '.join(names)}") or not names
    ids = {body["nom_canonique"]: number for number, body in BODIES.items()}
    return Figures(fiche["ateliers"], fiche["participants"], frozenset(ids.get(n, known(n)) for n in names))  # type: ignore[arg-type]


def known(name: str) -> str:
    """An organisation that the document does not know goes by the first spelling seen, whatever its case."""
    return {"les ateliers d’ailleurs": "Les Ateliers d’Ailleurs", "comité des fêtes": "Comité des fêtes"}.get(
        name.lower(), "=Somme & Fils"
    )


@pytest.fixture
def house(engine_url: str) -> Command:
    """Run a command in a process of its own, as people do."""
    settings = {"TOURPACA_DATABASE_URL": engine_url, "TOURPACA_SECRET_KEY": "s" * 40}

    def run(*arguments: str) -> str:
        line = [sys.executable, "-m", "flask", "--app", "app", *arguments]
        told = subprocess.run(
            line, env={**os.environ, **settings}, capture_output=True, text=True, check=False
        )
        assert told.returncode == 0, told.stderr
        return told.stdout

    return run


def test_us09_t09_the_golden_way_through_the_real_commands(house: Command, tmp_path: Path) -> None:
    document, first, second = (tmp_path / name for name in ("tour.yaml", "matin.xlsx", "suite.csv"))
    document.write_bytes((seed.DATA / "fiches.yaml").read_bytes())
    names = {number: body["graphies"][-1]["graphie"] for number, body in BODIES.items()}
    names = {n: word if not composite(n, word) else n for n, word in names.items()}
    rows = [{**row, "organisation": names[row["organisation"]]} for row in seed.presences()]
    lines = [[int(v) if v.isdigit() else v for v in map(row.__getitem__, COLUMNS)] for row in rows]
    first.write_bytes(b"".join(workbook.stream("Matin", COLUMNS, lines[:120])))
    second.write_text("\n".join([";".join(COLUMNS), *(";".join(map(str, line)) for line in lines[100:])]))
    house("db", "upgrade")
    tour = "golden"
    house("tour", "import", str(document), "--slug", tour, "--apply")
    for path in (first, second):
        house("presences", "import", tour, str(path), "--apply")
    said = json.loads(house("chiffres", tour, "--json"))
    assert (said["ateliers"], said["participations"], said["organisations"]) == seed.TOTALS
    found = [(f["ateliers"], f["participants"], len(f["organisations"])) for f in said["fiches"]]
    assert found == seed.FIGURES
    house("fiches", "build", tour, "--out", str(tmp_path / "out"))
    booklet = letters(pdf_text.text((tmp_path / "out" / "livret.pdf").read_bytes()))
    for fiche in said["fiches"]:
        base, phrase = tmp_path / "out" / fiche["slug"], letters(fiche["phrase"])
        assert json.loads(base.with_suffix(".json").read_text())["phrase"] == fiche["phrase"]
        assert phrase in of_docx(base.with_suffix(".docx").read_bytes())
        for written in (
            of_page(base.with_suffix(".html").read_text()),
            of_pdf(base.with_suffix(".pdf").read_bytes()),
        ):
            assert letters(fiche["phrase"].partition("\u00a0:")[0]) in written
            assert all(letters(name) in written for name in fiche["organisations"])
        assert phrase in booklet


def composite(number: str, word: str) -> bool:
    """Tell whether a spelling was printed for two organisations at once."""
    return any(one["graphie"] == word and one.get("composite") for one in BODIES[number]["graphies"])
