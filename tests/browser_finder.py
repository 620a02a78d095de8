"""Find the Chromium that the tests drive; run as a program, say whether there is one."""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

# The shell first: Chromium without windows, which opens a page in half the time.
NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)
SENTENCE = (
    "No browser found for the journeys. Type `.venv/bin/playwright install --with-deps chromium`, "
    "or `sudo apt-get install chromium-headless-shell`, then run the tests again."
)
LAUNCH_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def in_path() -> str | None:
    """The first Chromium of PATH, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def of_playwright() -> str | None:
    """The Chromium that `playwright install` put on this machine, or None."""
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if path and Path(path).exists() else None


def find() -> str | None:
    """PATH first: the system's browser is the one kept up to date."""
    return in_path() or of_playwright()


if __name__ == "__main__":
    sys.exit(0 if find() else SENTENCE)
