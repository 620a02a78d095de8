"""R17: calendars to subscribe to, of a person and of an organisation; what they show, hide, and how they end."""

import re
from typing import Any

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select

from tests import factories
from tests.inspecting import InspectingClient
from tests.racing import race
from tests.registration import programme_moves as moves
from tests.registration import sending
from tests.registration.sending import ACT, person, submission
from tests.statements import selects
from tourpaca.db import session
from tourpaca.registration import actions, agendas, links, queries
from tourpaca.registration.models import Agenda, Dossier
from tourpaca.security import hash_token, new_token


@pytest.fixture
def token(app: Flask) -> str:
    """The contact's page: Camille with a mailbox of her own, Bo without."""
    with app.app_context():
        factories.tour_paca()
        people = (person("Camille Exemple", 2, 7, email="camille@exemple.org"), person("Bo Modèle", 2, 6))
        return actions.register(ACT, sending.etape_id(), submission(*people)).token


def _page(app: Flask, token: str) -> list[agendas.Offer]:
    with app.app_context():
        return agendas.offered(queries.my_registration(token, ACT.now))


def _own(app: Flask) -> str:
    """The token of Camille's own page."""
    with app.app_context():
        return links.token_of(str(session().scalars(select(Dossier.submission_key)).first()), 0)


def subscribed(app: Flask, client: InspectingClient, token: str, number: int = 0) -> str:
    """Ask for an address, or another one, and return its path."""
    seen = _page(app, token)[number].seen
    page = f"/inscriptions/{token}"
    assert client.submit(f"{page}/agendas/{number}", {"vus": seen}, page=page).status_code == 303
    return _page(app, token)[number].address.removeprefix("http://localhost")


def entries(client: InspectingClient, path: str) -> list[Any]:
    """The entries of a feed."""
    answer = client.get(path)
    assert answer.status_code == 200
    calendar = Calendar.from_ical(answer.data)
    assert "METHOD" not in calendar
    assert calendar.walk("VTIMEZONE")
    return list(calendar.walk("VEVENT"))


def test_r17_a_feed_shows_the_places_of_today_under_their_own_names(
    app: Flask, client: InspectingClient, token: str
) -> None:
    path = subscribed(app, client, _own(app))
    assert re.fullmatch(r"/agendas/[\w-]{32}\.ics", path)
    first = entries(client, path)
    assert [each["SUMMARY"].partition(" :")[0][:14] for each in first] == ["La concertatio", "Le développeme"]
    with app.app_context():
        assert {str(each["UID"]) for each in first} <= set(moves.sequences())
        moves.move_room(2, "Salle B, 1er étage")
    assert entries(client, path)[0]["LOCATION"] == "Salle B, 1er étage, Nice"
    with app.app_context():
        actions.cancel_participant(ACT, sending.participant("Exemple"))
    assert entries(client, path) == []


def test_r17_a_feed_tells_no_link_and_nobody_s_address(
    app: Flask, client: InspectingClient, token: str
) -> None:
    own = _own(app)
    for path in (subscribed(app, client, own), subscribed(app, client, token)):
        answer = client.get(path)
        body = answer.get_data(as_text=True)
        for secret in ("@exemple.org", "/inscriptions/", token, own, "Camille", "Bo Modèle", "ATTENDEE"):
            assert secret not in body
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert all(len(line) <= 75 for line in answer.data.split(b"\r\n"))


def test_r17_an_unchanged_feed_is_not_sent_again(app: Flask, client: InspectingClient, token: str) -> None:
    path = subscribed(app, client, token)
    tag = client.get(path).headers["ETag"]
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
    with app.app_context():
        moves.move_room(2, "Salle B")
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_r17_the_organisation_s_feed_counts_its_people_over_the_whole_tour(
    app: Flask, client: InspectingClient, token: str
) -> None:
    with app.app_context():
        other = submission(person("Dé Ailleurs", 3, etape="carpentras"), organisation="harmonie mutuelle")
        actions.register(ACT, sending.etape_id("carpentras"), other)
        third = submission(person("Ed Autre", 3), organisation="APROVA 84")
        actions.register(ACT, sending.etape_id(), third)
    shown = [str(each["SUMMARY"]) for each in entries(client, subscribed(app, client, token))]
    assert [each.rpartition(" (")[2] for each in shown] == [
        "2\u00a0personnes)",
        "1\u00a0personne)",
        "1\u00a0personne)",
        "1\u00a0personne)",
    ]


