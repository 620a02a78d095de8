"""What somebody does who registers people: fills the form by its labels, and reads the letters that come."""

import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page

from tests.mail import readers
from tests.posting import Received, Sink

LINK = re.compile(r"https?://\S+/inscriptions/[\w-]+(?=\s|$)")


@dataclass(frozen=True)
class Letter:
    """A letter as its reader sees it: subject, text with plain spaces, links, and each calendar file as read."""

    subject: str
    text: str
    links: tuple[str, ...]
    entries: tuple[tuple[Any, ...], ...]


def card(page: Page, number: int) -> Locator:
    """Return the card of a person of the form, from 1."""
    return page.locator("section.personne").nth(number - 1)


def fill_contact(page: Page, organisation: str, name: str, email: str) -> None:
    """Fill in the organisation and the person to contact."""
    page.get_by_label("Nom de l’organisation").fill(organisation)
    page.get_by_label("Prénom et nom").fill(name)
    page.locator("#contact_email").fill(email)


def fill_person(page: Page, number: int, name: str, email: str, *choices: str) -> None:
    """Fill in the card of a person, and choose ateliers by the beginning of their names."""
    first, _, last = name.partition(" ")
    person = card(page, number)
    person.get_by_label("Prénom").fill(first)
    person.get_by_label("Nom", exact=True).fill(last)
    person.get_by_label("Courriel").fill(email)
    for choice in choices:
        person.get_by_role("radio", name=re.compile(f"^{choice}")).check()


def send(page: Page) -> None:
    """Press « Envoyer l’inscription » and wait for the page that follows."""
    with page.expect_navigation():
        page.get_by_role("button", name="Envoyer l’inscription").click()


def plain(text: str) -> str:
    """Return a text with plain spaces, as one reads it."""
    return " ".join(text.split())


def letters_to(sink: Sink, mailbox: str) -> list[Letter]:
    """Return the letters that a mailbox has received, oldest first; each was addressed to it alone."""
    return [_read(letter) for letter in sink.letters if letter.recipients == (mailbox,)]


def _read(received: Received) -> Letter:
    message = received.message
    text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    files = [part.get_payload(decode=True) for part in message.iter_attachments()]
    entries = tuple(readers.agreed(file) for file in files)  # type: ignore[arg-type]
    methods = [part.get_param("method") for part in message.iter_attachments()]
    assert methods == [entry[0] for entry in entries]
    return Letter(plain(str(message["Subject"])), plain(text), tuple(LINK.findall(text)), entries)


def status(page: Page) -> str:
    """Return what the page says was done."""
    return plain(page.get_by_role("status").inner_text())
