"""The command that takes presences in: it announces, then writes, and says what is wrong."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from tests import factories, seed
from tests.attendance.taking_in import csv_of

pytestmark = pytest.mark.usefixtures("open_house")


@pytest.fixture
def run(open_house: Flask) -> Callable[..., tuple[int, str]]:
    def run(*arguments: str) -> tuple[int, str]:
        result = open_house.test_cli_runner().invoke(args=["presences", "import", *arguments])
        return result.exit_code, result.output

    return run


def test_us09_the_command_announces_then_writes(run: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    path = str(seed.DATA / "presences.csv")
    code, said = run(factories.TOUR, path)
    assert code == 0
    assert "Rien n’a été écrit" in said
    code, said = run(factories.TOUR, path, "--apply")
    assert code == 0
    assert "203\u00a0présences écrites" in said
    assert "122\u00a0personnes ajoutées sur place" in said


def test_us09_the_command_says_what_is_wrong_and_fails(
    run: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_bytes(csv_of("9,1,1,P1,,present"))
    code, said = run(factories.TOUR, str(bad), "--apply")
    assert code == 1
    assert "bad.csv, ligne 2" in said
    assert run("nulle-part", str(bad))[0] == 1


def test_us09_a_file_that_cannot_be_read_is_one_line_in_french(
    run: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    for path in (tmp_path / "absent.csv", tmp_path):
        code, said = run(factories.TOUR, str(path))
        assert (code, len(said.splitlines())) == (1, 1)
        assert "ne se lit pas" in said
