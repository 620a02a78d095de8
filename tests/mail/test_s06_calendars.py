"""S6: what people type stays one value of one property in every calendar file, and is read back as typed."""

import re
from datetime import UTC, date, datetime, time
from types import SimpleNamespace
from typing import Any

import ics
import pytest
import vobject
from flask import Flask
from icalendar import Calendar

from tests.inspecting import InspectingClient
from tests.mail.writing import MORNING
from tourpaca import calendar_text, french
from tourpaca.mail import calendar
from tourpaca.registration import calendar as feeds
from tourpaca.tour import calendar as public

NOW = datetime(2018, 1, 15, tzinfo=UTC)
SIGNS = (
    *(
        ":",
        ";",
        ",",
        '"',
        "^",
        "\\",
        "\r",
        "\n",
        "\r\n",
        "\0",
        "\x07",
        "\x0b",
        "\x0c",
        "\x1b",
        "\x1c",
        "\x7f",
    ),
    *("\x85", "\u2028", "\u2029", "\t", "\\n", "\\,", "^n", "^'", "\ud800", "%0D%0A", "’", "é\u0301", "🎉"),
    *(
        "\r\nATTENDEE:mailto:moi@exemple.org",
        "\nEND:VEVENT\nBEGIN:VEVENT",
        "\r\n ",
        "\r\n\r\nX-A:b",
        '";X-A="',
    ),
    *(
        ";RSVP=FALSE:x",
        "=?utf-8?q?a?=",
        "é" * 120,
        "BEGIN:VCALENDAR",
        "\r\nMETHOD:PUBLISH",
        "\n\t",
        "a" * 300,
    ),
)
PLACES = ("{}salle", "salle {} B", "salle{}")
VALUES = [(place.format(sign), len(place)) for sign in SIGNS for place in PLACES]
TYPED = ("summary", "location", "description")


def lines(file: str) -> list[str]:
    """The lines of a file, unfolded, by the name and the parameters of each property."""
    unfolded = file.replace("\r\n ", "")
    assert "\n" not in unfolded.replace("\r\n", "")
    return [re.split("[:;]", line)[0] for line in unfolded.split("\r\n")]


def invited(**changed: Any) -> str:
    """The file of an invitation with something else typed."""
    people = {"organiser": ("CRESS", "o@exemple.org"), "attendee": ("Camille", "c@exemple.org")}
    kept = {name: changed.pop(name) for name in list(changed) if name in people}
    event = {**vars(MORNING), "day": "2018-03-29", "start": "2018-03-29T09:30:00", "end": None, **changed}
    return calendar.invitation(event, stamp=NOW, **{**people, **kept})


@pytest.mark.parametrize("field", TYPED)
def test_s06_what_is_typed_stays_in_its_property_and_is_read_back(field: str) -> None:
    expected = lines(invited())
    for value, _ in VALUES:
        file = invited(**{field: value})
        assert lines(file) == expected, value
        assert max(map(len, file.encode().split(b"\r\n"))) <= 75
        (entry,) = Calendar.from_ical(file).walk("VEVENT")
        assert str(entry[field.upper()]) == calendar_text.text(value)


@pytest.mark.parametrize("person", ["organiser", "attendee"])
def test_s06_a_name_stays_beside_its_address(person: str) -> None:
    expected = lines(invited())
    for value, _ in VALUES:
        file = invited(**{person: (value, "x@exemple.org")})
        assert lines(file) == expected, value
        (entry,) = Calendar.from_ical(file).walk("VEVENT")
        written = entry["ORGANIZER" if person == "organiser" else "ATTENDEE"]
        assert (written, str(written.params["CN"])) == ("mailto:x@exemple.org", calendar_text.name(value))


def test_s06_two_other_readers_read_the_same() -> None:
    for value, _ in VALUES[1::3]:
        file = invited(summary=value, location=value)
        wanted = calendar_text.text(value)
        (entry,) = vobject.readOne(file).vevent_list
        assert (entry.summary.value, entry.location.value) == (wanted, wanted)
        if "\\n" in value:
            continue  # ics 0.7 reads an escaped backslash before n as a line end; the two others do not
        (other,) = ics.Calendar(file).events
        assert (other.name, other.location) == (wanted, wanted)


def test_s06_the_feeds_hold_it_too() -> None:
    def personal(value: str) -> str:
        etape = SimpleNamespace(day=date(2018, 1, 30), venue=value, address="", town="Nice")
        place = SimpleNamespace(
            uid="u@h", sequence=0, title=value, room=value, starts_at=time(9, 30), ends_at=None
        )
        return feeds.feed(value, [feeds.entry(etape, place, NOW, value)])

    expected = lines(personal("salle"))
    for value, _ in VALUES:
        file = personal(value)
        assert lines(file) == expected, value
        (entry,) = Calendar.from_ical(file).walk("VEVENT")
        assert str(entry["SUMMARY"]) == calendar_text.text(f"{french.typo(value)} ({value})")


def test_s06_the_public_feed_holds_it_too(app: Flask, client: InspectingClient) -> None:
    with app.test_request_context():
        for value, _ in VALUES[1::3]:
            etape = SimpleNamespace(
                id=1, slug="nice", version=1, cancelled=False, town=value, place_name=value, kind="matinee",
                day=date(2018, 1, 30), starts_at=time(9, 30), ends_at=None, welcome_at=None, venue=value, address="",
            )  # fmt: skip
            tour = SimpleNamespace(name=value, slug="tour", published_at=NOW, etapes=(etape,))
            file = public.feed(tour, [etape])  # type: ignore[arg-type, list-item]
            assert [lines(file).count(name) for name in ("SUMMARY", "LOCATION", "UID", "X-WR-CALNAME")] == [
                1
            ] * 4
            (entry,) = Calendar.from_ical(file).walk("VEVENT")
            assert str(entry["SUMMARY"]).startswith(calendar_text.text(value))


def test_s06_a_file_without_the_guard_goes_red(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: left as typed, a NUL is a file that no reader takes."""
    monkeypatch.setattr(calendar_text, "text", lambda said: said)
    with pytest.raises(Exception, match="end of text"):
        ics.Calendar(invited(summary="a\0b"))
