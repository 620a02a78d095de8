"""Every letter of the house, made by a real act and compared with what it must read like: its text, and its HTML.

`TOURPACA_TEST_REWRITE_LETTERS=1` writes the snapshots again, to be read before they are kept.
"""

import os
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
from tests.mail import every_letter
from tourpaca.db import session
from tourpaca.mail import composition
from tourpaca.mail.models import Letter

SNAPSHOTS = Path(__file__).parent / "letters"
REWRITE = "TOURPACA_TEST_REWRITE_LETTERS" in os.environ
TOKEN = re.compile(r"(/inscriptions/|/equipe/lien/|/desabonnement/\d+/\d+/|/relecture/)[\w-]{20,}")
NAMES = {
    *("recapitulatif", "recapitulatif_en_attente", "confirmation", "promotion", "lien_perdu"),
    *("changement_en_attente", "proposition", "offre_passee", "place_rendue"),
    *(
        "atelier_choisi",
        "atelier_choisi_en_attente",
        "atelier_choisi_par_equipe",
        "cession",
        "cession_recapitulatif",
        "ajout_en_attente",
    ),
    *("annulation", "changement", "atelier_annule", "acces", "acces_lien", "ecrit", "essai"),
    *("modele_rappel_j7", "modele_rappel_j1", "modele_merci_j1", "modele_aux_presents", "modele_aux_absents"),
    *("modele_invitation_evenement", "modele_message_libre"),
}


@pytest.fixture
def letters(app: Flask) -> Iterator[dict[str, EmailMessage]]:
    """One letter of each kind, as its reader's program parses it."""
    with app.app_context():
        yield {name: _parsed(letter) for name, letter in every_letter.everything().items()}


def _parsed(letter: Letter) -> EmailMessage:
    return message_from_bytes(composition.compose(letter), policy=policy.default)  # type: ignore[return-value]


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def _as_read(message: EmailMessage) -> dict[str, str]:
    """What a person reads, by file: the headers shown, the names of the files, the text; and the HTML; no secret."""
    shown = [f"{name}: {message[name]}" for name in ("From", "To", "Reply-To", "Subject")]
    shown += [f"File: {part.get_filename()}" for part in message.iter_attachments()]
    said = {"txt": "\n".join([*shown, "", _part(message, "plain")]), "html": _part(message, "html")}
    return {ending: TOKEN.sub(r"\1SECRET", text) for ending, text in said.items()}


def test_r13_every_letter_reads_as_its_snapshots(letters: dict[str, EmailMessage]) -> None:
    assert set(letters) == NAMES
    read = {f"{name}.{end}": text for name in NAMES for end, text in _as_read(letters[name]).items()}
    for name, text in read.items() if REWRITE else ():
        (SNAPSHOTS / name).write_text(text)
    assert {name: text for name, text in read.items() if (SNAPSHOTS / name).read_text() != text} == {}


def test_d06_no_letter_asks_anything_of_another_site(letters: dict[str, EmailMessage]) -> None:
    for name, message in letters.items():
        html = _part(message, "html")
        assert '<html lang="fr"' in html
        assert not re.search(r"<img|<script|<link|url\(|@import", html), name
        assert set(re.findall(r'href="(https?://[^/"]+)', html)) <= {"http://localhost"}, name
        assert "prefers-color-scheme:dark" in html


def test_s11_every_link_comes_from_the_public_address_alone(app: Flask) -> None:
    app.config["BASE_URL"] = "https://tournee.exemple.org"
    with app.app_context(), app.test_request_context(base_url="http://evil.example"):
        factories.tour_paca()
        every_letter.live()
        for letter in session().scalars(select(Letter)):
            for part in (composition.text(letter), composition.html(letter)):
                found = set(re.findall(r"https?://[^/\s\"]+", part))
                assert found == {"https://tournee.exemple.org"}, letter.kind


def test_r13_the_text_says_every_link_of_the_html(letters: dict[str, EmailMessage]) -> None:
    for name, message in letters.items():
        for link in re.findall(r'href="(http[^"]+)"', _part(message, "html")):
            assert unescape(link) in _part(message, "plain"), name


def test_r13_the_html_says_every_hour_atelier_and_link_of_the_text(letters: dict[str, EmailMessage]) -> None:
    for name, message in letters.items():
        text, html = (unescape(_part(message, kind)) for kind in ("plain", "html"))
        for link in re.findall(r"http://localhost/\S+", text):
            assert link in html, name
        for hours in re.findall(r"\d+\u00a0h(?:\u00a0\d\d)? à \d+\u00a0h(?:\u00a0\d\d)?", text):
            assert hours in html, name
