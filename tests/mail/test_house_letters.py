"""Every letter of the house, composed from a real act and compared with what it must read like."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from tests import factories
from tests.registration import sending
from tests.registration.sending import ACT, TEAM, person, submission
from tourpaca.accounts import actions as accounts
from tourpaca.db import session
from tourpaca.mail import composition
from tourpaca.mail.models import Letter
from tourpaca.registration import actions
from tourpaca.registration.models import EN_ATTENTE, Participant, Place

SNAPSHOTS = Path(__file__).parent / "letters"
TOKEN = re.compile(r"(/inscriptions/|/equipe/lien/)[\w-]{20,}")
KINDS = ("recapitulatif", "confirmation", "annulation", "promotion", "lien_perdu", "acces")


@pytest.fixture
def letters(app: Flask) -> Iterator[dict[str, EmailMessage]]:
    """One letter of each kind, as its reader's program parses it."""
    with app.app_context():
        factories.tour_paca()
        _live()
        stored = session().scalars(select(Letter).order_by(Letter.id)).all()
        yield {letter.kind: _parsed(letter) for letter in reversed(stored)}


def _live() -> None:
    """Two people register, a third waits and is given the place that one of them leaves; a link is lost."""
    sending.shrink(1, 6)
    first = submission(
        person("Camille Exemple", 2, 7, email="camille@exemple.org"), person("Sacha Modèle", 4, 6)
    )
    actions.register(ACT, sending.etape_id(), first)
    alix = person("Alix Specimen", -6, email="alix@exemple.org")
    actions.register(ACT, sending.etape_id(), submission(alix, contact_email="alix@exemple.org"))
    waiting = session().scalars(select(Place.id).where(Place.state == EN_ATTENTE)).one()
    sacha = session().scalars(select(Participant.id).where(Participant.last_name == "Modèle")).one()
    actions.cancel_participant(ACT, sacha)
    actions.promote(TEAM, waiting)
    actions.send_lost_link(ACT, "camille@exemple.org")
    accounts.invite(ACT, "claude@exemple.org", "organisation", "Claude Essai", by_letter=True)


def _parsed(letter: Letter) -> EmailMessage:
    return message_from_bytes(composition.compose(letter), policy=policy.default)  # type: ignore[return-value]


def _as_read(message: EmailMessage) -> str:
    """What a person reads: the headers shown, the names of the files, the text; links without their secret."""
    shown = [f"{name}: {message[name]}" for name in ("From", "To", "Reply-To", "Subject")]
    shown += [f"File: {part.get_filename()}" for part in message.iter_attachments()]
    body = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    text = "\n".join([*shown, "", body]).replace("\r\n", "\n")
    return TOKEN.sub(r"\1SECRET", text)


@pytest.mark.parametrize("kind", KINDS)
def test_r13_a_letter_reads_as_its_snapshot(letters: dict[str, EmailMessage], kind: str) -> None:
    assert _as_read(letters[kind]) == (SNAPSHOTS / f"{kind}.txt").read_text()


def test_d06_no_letter_asks_anything_of_another_site(letters: dict[str, EmailMessage]) -> None:
    for kind in KINDS:
        html = letters[kind].get_body(("html",)).get_content()  # type: ignore[union-attr]
        assert '<html lang="fr"' in html
        assert not re.search(r"<img|<script|<link|url\(|@import", html), kind
        assert set(re.findall(r'href="(https?://[^/"]+)', html)) <= {"http://localhost"}, kind
        assert "prefers-color-scheme:dark" in html


def test_r13_the_html_says_every_hour_atelier_and_link_of_the_text(letters: dict[str, EmailMessage]) -> None:
    for kind in KINDS:
        text, html = (
            unescape(letters[kind].get_body((part,)).get_content())  # type: ignore[union-attr]
            for part in ("plain", "html")
        )
        for link in re.findall(r"http://localhost/\S+", text):
            assert link in html, kind
        for hours in re.findall(r"\d+\u00a0h(?:\u00a0\d\d)? à \d+\u00a0h(?:\u00a0\d\d)?", text):
            assert hours in html, kind
