"""Every letter as a reader shows it: narrow and wide, in light and dark, nothing cut and nothing unreadable."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.mail import every_letter
from tourpaca.attendance.occasions import OCCASIONS
from tourpaca.mail import composition

# The texts of the occasions are one template, which « ecrit » shows.
ALIKE = {f"modele_{each.key}" for each in OCCASIONS} - {"modele_invitation_evenement"}
pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)


@pytest.fixture
def pages(app: Flask) -> Iterator[dict[str, str]]:
    """The HTML of one letter of each kind."""
    with app.app_context():
        yield {name: composition.html(letter) for name, letter in every_letter.everything().items()}


def test_us11_every_letter_reads_well_at_any_width_and_in_the_dark(
    pages: dict[str, str], page: Page, axe: Callable[[Page], None]
) -> None:
    assert len(pages) >= 19
    for name, html in pages.items():
        page.set_content(html)
        for width in (600, 320):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
        for scheme in ("light", "dark") if name not in ALIKE else ():
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            axe(page)