def test_r17_s03_a_new_address_ends_the_old_one_at_once(
    app: Flask, client: InspectingClient, token: str
) -> None:
    own = _own(app)
    first = subscribed(app, client, own)
    page = client.get(f"/inscriptions/{own}").get_data(as_text=True)
    assert f"webcal://localhost{first}" in page
    second = subscribed(app, client, own)
    assert first != second
    assert (client.get(first).status_code, client.get(second).status_code) == (404, 200)
    with app.app_context():
        kept = session().scalars(select(Agenda.token_hash)).all()
    assert hash_token(second.removeprefix("/agendas/").removesuffix(".ics")) in kept
    assert client.get("/agendas/inconnu.ics").status_code == 404


def test_r17_s03_the_same_form_twice_makes_one_address(
    app: Flask, client: InspectingClient, token: str
) -> None:
    page = f"/inscriptions/{token}"
    for typed in ("0", "0", "x", ""):
        client.submit(f"{page}/agendas/0", {"vus": typed}, page=page)
    assert _page(app, token)[0].seen == 1
    assert client.submit(f"{page}/agendas/9", {"vus": "0"}, page=page).status_code == 404


def test_r17_race_of_two_who_ask_for_the_same_address(app: Flask, token: str) -> None:
    owner = _page(app, token)[0].owner
    race(app, lambda _: agendas.subscribe(ACT, owner, 0), 6)
    offer = _page(app, token)[0]
    assert offer.seen == 1
    assert offer.address, "the one who comes second does not end the address of the first"


def test_r17_the_address_that_a_form_makes_is_known_before_it_is_sent(
    app: Flask, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: blind to those there are, a second form changes nothing; drawn by lot, each makes another."""
    owner = _page(app, token)[0].owner
    monkeypatch.setattr(agendas, "_count", lambda *_: 0)
    race(app, lambda _: agendas.subscribe(ACT, owner, 0), 6)
    offer = _page(app, token)[0]
    assert (offer.seen, bool(offer.address)) == (1, True)
    monkeypatch.setattr(agendas.security, "derived", lambda *_: new_token())
    race(app, lambda _: agendas.subscribe(ACT, owner, 0), 6)
    assert _page(app, token)[0].seen == 7


def test_r17_a_feed_ends_a_month_after_its_last_day(app: Flask, client: InspectingClient, token: str) -> None:
    own, whole = subscribed(app, client, _own(app)), subscribed(app, client, token)
    app.config["NOW"] = "2018-03-02T00:00:00"
    assert (client.get(own).status_code, client.get(whole).status_code) == (404, 200)
    app.config["NOW"] = "2018-04-29T00:00:00"
    assert client.get(whole).status_code == 404


def test_r17_the_contact_s_page_offers_the_organisation_and_whom_it_serves(
    app: Flask, client: InspectingClient, token: str
) -> None:
    assert [offer.name for offer in _page(app, token)] == ["Harmonie Mutuelle", "Bo Modèle"]
    assert [offer.name for offer in _page(app, _own(app))] == ["Camille Exemple"]


def test_s22_an_address_outlives_a_change_of_secret(app: Flask, client: InspectingClient, token: str) -> None:
    own = _own(app)
    path = subscribed(app, client, own)
    app.config.update(
        SECRET_KEY="another secret of the tests, as long", SECRET_KEY_FALLBACKS=[app.config["SECRET_KEY"]]
    )
    assert client.get(path).status_code == 200
    assert _page(app, own)[0].address.endswith(path)


@pytest.mark.parametrize("count", [1, 12])
def test_r17_the_page_asks_once_for_all_its_calendars(app: Flask, count: int) -> None:
    with app.app_context():
        factories.tour_paca(capacity=40)
        people = [person(f"Ana N{number}", 2) for number in range(count)]
        page = queries.my_registration(
            actions.register(ACT, sending.etape_id(), submission(*people)).token, ACT.now
        )
        with selects(app) as asked:
            assert len(agendas.offered(page)) == count + 1
    assert len(asked) == 2, asked
