"""What a letter is when it leaves: its parts, its calendar files, its headers; and what may never enter them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from icalendar import Calendar

from tests.mail import readers
from tests.mail.writing import LATER, MORNING, THEN, draft, letters, post
from tourpaca.mail import composition, rules
from tourpaca.mail.draft import Draft, Event
from tourpaca.refusal import Refused

SNAPSHOTS = Path(__file__).parent / "letters"
WITHDRAWN = Event(**{**vars(MORNING), "cancelled": True, "sequence": 1})
WHOLE_DAY = Event(uid="place-9@localhost", sequence=0, summary="Capitalisation", day=MORNING.day)
HALF_PAST_NINE = datetime(2018, 3, 29, 7, 30, tzinfo=UTC)


@pytest.fixture
def house(app: Flask) -> Iterator[Flask]:
    """The application, open to be asked."""
    with app.app_context():
        yield app


def compose(letter: Draft) -> EmailMessage:
    """The letter as its reader's program parses it."""
    post(letter)
    return message_from_bytes(composition.compose(letters()[-1]), policy=policy.default)  # type: ignore[return-value]


def calendars(message: EmailMessage) -> list[bytes]:
    """The calendar files of a letter, as attached."""
    return [part.get_payload(decode=True) for part in message.iter_attachments()]  # type: ignore[misc]


def test_b13_the_reply_goes_to_the_team_of_the_etape_and_the_sender_is_ours(house: Flask) -> None:
    message = compose(draft())
    assert message["From"] == "Tour PACA <tournee@localhost.localdomain>"
    assert message["Reply-To"] == "nice@exemple.org"
    assert message["To"] == "Camille Exemple <camille.1@exemple.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "OOF, NRN, AutoReply, RN"
    assert message["Date"].datetime == THEN


def test_r13_text_and_html_say_the_same(house: Flask) -> None:
    message = compose(draft())
    plain, html = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]
    assert "L’atelier change de salle : salle B, 1er étage." in plain
    assert "L’atelier change de salle : salle B, 1er étage." in html
    assert '<html lang="fr"' in html


def test_r14_two_ateliers_are_two_invitations_that_three_parsers_read(house: Flask) -> None:
    files = calendars(compose(draft(events=(MORNING, LATER))))
    assert len(files) == 2
    read = [readers.agreed(file) for file in files]
    assert read[0] == ("REQUEST", MORNING.uid, MORNING.summary, HALF_PAST_NINE)
    assert read[1] == ("REQUEST", LATER.uid, LATER.summary, datetime(2018, 3, 29, 9, tzinfo=UTC))


def test_r14_a_single_atelier_is_also_an_alternative_with_its_method(house: Flask) -> None:
    message = compose(draft(events=(MORNING,)))
    (alternative,) = [part for part in message.iter_parts() if part.is_multipart()]
    kinds = [(part.get_content_type(), part.get_param("method")) for part in alternative.iter_parts()]
    assert kinds == [("text/plain", None), ("text/html", None), ("text/calendar", "REQUEST")]
    (attached,) = message.iter_attachments()
    assert (attached.get_filename(), attached.get_param("method")) == ("rendez-vous-1.ics", "REQUEST")


def test_a_withdrawn_entry_is_never_a_request(house: Flask) -> None:
    message = compose(draft(events=(WITHDRAWN, LATER)))
    methods = [part.get_param("method") for part in message.iter_attachments()]
    assert methods == ["CANCEL", "REQUEST"]
    (entry,) = Calendar.from_ical(calendars(message)[0]).walk("VEVENT")
    assert (entry["UID"], entry["SEQUENCE"], entry["STATUS"]) == (MORNING.uid, 1, "CANCELLED")


def test_without_hours_the_entry_lasts_the_day(house: Flask) -> None:
    (file,) = calendars(compose(draft(events=(WHOLE_DAY,))))
    (entry,) = Calendar.from_ical(file).walk("VEVENT")
    assert (entry.decoded("dtstart").isoformat(), entry.decoded("dtend").isoformat()) == (
        "2018-03-29",
        "2018-03-30",
    )


def test_calendar_lines_are_short_and_end_as_the_standard_says(house: Flask) -> None:
    long = Event(**{**vars(MORNING), "summary": "É" * 400, "description": "a\nb; c, d"})
    (file,) = calendars(compose(draft(events=(long,))))
    lines = file.split(b"\r\n")
    assert b"\n" not in file.replace(b"\r\n", b"")
    assert max(map(len, lines)) <= 75
    assert readers.by_icalendar(file)[2] == "É" * 400


def test_no_personal_link_travels_in_the_calendar(house: Flask) -> None:
    context = {**draft().context, "paragraphs": ["http://localhost/inscriptions/secret"]}
    for file in calendars(compose(draft(context=context, events=(MORNING, LATER)))):
        assert b"/inscriptions/" not in file


def test_the_same_letter_always_has_the_same_bytes_and_identity(house: Flask) -> None:
    post(draft(events=(MORNING, LATER)), draft(2))
    first, second = letters()
    assert composition.compose(first) == composition.compose(first)
    assert first.message_id != second.message_id
    assert first.message_id.endswith("@localhost>")


