"""B13: a reply goes to the team of that étape, else to the tour's, whatever the letter and whoever sends it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests import factories
from tests.attendance import reminding_people as reminders
from tests.inspecting import InspectingClient
from tests.mail.every_letter import live
from tests.registration import sending
from tests.registration.sending import ACT, person, submission
from tourpaca.accounts import actions as accounts
from tourpaca.attendance import actions as attendance
from tourpaca.attendance import audience, reminding
from tourpaca.attendance.audience import Criteria
from tourpaca.attendance.letters import Message
from tourpaca.db import session, transaction
from tourpaca.mail.models import Letter
from tourpaca.registration import actions
from tourpaca.tour.models import Etape

Team = Callable[..., InspectingClient]
EVE = datetime(2018, 1, 29, 8, tzinfo=UTC)
HOUSE = "acces"  # a letter of the house itself, about no étape


def _everything() -> dict[str, set[str]]:
    """Write a letter of every kind to the people of Nice, and return where the replies to each kind go."""
    factories.tour_paca()
    with transaction() as current:
        current.execute(update(Etape).where(Etape.slug == "nice").values(contact_email="nice@exemple.org"))
    live()
    reminders.enable(at=reminders.LONG_BEFORE)
    reminding.leave_due(EVE)
    criteria = Criteria(reminders.tour_id(), sending.etape_id())
    for rank, invited in enumerate((False, True)):
        message = Message("Objet", "Bonjour,\n\nTexte.", f"clé {rank}", invitation=invited)
        attendance.write_to(ACT, criteria, message, len(audience.of(criteria).recipients))
    attendance.try_out(
        ACT, criteria, Message("Objet", "Bonjour,\n\nTexte.", "clé"), 0, ("Claude", "c@exemple.org")
    )
    found: dict[str, set[str]] = {}
    for letter in session().scalars(select(Letter)):
        found.setdefault(letter.kind, set()).add(letter.reply_to)
    return found


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_b13_every_letter_about_an_etape_is_answered_by_its_team(app: Flask) -> None:
    with app.app_context():
        found = _everything()
    assert found.pop(HOUSE) == {""}
    assert {"rappel", "invitation", "message", "essai", "lien_perdu", "changement"} <= set(found)
    assert set().union(*found.values()) == {"nice@exemple.org"}


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_b13_the_reply_to_an_invitation_goes_to_who_invites(app: Flask, team: Team) -> None:
    form = {"email": "lou@exemple.org", "role": "organisation"}
    assert team().submit("/equipe/membres", form).status_code == 303
    with app.app_context():
        accounts.send_link(ACT, "lou@exemple.org", "127.0.0.1")
        assert [letter.reply_to for letter in sending.letters("acces")] == [
            "organisation-tous@exemple.org",
            "",
        ]


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_b13_links_to_two_etapes_have_one_team_only_when_it_is_the_same(app: Flask) -> None:
    with app.app_context():
        factories.tour_paca()
        own = {"contact_email": "camille@exemple.org"}
        for slug in ("nice", "carpentras"):
            form = submission(person("Camille Exemple", 2, etape=slug), **own)
            actions.register(ACT, sending.etape_id(slug), form)
        replies = []
        for hours, contact in ((0, ""), (2, "nice@exemple.org")):
            with transaction() as current:
                current.execute(update(Etape).where(Etape.slug == "nice").values(contact_email=contact))
            later = type(ACT)(ACT.now + timedelta(hours=hours))
            actions.send_lost_link(later, "camille@exemple.org")
            replies.append(sending.letters("lien_perdu")[-1].reply_to)
    assert replies == ["equipe@exemple.org", ""]
