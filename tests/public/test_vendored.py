"""What the house serves but did not write: each file is the one recorded, and the fonts can set French."""

import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from tourpaca import style

STATIC = Path(__file__).parents[2] / "static"
MANIFEST = json.loads((STATIC / "vendor.json").read_text(encoding="utf-8"))
FRENCH = "àâæçéèêëîïôœùûüÿÀÂÆÇÉÈÊËÎÏÔŒÙÛÜ’«»–—…€°\u00a0\u202f"
NAMES = "ŁĞŞłğşŻżČčŘř"
PDF_FONTS = sorted((STATIC / "fonts" / "pdf").glob("*.ttf"))
PAGE_FONT = STATIC / "fonts" / "atkinson-next-5.3.0-latin.woff2"


def test_every_file_is_the_one_recorded() -> None:
    """The checksums of the manifest are those of the files."""
    found = {name: hashlib.sha256((STATIC / name).read_bytes()).hexdigest() for name in MANIFEST}
    assert found == {name: entry["sha256"] for name, entry in MANIFEST.items()}


def test_no_font_or_minified_file_escapes_the_manifest() -> None:
    """A file brought from outside has its row: source, licence, what was changed."""
    foreign = {
        str(path.relative_to(STATIC))
        for path in STATIC.rglob("*")
        if path.suffix in {".woff2", ".ttf", ".otf"} or path.name.endswith((".min.js", ".min.css"))
    }
    assert foreign <= set(MANIFEST)
    assert all(entry.keys() == {"sha256", "source", "licence", "change"} for entry in MANIFEST.values())


@pytest.mark.parametrize("path", PDF_FONTS, ids=lambda path: path.stem)
def test_fonts_of_the_pdf_draw_french_and_foreign_names(path: Path) -> None:
    """Typst falls back to another font without a word: no letter of ours may be missing."""
    letters = TTFont(path).getBestCmap()
    assert [c for c in FRENCH + NAMES + "✓" if ord(c) not in letters] == []


def test_page_font_draws_french() -> None:
    """The one preloaded file is enough for a French page, and stays under 36 kB."""
    letters = TTFont(PAGE_FONT).getBestCmap()
    assert [c for c in FRENCH if ord(c) not in letters] == []
    assert PAGE_FONT.stat().st_size < 36_000


def test_style_sheets_ask_for_nothing_outside_and_stay_small() -> None:
    """No @import, no address outside the site, every file named exists; the public sheet is under 12 kB packed."""
    import_or_address = re.compile(r"@import|https?:|url\(data:")
    for name in (*style.PARTS, "css/planche.css"):
        text = style.content(name).decode()
        assert not import_or_address.search(text), name
        beside = (STATIC / name).parent
        assert [u for u in re.findall(r"url\(([^)]+)\)", text) if not (beside / u).exists()] == []
    assert len(gzip.compress(style.content("css/tourpaca.css"))) < 12_000
