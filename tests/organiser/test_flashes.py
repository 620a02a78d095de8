"""What the team's pages say back: a refusal is shown as a refusal, and a word that no page knows is a fault."""

import re
from collections.abc import Callable

import pytest
from flask import Flask, get_template_attribute, session
from jinja2 import UndefinedError
from sqlalchemy import insert

from tests import factories
from tests.inspecting import InspectingClient
from tourpaca.db import transaction
from tourpaca.registration.models import Dossier

REMOVAL = "/equipe/tour-paca/etapes/nice/retirer"


def kinds(page: str) -> list[str]:
    """The kinds of the messages at the top of a page."""
    return re.findall(r'<div class="message (\w+)" role="status">', page)


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("dossiers", "shown"), [(1, "refus"), (0, "fait")])
def test_a_refusal_is_shown_as_a_refusal(
    app: Flask, team: Callable[..., InspectingClient], dossiers: int, shown: str
) -> None:
    with app.app_context():
        factories.tour_paca()
        with transaction() as writing:
            for number in range(dossiers):
                writing.execute(insert(Dossier).values(id=number, etape_id=2, created_at=factories.EARLIER))
    answer = team().submit(REMOVAL, {}, follow_redirects=True)
    assert kinds(answer.get_data(as_text=True)) == [shown]


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_an_unknown_kind_is_a_fault_not_a_success(app: Flask) -> None:
    with app.test_request_context("/"):
        session["_flashes"] = [("success", "La porte est fermée.")]
        with pytest.raises(UndefinedError):
            get_template_attribute("parts/messages.html", "flashed")()
