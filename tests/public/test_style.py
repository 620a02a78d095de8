"""The style sheets: every part is put in its place once, and the sheet is served as a file of the disk would be."""

import re

import pytest
from flask import Flask

from tourpaca import style
from tourpaca.assets import static_url

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)


@pytest.mark.parametrize("sheet", style.PARTS)
def test_every_part_has_its_place_in_the_sheet(sheet: str, engine_url: str) -> None:
    """A part without a place would never be seen; a sheet beside its parts would be a second one."""
    path = style.FILES / sheet
    assert sorted(style.PARTS[sheet]) == sorted(part.stem for part in path.with_suffix("").iterdir())
    assert not path.exists()


@pytest.mark.parametrize("sheet", style.PARTS)
def test_the_sheet_is_its_parts_in_order(sheet: str, engine_url: str) -> None:
    """Each part opens with a comment that says its subject: the sheet reads as the list does."""
    text = style.content(sheet).decode()
    folder = (style.FILES / sheet).with_suffix("")
    parts = [(folder / f"{part}.css").read_text(encoding="utf-8") for part in style.PARTS[sheet]]
    assert [part[:20] for part in parts if not part.startswith("/* ")] == []
    assert text == "\n".join(parts)


def test_a_sheet_is_served_like_every_file(app: Flask) -> None:
    """Kept for a year under an address that changes with the content; who holds it is told that nothing changed."""
    client = app.test_client()
    with client.get(static_url("css/tourpaca.css")) as sheet, client.get("/static/js/tourpaca.js") as script:
        assert sheet.data == style.content("css/tourpaca.css")
        assert sheet.headers["Content-Type"] == "text/css; charset=utf-8"
        for name in ("Cache-Control", "Content-Security-Policy", "X-Content-Type-Options"):
            assert sheet.headers[name] == script.headers[name]
        again = client.get("/static/css/tourpaca.css", headers={"If-None-Match": sheet.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    head = client.head("/static/css/tourpaca.css")
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Length"] == str(len(style.content("css/tourpaca.css")))
    assert client.post("/static/css/tourpaca.css").status_code == 405


def test_a_page_asks_for_the_sheet_as_it_is(app: Flask) -> None:
    page = app.test_client().get("/equipe/connexion").text
    asked = re.search(r'href="(/static/css/tourpaca\.css\?v=[0-9a-f]{12})"', page)
    assert asked
    assert asked[1] == static_url("css/tourpaca.css")
