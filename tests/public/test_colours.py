"""The colours of the house stay readable: every pair that the pages use, in both themes, by the formula of WCAG."""

import re

import pytest

from tourpaca import style

SHEET = style.content("css/tourpaca.css").decode()
THEMES = {
    "light": SHEET.split(":root{", 1)[1],
    "dark": SHEET.split("(prefers-color-scheme:dark){:root{", 1)[1],
}
BODY, TEXT, SHAPE = 7.0, 4.5, 3.0  # body text; other text and big figures; borders, bars and shapes
PAIRS = [
    *[("encre", ground, BODY) for ground in ("craie", "surface", "creux", "mer-pale", "ocre-pale")],
    *[("encre", ground, BODY) for ground in ("olive-pale", "brique-pale")],
    *[("encre-douce", ground, TEXT) for ground in ("craie", "surface", "creux", "mer-pale", "ocre-pale")],
    *[("mer", ground, TEXT) for ground in ("craie", "surface", "mer-pale", "creux")],
    *[("ocre-texte", ground, TEXT) for ground in ("craie", "surface", "ocre-pale")],
    *[("brique", ground, TEXT) for ground in ("craie", "surface", "brique-pale")],
    *[("olive", ground, TEXT) for ground in ("craie", "surface", "olive-pale")],
    *[("bord", ground, SHAPE) for ground in ("craie", "surface", "creux")],
    *[("ocre", ground, SHAPE) for ground in ("craie", "surface", "creux")],
    ("sur-mer", "mer", BODY),
    ("sur-mer", "mer-foncee", BODY),
    ("sur-ocre", "ocre", TEXT),
    ("surface", "olive", TEXT),
    ("chiffre", "aplat", TEXT),
    ("soleil", "barre", SHAPE),
]


def colour(name: str, theme: str) -> str:
    """The value of a token in a theme; one that a theme does not restate keeps its light value."""
    found = re.search(rf"--{name}:#([0-9A-F]+)", THEMES[theme].split("}", 1)[0])
    found = found or re.search(rf"--{name}:#([0-9A-F]+)", THEMES["light"].split("}", 1)[0])
    assert found, name
    digits = found[1]
    return digits if len(digits) == 6 else "".join(2 * digit for digit in digits)


def luminance(digits: str) -> float:
    """Relative luminance of six hexadecimal digits (WCAG 2.2)."""
    shares = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours (WCAG 2.2)."""
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_pair_is_readable(theme: str) -> None:
    """No text under 4.5:1, body text at 7:1, borders and shapes at 3:1."""
    weak = [
        f"{front} on {ground}: {ratio:.1f} < {least}"
        for front, ground, least in PAIRS
        if (ratio := contrast(colour(front, theme), colour(ground, theme))) < least
    ]
    assert weak == []


def test_the_formula_gives_the_known_values() -> None:
    """Black on white is 21:1; the ink on the chalk is the 12.8:1 of the brief."""
    assert contrast("000000", "FFFFFF") == pytest.approx(21)
    assert contrast(colour("encre", "light"), colour("craie", "light")) == pytest.approx(12.8, abs=0.05)


def test_a_token_that_is_used_is_defined() -> None:
    """A misspelt token would silently draw nothing."""
    sheets = [path.read_text(encoding="utf-8") for path in (style.FILES / "css").rglob("*.css")]
    used = set(re.findall(r"var\(--([a-z0-9-]+)", "".join(sheets)))
    assert used - set(re.findall(r"--([a-z0-9-]+):", "".join(sheets))) == set()
