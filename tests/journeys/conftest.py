"""The tour of the stories on a live server that sends its letters, for the journeys of those who register."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests import factories
from tests.inspecting import NOW
from tests.posting import Sink
from tests.serving import Server

Serve = Callable[..., Server]


@pytest.fixture
def announced(app: Flask) -> Flask:
    """The application on a database that holds the tour of the stories, published and open."""
    with app.app_context():
        factories.tour_paca()
    return app


@pytest.fixture
def visit(announced: Flask, engine_url: str, serve: Serve, smtp_sink: Sink) -> Callable[..., str]:
    """Open the house to visitors, its worker sending to `smtp_sink`, and return its address: `visit(now="…")`.

    What must be there before the first visitor is written before.
    """

    def opened(now: str = NOW) -> str:
        settings = {"TOURPACA_NOW": now, "TOURPACA_WORKER_INSIDE": "1", **smtp_sink.environment}
        return serve(engine_url, **settings).url

    return opened
