"""The tour of the stories, in an open context or behind a server, for the tests of the registration room."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from tests import factories
from tests.inspecting import NOW
from tests.registration import sending
from tests.registration.filling import FORM
from tests.registration.sending import ACT, person, submission
from tests.serving import Server
from tourpaca.registration import actions


@pytest.fixture
def house(app: Flask) -> Iterator[Flask]:
    """The application with the stories' tour, its context open."""
    with app.app_context():
        factories.tour_paca()
        yield app


@pytest.fixture
def form(app: Flask, engine_url: str, serve: Callable[..., Server]) -> str:
    """The address of the form of Nice, where « Territorialité » is full."""
    with app.app_context():
        factories.tour_paca()
        sending.shrink(1, 3)
        early = submission(person("Ana Première", 3), contact_email="ana@exemple.org")
        actions.register(ACT, sending.etape_id(), early)
    return serve(engine_url, TOURPACA_NOW=NOW).url + FORM


@pytest.fixture
def bare(browser: Browser) -> Iterator[Page]:
    """A page of a browser that runs no script."""
    context = browser.new_context(java_script_enabled=False, locale="fr-FR")
    yield context.new_page()
    context.close()
