"""The commands on tour files: what they print, and how they leave."""

from pathlib import Path

import pytest
from flask import Flask

from tests import seed
from tests.factories import tour_paca
from tourpaca.tour import queries

SEED = str(seed.DATA / "fiches.yaml")


def test_the_dry_run_says_what_it_would_do_and_what_waits_for_a_decision(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["tour", "import", SEED, "--slug", "tour-paca"])
    said = done.output.replace("\u00a0", " ")
    assert done.exit_code == 0
    assert "À décider (46), rien n’est corrigé sans vous :" in said
    assert "24. fiche 4, indicateurs : lu « L'existence et l'obtention de «labels» axés »" in said
    assert said.rstrip().endswith("Rien n’a été écrit : ajoutez --apply pour écrire.")
    with app.app_context():
        assert queries.tours() == []


def test_apply_then_again_changes_nothing(app: Flask) -> None:
    run = app.test_cli_runner().invoke
    first = run(args=["tour", "import", SEED, "--slug", "tour-paca", "--apply"])
    again = run(args=["tour", "import", SEED, "--slug", "tour-paca", "--apply"])
    assert "63\u00a0organisations" in first.output
    assert again.exit_code == 0
    assert "rien de nouveau" in again.output


def test_the_export_goes_to_the_screen_or_to_a_file_and_comes_back(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        tour_paca()
    run = app.test_cli_runner().invoke
    out = tmp_path / "tour.yaml"
    shown = run(args=["tour", "export", "tour-paca"])
    assert run(args=["tour", "export", "tour-paca", "--out", str(out)]).exit_code == 0
    assert out.read_text(encoding="utf-8") == shown.output
    again = run(args=["tour", "import", str(out), "--apply"])
    assert "rien de nouveau" in again.output


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"- a\n- b\n", "fichier : un groupe de champs est attendu"),
        (b"tournee: {nom: [}", "ne se lit pas comme du YAML : voyez la ligne 1."),
        (b"tournee: {nom: 'T', etapes: [{ordre: 1}]}", "tournee › etapes › 1 › code_departement"),
    ],
)
def test_a_bad_file_is_refused_in_one_line(app: Flask, tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "mauvais.yaml"
    file.write_bytes(content)
    done = app.test_cli_runner().invoke(args=["tour", "import", str(file)])
    assert done.exit_code == 1
    assert said in done.output.replace("\u00a0", " ")
    assert len(done.output.strip().splitlines()) == 1


def test_a_missing_file_and_an_unknown_tour_are_refused(app: Flask) -> None:
    run = app.test_cli_runner().invoke
    assert run(args=["tour", "import", "/nulle/part.yaml"]).exit_code != 0
    done = run(args=["tour", "export", "ailleurs"])
    assert done.exit_code == 1
    assert "Cette tournée n’existe pas." in done.output
