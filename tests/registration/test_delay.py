"""R8: twenty registrations a second by the form; each letter is with the mail server within seconds of the commit."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
from flask import Flask
from sqlalchemy import update

from tests.posting import Sink
from tests.registration import crowd, sending
from tests.serving import Server
from tourpaca.db import session, transaction
from tourpaca.mail import punctuality
from tourpaca.mail.models import PARTI
from tourpaca.tour.models import Etape

RATE = 20
log = logging.getLogger("figures")


@pytest.mark.parametrize("number", [60, pytest.param(1_000, marks=pytest.mark.soak)])
def test_r08_letters_reach_the_mail_server_within_seconds_of_the_commit(
    app: Flask, engine_url: str, serve: Callable[..., Server], smtp_sink: Sink, number: int
) -> None:
    """Told from before the commit to after the 250: the true delay is shorter. The worker is the server's own."""
    with crowd.tour_with(app, None):
        _open_nice_today(app)
    server = serve(engine_url, TOURPACA_WORKER_INSIDE="1", **smtp_sink.environment)
    form = crowd.open_form(server.url)
    forms = [form.filled(each, 1) for each in range(number)]
    assert _sent_in_time(form, forms) == {303}
    smtp_sink.wait_for(number)
    pause, until = threading.Event(), monotonic() + 30
    with app.app_context():
        while {letter.state for letter in sending.letters()} != {PARTI}:
            assert monotonic() < until
            session().rollback()
            pause.wait(0.1)
        took = sorted((each.sent_at - each.created_at).total_seconds() for each in sending.letters())
        shown = punctuality.last_day(datetime.now(UTC))
    most, longest = took[len(took) * 99 // 100 - 1], took[-1]
    log.info("%d letters at %d/s: 99 %% within %.2f s, all within %.2f s", len(took), RATE, most, longest)
    assert len(took) >= number
    assert most <= 5
    assert longest <= 30
    assert shown
    assert (shown.letters, shown.longest) == (len(took), pytest.approx(longest, abs=0.01))


def _open_nice_today(app: Flask) -> None:
    """Let the étape come in a month: the clock of this server is the true one."""
    coming = datetime.now(UTC).date() + timedelta(days=30)
    with app.app_context(), transaction() as current:
        current.execute(update(Etape).where(Etape.slug == "nice").values(day=coming, closes_at=None))


def _sent_in_time(form: crowd.Form, forms: list[crowd.Typed]) -> set[int]:
    """Send each form at its time, whatever became of the others; return what they were answered."""
    begun, pause = monotonic(), threading.Event()

    def at_its_time(rank: int) -> int:
        pause.wait(max(begun + rank / RATE - monotonic(), 0))
        return form.send(forms[rank]).status

    with ThreadPoolExecutor(16) as clients:
        return set(clients.map(at_its_time, range(len(forms))))
