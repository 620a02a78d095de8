"""R19: wherever the machine thinks it is, page, letter, sheet and calendar tell one hour: that of Paris."""

import json
import os
import subprocess
import sys
from datetime import time
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests import factories
from tests.inspecting import NOW
from tests.registration import programme_moves as moves
from tests.registration import sending
from tests.registration.sending import ACT, person, submission
from tourpaca.db import session
from tourpaca.registration import actions, agendas, links, queries
from tourpaca.registration.models import Dossier
from tourpaca.registration.submission import Person, Wish

ZONES = ("UTC", "Europe/Paris", "America/Los_Angeles", "Pacific/Chatham")
INSTANTS = {
    "2017-12-19": "2017-12-19T08:00:00+00:00",
    "2018-01-30": "2018-01-30T08:00:00+00:00",
    "2018-02-13": "2018-02-13T08:00:00+00:00",
    "2018-03-29": "2018-03-29T07:00:00+00:00",
}
MATINEES = ("marseille", "nice", "carpentras")


def _everybody_at_nine() -> None:
    """One person at each of the four étapes, all of which begin at nine, and a calendar to subscribe to for each."""
    factories.tour_paca()
    sending.open_event()
    for slug in MATINEES:
        moves.move_etape(slug, starts_at=time(9), ends_at=time(12, 15))
        moves.move_hours(1, time(9), time(10, 15), slug)
        actions.register(ACT, sending.etape_id(slug), submission(person("Ana Exemple", 2, etape=slug)))
    moves.move_etape("bouches-du-rhone", starts_at=time(9), ends_at=time(10, 15))
    event = "bouches-du-rhone"
    (slot,) = queries.programme("tour-paca", event).slots
    one = Person("Ana", "Exemple", "", (Wish(slot.creneau_id, slot.offers[0].atelier_id, False),))
    actions.register(ACT, sending.etape_id(event), submission(one))
    for key in session().scalars(select(Dossier.submission_key)).all():
        page = queries.my_registration(links.token_of(str(key)), ACT.now)
        agendas.subscribe(ACT, agendas.offered(page)[0].owner, 0)


def _said_in(zone: str, app: Flask) -> subprocess.Popen[str]:
    command = [
        "-m",
        "tests.registration.telling_hours",
        app.config["SQLALCHEMY_DATABASE_URI"],
        NOW,
        app.secret_key,
    ]
    return subprocess.Popen(
        [sys.executable, *command], env={**os.environ, "TZ": zone}, stdout=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_r19_one_hour_everywhere_in_four_zones(app: Flask) -> None:
    with app.app_context():
        _everybody_at_nine()
    running = {zone: _said_in(zone, app) for zone in ZONES}
    said: dict[str, Any] = {
        zone: json.loads(process.communicate(timeout=60)[0]) for zone, process in running.items()
    }
    hours = dict.fromkeys(("page", "own page", "letter", "letter in html", "sheet"), "9 h")
    readers = ("by_icalendar", "by_vobject", "by_ics", "feed", "own file", "public feed")
    for zone in ZONES:
        assert said[zone] == {
            day: {**hours, **dict.fromkeys(readers, instant)} for day, instant in INSTANTS.items()
        }, zone
