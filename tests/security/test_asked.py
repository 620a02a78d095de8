"""S5: a control character in an address, a query or what a mail server tells is met by no fault, on both engines."""

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from tests import factories
from tests.inspecting import NOW, InspectingClient
from tourpaca import clock
from tourpaca.asked import Fit
from tourpaca.db import session, transaction
from tourpaca.mail import returns, rules
from tourpaca.mail.models import DUR, Rejet


@pytest.mark.parametrize(
    "path", ["/tours/a%00b", "/tours/tour-paca/etapes/%0Anice", "/inscriptions/a%00b", "/%07"]
)
def test_s05_an_address_with_a_control_character_leads_nowhere(
    app: Flask, client: InspectingClient, path: str
) -> None:
    with app.app_context():
        factories.tour_paca()
    assert client.get(path).status_code == 404


def test_s05_a_query_is_read_without_them(app: Flask, client: InspectingClient) -> None:
    with app.test_request_context(
        "/?q=a%00b%0D%0Ac%E2%80%A8d", method="POST", data={"x": "é\x00\x85"}
    ) as asked:
        assert (asked.request.args["q"], asked.request.form["x"]) == ("ab\nc\nd", "é\n")
        assert MultiDict(asked.request.args).getlist("q") == ["ab\nc\nd"]


def test_s05_what_another_server_says_is_stored_on_one_line(app: Flask) -> None:
    """A refusal with a NUL would stop the reading of the mailbox on PostgreSQL, at that message, for ever."""
    with app.app_context():
        with transaction() as current:
            returns.note(current, "a\x00@exemple.org", None, DUR, "550 5.1.1\x00 in\nconnu", clock.read(NOW))
        assert session().execute(select(Rejet.email, Rejet.reason)).all() == [
            ("a@exemple.org", "550 5.1.1 in connu")
        ]
    assert rules.verdict("rcpt", 550, "no\x00 such\r\nuser").answer == "550 no such user"


def test_s05_a_copy_holds_the_same(app: Flask) -> None:
    assert Fit([("a", "1"), ("a", "2")]).copy().getlist("a") == ["1", "2"]
