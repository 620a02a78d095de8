"""Prints what every door of the house says of the hour of each étape, as JSON: a process of its own, in any zone.

`python -m tests.registration.telling_hours <database url> <stopped clock>`
"""

import json
import re
import sys
from datetime import date
from email import message_from_bytes, policy
from html import unescape
from typing import Any

from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select

from tests.mail.simulated_calendar import READERS
from tests.pdf_text import pages
from tourpaca import clock, create_app
from tourpaca.attendance import documents
from tourpaca.db import session
from tourpaca.mail import composition
from tourpaca.mail.models import Letter
from tourpaca.registration import agendas, feeds, links, queries
from tourpaca.registration.models import Dossier
from tourpaca.tour.models import Etape

HOURS = re.compile(r"(\d+ h(?: \d\d)?) à (\d+ h(?: \d\d)?)")
TAGS = re.compile(r"<[^>]+>")


def _plain(text: str) -> str:
    return " ".join(unescape(TAGS.sub(" ", text)).split())


def _hours(text: str) -> str:
    """The first hour that a text says."""
    found = HOURS.search(_plain(text))
    return found.group(1) if found else ""


def _start(file: bytes, day: date) -> str:
    """The instant at which the entry of a day begins."""
    starts = [entry.decoded("DTSTART") for entry in Calendar.from_ical(file).walk("VEVENT")]
    (start,) = [each for each in starts if each.date() == day]
    return str(start.astimezone(clock.UTC).isoformat())


def _files(letter: Letter) -> list[bytes]:
    message: Any = message_from_bytes(composition.compose(letter), policy=policy.default)
    return [part.get_payload(decode=True) for part in message.iter_attachments()]


def told(etape: Etape, client: FlaskClient) -> dict[str, Any]:
    """Return what is said of one étape, by door."""
    dossier = session().scalars(select(Dossier).where(Dossier.etape_id == etape.id)).one()
    token = links.token_of(str(dossier.submission_key))
    letter = session().scalars(select(Letter).where(Letter.etape_id == etape.id)).one()
    (offer, *_) = agendas.offered(queries.my_registration(token, clock.now()))
    feed = feeds.feed(offer.address.rpartition("/")[2].removesuffix(".ics"), clock.now())
    public = f"/tours/tour-paca/etapes/{etape.slug}"
    (file,) = _files(letter)
    return {
        "page": _hours(client.get(public).get_data(as_text=True)),
        "own page": _hours(
            client.get(f"/inscriptions/{token}").get_data(as_text=True).partition("personne-places")[2]
        ),
        "letter": _hours(composition.text(letter)),
        "letter in html": _hours(composition.html(letter).partition("<body")[2]),
        "sheet": _hours(" ".join(pages(documents.sheets(etape, etape.ateliers[:1], clock.now())))),
        **{read.__name__: read(file).start.isoformat() for read in READERS},
        "feed": _start(feed.encode(), etape.day),
        "own file": _start(client.get(f"/inscriptions/{token}/calendrier.ics").data, etape.day),
        "public feed": _start(client.get(f"{public}/calendrier.ics").data, etape.day),
    }


def main(url: str, now: str, secret: str) -> None:
    """Print everything."""
    app = create_app(
        {
            "TESTING": True,
            "SECRET_KEY": secret,
            "SQLALCHEMY_DATABASE_URI": url,
            "BASE_URL": "http://localhost",
            "NOW": now,
        }
    )
    with app.app_context():
        etapes = session().scalars(select(Etape).order_by(Etape.day)).all()
        said = {etape.day.isoformat(): told(etape, app.test_client()) for etape in etapes}
        sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:])
