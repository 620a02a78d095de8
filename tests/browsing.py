"""The browser of the journeys: pages that fail their test on a noisy console or a request that leaves the site."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

from tests import browser_finder

LOCAL = {"127.0.0.1", "localhost"}
EXPECTED = ("the server responded with a status of 4",)  # a refused form (409, 422) is told on the page


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Our flags and the browser that was found; none found is an error that says what to type."""
    found = browser_finder.in_path()
    if found:
        return {"executable_path": found, "args": browser_finder.LAUNCH_FLAGS}
    if browser_finder.of_playwright() is None:
        pytest.fail(browser_finder.SENTENCE, pytrace=False)
    return {"args": browser_finder.LAUNCH_FLAGS}


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    """A French visitor on a middling screen, who asked for no movement: nobody waits for a colour on its way."""
    settings = {"locale": "fr-FR", "timezone_id": "Europe/Paris", "reduced_motion": "reduce"}
    return {**settings, "viewport": {"width": 1280, "height": 900}}


class Complaints:
    """What went wrong in a browser context while a test was looking elsewhere."""

    def __init__(self, context: BrowserContext) -> None:
        self.found: list[str] = []
        context.on("console", self._console)
        context.on("weberror", lambda error: self.found.append(f"script error: {error.error}"))
        context.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        expected = any(text in message.text for text in EXPECTED)
        if message.type in {"error", "warning"} and not expected:
            self.found.append(f"console {message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob", "about"} and parts.hostname not in LOCAL:
            self.found.append(f"a request left the site: {request.url}")


@pytest.fixture
def context(context: BrowserContext) -> Iterator[BrowserContext]:
    """The context of the plugin, watched; the test fails on the first complaint."""
    complaints = Complaints(context)
    yield context
    assert not complaints.found, " · ".join(complaints.found)


# A colour on its way to another is neither of the two. What axe found sound is much longer than what it did not.
VIOLATIONS = """async () => {
  await Promise.allSettled(document.getAnimations().map(each => each.finished));
  return (await axe.run({resultTypes: ["violations"]})).violations;
}"""


def _sentence(violation: dict[str, Any]) -> str:
    places = ", ".join(node["html"][:120] for node in violation["nodes"][:3])
    return f"{violation['id']} ({violation['impact']}): {violation['help']} → {places}"


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """Assert that a page has no accessibility fault that axe can see: `axe(page)`."""
    script = Axe().axe_script

    def look(page: Page) -> None:
        page.evaluate(script)
        violations = page.evaluate(VIOLATIONS)
        assert not violations, f"{page.url}: " + " · ".join(map(_sentence, violations))

    return look
