"""The command that writes the published fiches into a folder."""

import json
import re
from pathlib import Path

from flask import Flask

from tests import factories, pdf_text, seed
from tests.engines import one_engine
from tests.fiches import compiled
from tests.fiches.outputs import letters, of_docx, of_page, of_pdf


def test_t09_us09_everything_is_written_and_says_the_same(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        compiled.tour_published()
    out = tmp_path / "out"
    told = app.test_cli_runner().invoke(args=["fiches", "build", factories.TOUR, "--out", str(out)])
    assert told.exit_code == 0, told.output
    kinds = sorted(path.suffix for path in out.iterdir() if path.is_file())
    assert kinds == [".docx"] * 8 + [".html"] * 9 + [".json"] * 8 + [".pdf"] * 9
    read = [json.loads((out / f"{theme[0]}.json").read_text()) for theme in factories.THEMES]
    assert [(f["ateliers"], f["participants"], len(f["organisations"])) for f in read] == seed.FIGURES
    fifth = read[4]
    for written in (
        of_page((out / "lien-utilisateurs.html").read_text()),
        of_pdf((out / "lien-utilisateurs.pdf").read_bytes()),
        of_docx((out / "lien-utilisateurs.docx").read_bytes()),
        letters(pdf_text.text((out / "livret.pdf").read_bytes())),
    ):
        assert letters(fifth["debut"]) in written


def test_t09_the_pages_of_the_folder_open_without_the_site(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        compiled.tour_held()
        compiled.publish("diversite")
    app.test_cli_runner().invoke(args=["fiches", "build", factories.TOUR, "--out", str(tmp_path)])
    page = (tmp_path / "diversite.html").read_text()
    links = re.findall(r'(?:href|src)="([^"#]+)"', page)
    beside = [link for link in links if ":" not in link]
    assert {"diversite.pdf", "livret.pdf", "index.html", "static/css/tourpaca.css"} <= set(beside)
    assert [link for link in beside if not (tmp_path / link.partition("?")[0]).exists()] == []


def test_t09_a_fiche_not_published_is_written_as_a_draft_with_the_figures_of_now(
    app: Flask, tmp_path: Path
) -> None:
    with app.app_context():
        compiled.tour_held()
        compiled.publish("diversite")
    told = app.test_cli_runner().invoke(args=["fiches", "build", factories.TOUR, "--out", str(tmp_path)])
    assert "8\xa0fiches, dont 7\xa0brouillons" in told.output
    draft = json.loads((tmp_path / "lien-utilisateurs.json").read_text())
    assert (draft["version"], draft["publiee_le"], draft["participants"]) == (0, None, 42)
    assert "Brouillon de la version 1" in (tmp_path / "lien-utilisateurs.html").read_text()
    assert "Brouillon" not in (tmp_path / "diversite.html").read_text()
    assert letters("Épreuve, 8 fiches, dont 7 en brouillon.") in letters(
        pdf_text.text((tmp_path / "livret.pdf").read_bytes())
    )


def test_t09_an_unknown_tour_is_one_clear_line(app: Flask, tmp_path: Path) -> None:
    told = app.test_cli_runner().invoke(
        args=["fiches", "build", "nulle-part", "--out", str(tmp_path / "out")]
    )
    assert (told.exit_code, len(told.output.splitlines())) == (1, 1)
    assert not (tmp_path / "out").exists()


@one_engine
def test_t09_a_folder_that_cannot_be_made_is_one_clear_line(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        factories.tour_paca()
    (tmp_path / "file").touch()
    told = app.test_cli_runner().invoke(
        args=["fiches", "build", factories.TOUR, "--out", str(tmp_path / "file" / "out")]
    )
    assert (told.exit_code, len(told.output.splitlines())) == (1, 1)
    assert "Rien ne peut être écrit" in told.output
