"""What a form hands over: one submission, its people and their wishes, as plain and clean values."""

import unicodedata
from dataclasses import dataclass

LINE = 200
TEXT = 1_000


@dataclass(frozen=True)
class Wish:
    """An atelier wanted in a créneau; `waits` says that the waiting list was accepted, having been shown."""

    creneau_id: int
    atelier_id: int
    waits: bool = False


@dataclass(frozen=True)
class Person:
    """Somebody who will come; `another` answers "it is somebody else" to a namesake already registered."""

    first_name: str
    last_name: str
    email: str = ""
    wishes: tuple[Wish, ...] = ()
    another: bool = False

    @property
    def name(self) -> str:
        """Prénom Nom, as letters and pages say it."""
        return f"{self.first_name} {self.last_name}".strip()

    def wish_in(self, creneau_id: int) -> Wish | None:
        """Return the wish typed in one créneau."""
        return next((wish for wish in self.wishes if wish.creneau_id == creneau_id), None)


@dataclass(frozen=True)
class Submission:
    """One sending of the form; `key` came with the blank form, so that a repeated sending is recognised.

    `together`: those who wait for one atelier are served together.
    """

    key: str
    organisation: str = ""
    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    people: tuple[Person, ...] = ()
    access_needs: str = ""
    cited: bool = True
    together: bool = True


def line(text: str, limit: int = LINE) -> str:
    """Return a one-line text as it may be stored: no control character, single spaces, `limit` letters at most."""
    if not text.isprintable():
        text = "".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in text)
    return " ".join(text.split())[:limit].strip()


def paragraph(text: str, limit: int = TEXT) -> str:
    """Return a text of several lines as it may be stored."""
    return "\n".join(filter(None, (line(part, limit) for part in text.splitlines())))[:limit]


def address(text: str) -> str:
    """Return an e-mail address as it is kept: no space around, no case, so that one mailbox is one text."""
    return line(text).lower()
