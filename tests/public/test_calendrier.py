"""The public calendar feed, read back by three readers: icalendar, vobject, and a strict one of ours."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import vobject
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from tests import factories
from tests.inspecting import InspectingClient
from tourpaca import calendar_zone
from tourpaca.db import transaction
from tourpaca.tour import calendar, programme
from tourpaca.tour.models import Etape
from tourpaca.tour.revision import bump

FEED = "/tours/tour-paca/calendrier.ics"
HALF_PAST_NINE = time(9, 30)


@pytest.fixture
def paca(app: Flask) -> Flask:
    with app.app_context():
        factories.tour_paca()
    return app


def change(app: Flask, slug: str, **values: object) -> None:
    with app.app_context(), transaction() as session:
        session.execute(update(Etape).where(Etape.slug == slug).values(**values))
        bump(session, 1)


def strict(text: str) -> list[dict[str, str]]:
    """Read the entries of a calendar as RFC 5545 §3.1 says, and nothing looser."""
    assert text.endswith("\r\n")
    lines = text.split("\r\n")
    assert all(len(line.encode()) <= 75 and "\n" not in line for line in lines)
    unfolded = re.sub("\r\n[ \t]", "", text).split("\r\n")[:-1]
    events, depth = [], []
    for line in unfolded:
        name, value = re.fullmatch(r'([A-Z-]+(?:;[A-Z-]+=(?:"[^"]*"|[^";:,]*))*):(.*)', line, re.S).groups()  # type: ignore[union-attr]
        if name == "BEGIN":
            depth.append(value)
            events += [{}] if value == "VEVENT" else []
        elif name == "END":
            assert depth.pop() == value
        elif depth[-1] == "VEVENT":
            assert name not in events[-1]
            events[-1][name] = value
    assert not depth
    return events


def starts(text: str) -> list[date | datetime]:
    """The starts of every entry, instants in UTC; the three readers must agree."""
    ours = [_start(event) for event in strict(text)]
    theirs = [_utc(event["DTSTART"].dt) for event in icalendar.Calendar.from_ical(text).walk("VEVENT")]
    others = [_utc(event.dtstart.value) for event in vobject.readOne(text).vevent_list]
    assert ours == theirs == others
    return ours


def _utc(start: date | datetime) -> date | datetime:
    return start.astimezone(UTC) if isinstance(start, datetime) else start


def _start(event: dict[str, str]) -> date | datetime:
    if "DTSTART;VALUE=DATE" in event:
        return datetime.strptime(event["DTSTART;VALUE=DATE"], "%Y%m%d").date()
    wall = datetime.strptime(event["DTSTART;TZID=Europe/Paris"], "%Y%m%dT%H%M%S")
    return wall.replace(tzinfo=ZoneInfo("Europe/Paris")).astimezone(UTC)


def test_us01_the_feed_gives_hours_in_the_legal_time_of_their_day(
    paca: Flask, client: InspectingClient
) -> None:
    assert starts(client.get(FEED).get_data(as_text=True))[-1] == date(2018, 3, 29)
    change(paca, "bouches-du-rhone", starts_at=HALF_PAST_NINE)
    answer = client.get(FEED)
    assert answer.mimetype == "text/calendar"
    assert starts(answer.get_data(as_text=True)) == [
        datetime(2017, 12, 19, 8, 30, tzinfo=UTC),
        datetime(2018, 1, 30, 8, 30, tzinfo=UTC),
        datetime(2018, 2, 13, 8, 30, tzinfo=UTC),
        datetime(2018, 3, 29, 7, 30, tzinfo=UTC),
    ]


def test_us01_the_feed_is_published_and_names_each_etape_for_ever(
    paca: Flask, client: InspectingClient
) -> None:
    before = client.get(FEED).get_data(as_text=True)
    change(paca, "nice", venue="Maison des exemples", address="12, rue du Modèle\n06000 Nice", version=2)
    after = client.get(FEED).get_data(as_text=True)
    assert "METHOD:PUBLISH\r\n" in after
    assert [e["UID"] for e in strict(before)] == [e["UID"] for e in strict(after)]
    nice = strict(after)[1]
    assert (nice["SEQUENCE"], nice["LOCATION"]) == (
        "2",
        r"Maison des exemples\, 12\, rue du Modèle\, 06000 Nice",
    )
    assert after.count("BEGIN:VTIMEZONE") == 1


def test_a_cancelled_etape_stays_in_the_feed_as_cancelled(paca: Flask, client: InspectingClient) -> None:
    change(paca, "nice", state="annule")
    assert [e["STATUS"] for e in strict(client.get(FEED).get_data(as_text=True))] == [
        "CONFIRMED",
        "CANCELLED",
        "CONFIRMED",
        "CONFIRMED",
    ]


def test_an_etape_has_a_calendar_of_its_own(paca: Flask, client: InspectingClient) -> None:
    alone = client.get("/tours/tour-paca/etapes/nice/calendrier.ics").get_data(as_text=True)
    assert strict(alone) == strict(client.get(FEED).get_data(as_text=True))[1:2]
    assert client.get("/tours/tour-paca/etapes/gap/calendrier.ics").status_code == 404


def test_the_feed_is_kept_like_a_page(paca: Flask, client: InspectingClient) -> None:
    tag = client.get(FEED).headers["ETag"]
    assert client.get(FEED, headers={"If-None-Match": tag}).status_code == 304


ETAPE = programme.EtapeVue(
    **dict.fromkeys(programme.EtapeVue.__slots__, ""),  # type: ignore[arg-type]
)
TOUR = programme.Programme(**dict.fromkeys(programme.Programme.__slots__, ""))  # type: ignore[arg-type]
WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters='\n;,\\:"é'), max_size=120)


@settings(max_examples=60)
@given(
    name=WORDS,
    town=st.sampled_from(["", "Nice", "L’Île-Rousse; \\n, « ailleurs »"]),
    venue=WORDS,
    day=st.dates(date(1997, 1, 1), date(2060, 12, 31)),
    hour=st.none() | st.times(time(4), time(23)),
)
def test_whatever_is_typed_three_readers_read_the_same(
    name: str, town: str, venue: str, day: date, hour: time | None
) -> None:
    hour = hour.replace(second=0, microsecond=0) if hour else None
    tour = replace(TOUR, name=name, slug="t", published_at=factories.EARLIER)
    etape = replace(
        ETAPE, id=7, slug="e", day=day, town=town, venue=venue, starts_at=hour, ends_at=None, version=3
    )
    with Flask(__name__).app_context() as context:
        context.app.config["BASE_URL"] = "https://tournee.exemple.org"
        text = calendar.feed(tour, [etape])
    expected = datetime.combine(day, hour, ZoneInfo("Europe/Paris")).astimezone(UTC) if hour else day
    assert starts(text) == [expected]
    read = icalendar.Calendar.from_ical(text).walk("VEVENT")[0]
    assert str(read["SUMMARY"]).split() == f"{name} — {town or ' (lieu à préciser)'}".split()


def test_the_zone_equals_the_legal_time_of_every_hour_of_2026_and_2040() -> None:
    zone = calendar_zone.component().to_tz()
    paris = ZoneInfo("Europe/Paris")
    for year in (2018, 2026, 2040):
        first = datetime(year, 1, 1)
        hours = (first + timedelta(hours=h) for h in range(365 * 24))
        assert all(h.replace(tzinfo=zone).utcoffset() == h.replace(tzinfo=paris).utcoffset() for h in hours)