PAYLOADS = (
    "Nice\r\nBcc: moi@exemple.org",
    "Nice\nBcc: moi@exemple.org",
    "Nice\r\n\r\ncorps",
    "Nice\u2028Bcc: moi@exemple.org",
)
FIELDS = ("subject", "to_name", "to_email", "from_name", "reply_to")


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("field", FIELDS)
def test_s05_a_line_end_in_a_header_is_refused(house: Flask, field: str, payload: str) -> None:
    value = f"{payload}@exemple.org" if field in ("to_email", "reply_to") else payload
    post(draft(**{field: value}))
    with pytest.raises(Refused):
        composition.compose(letters()[-1])


@pytest.mark.parametrize("sign", ["\x00", "\x0b", "\x1f", "\x7f", "\x85"])
def test_s05_a_control_character_is_refused(sign: str) -> None:
    with pytest.raises(Refused):
        rules.header_text(f"Nice{sign}")


@pytest.mark.parametrize(
    "name",
    [
        "=?utf-8?q?x=0D=0ABcc:_moi=40exemple.org?=",
        '"Moi" <moi@exemple.org>, autre@exemple.org',
        "O’Hara ; (Zoé) : élue",
        "a" * 600,
    ],
)
def test_s05_a_strange_name_stays_one_recipient(house: Flask, name: str) -> None:
    message = compose(draft(to_name=name, from_name=name, subject=name))
    assert [address.addr_spec for address in message["To"].addresses] == ["camille.1@exemple.org"]
    assert [address.addr_spec for address in message["From"].addresses] == ["tournee@localhost.localdomain"]
    assert message["Bcc"] is None
    assert len([part for part in message.walk() if not part.is_multipart()]) == 2


@pytest.mark.parametrize("address", ["élodie@exemple.fr", "a b@exemple.fr", "sans-arobase", "a@", "a@b\t.fr"])
def test_s05_an_address_that_cannot_travel_is_refused(house: Flask, address: str) -> None:
    post(draft(to_email=address))
    with pytest.raises(Refused):
        composition.compose(letters()[-1])


def test_s06_an_entry_with_line_ends_adds_no_property(house: Flask) -> None:
    sly = Event(**{**vars(MORNING), "summary": "Nice\r\nATTENDEE:mailto:moi@exemple.org", "location": "a\nb"})
    (file,) = calendars(compose(draft(events=(sly,))))
    (entry,) = Calendar.from_ical(file).walk("VEVENT")
    assert entry["ATTENDEE"] == "mailto:camille.1@exemple.org"


def test_r16_an_entry_that_cannot_be_written_never_holds_the_letter(house: Flask) -> None:
    post(draft(events=(MORNING, LATER)))
    (letter,) = letters()
    content: Any = letter.content
    content["events"][0]["start"] = "demain"
    message = composition.compose(letter)
    assert message.count(b"rendez-vous-1.ics") == 0 < message.count(b"rendez-vous-2.ics")
    assert (composition.attachments(letter), composition.missing(letter)) == (["rendez-vous-2.ics"], 1)


def test_the_letter_reads_as_its_snapshot(house: Flask) -> None:
    message = compose(draft(events=(MORNING, LATER)))
    shown = [f"{name}: {message[name]}" for name in ("From", "To", "Reply-To", "Subject")]
    shown += [f"File: {part.get_filename()}" for part in message.iter_attachments()]
    text = "\n".join([*shown, "", message.get_body(("plain",)).get_content()])  # type: ignore[union-attr]
    assert text.replace("\r\n", "\n") == (SNAPSHOTS / "message.txt").read_text()


TRICKY = (
    "fin d’espace \nFrom moi\n.seul\n..\n"
    + "é" * 200
    + " = égal =3D\ttab\t\n"
    + "x" * 1000
    + "\n« guillemets » 🎺\n"
)


def test_what_is_written_by_hand_is_what_the_standard_reads(house: Flask) -> None:
    """Seven bits, CRLF alone, short lines, no defect for the parser, the names and the text as they were."""
    names = "Élodie " + "Très-Long " * 7, "Le Tour PACA du Guide des bonnes pratiques de l’économie sociale"
    context = {**draft().context, "paragraphs": [TRICKY]}
    for events in ((), (MORNING,), (MORNING, LATER)):
        post(draft(len(events), to_name=names[0], from_name=names[1], context=context, events=events))
        content = composition.compose(letters()[-1])
        assert content.isascii()
        assert b"\n" not in content.replace(b"\r\n", b"")
        assert b"\r" not in content.replace(b"\r\n", b"")
        headers, _, body = content.partition(b"\r\n\r\n")
        assert max(map(len, body.split(b"\r\n"))) <= 78
        assert max(map(len, headers.split(b"\r\n"))) <= 78
        message: EmailMessage = message_from_bytes(content, policy=policy.default)  # type: ignore[assignment]
        assert [part.defects for part in message.walk() if part.defects] == []
        plain = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        assert TRICKY.strip() in plain.replace("\r\n", "\n")
        to = message_from_bytes(content)["To"].replace("\r\n", "")
        assert (
            str(make_header(decode_header(to)))
            == f"{names[0].strip()[:75]} <camille.{len(events)}@exemple.org>"
        )
