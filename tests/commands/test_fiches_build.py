"""The command that writes the published fiches into a folder."""

import json
import re
from pathlib import Path

from flask import Flask

from tests import factories, pdf_text, seed
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


def test_t09_nothing_published_is_one_clear_line(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        factories.tour_paca()
    told = app.test_cli_runner().invoke(
        args=["fiches", "build", factories.TOUR, "--out", str(tmp_path / "out")]
    )
    assert (told.exit_code, len(told.output.splitlines())) == (1, 1)
    assert not (tmp_path / "out").exists()
