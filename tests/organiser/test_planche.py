"""The style page in a real browser: every component, on phones and screens, by day and by night."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.serving import Server

WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# The pages are the same whatever the engine behind them.
pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)

SPACED = "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }"


def test_every_component_is_accessible_in_both_themes_and_never_scrolls_sideways(
    signed_in_page: Page, live_server: Server, axe: Callable[[Page], None]
) -> None:
    """axe finds nothing at 320 and 1280 px, light and dark; nothing is wider than the screen."""
    page = signed_in_page
    page.goto(f"{live_server.url}/equipe/planche")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(WIDER) == 0, f"{scheme}, {width} px"
            axe(page)


def test_a_page_reads_without_script_by_keyboard_and_with_wide_spacing(
    signed_in_page: Page, live_server: Server
) -> None:
    """The first Tab reaches the skip link; the menu of a phone opens by keyboard; spacing may grow (WCAG 1.4.12)."""
    page = signed_in_page
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(f"{live_server.url}/equipe/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.locator("summary", has_text="Menu").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Quitter")).to_be_visible()
    page.goto(f"{live_server.url}/equipe/planche")
    page.evaluate(
        "css => { const s = new CSSStyleSheet(); s.replaceSync(css); document.adoptedStyleSheets = [s] }",
        SPACED,
    )
    assert page.evaluate(WIDER) == 0
