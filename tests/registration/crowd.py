"""Many visitors at once, over HTTP: they read the form as a browser does, then send together."""

import re
import secrets
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Flask
from sqlalchemy import update

from tests import factories
from tests.registration import sending
from tourpaca.db import transaction
from tourpaca.tour.models import Atelier

FORM = "/tours/tour-paca/etapes/nice/inscription"
Typed = dict[str, str]


@dataclass(frozen=True)
class Answer:
    """What a sending was answered; status 0 when no answer came."""

    status: int
    location: str = ""


@dataclass(frozen=True)
class Form:
    """The blank form of a server: where it is, its token, the cookie, the choices of the first person."""

    url: str
    token: str
    cookie: str
    choices: tuple[tuple[str, str], ...]

    def filled(self, number: int, *ateliers: int, people: int = 1, waits: bool = False) -> Typed:
        """Return a filled form, its key and names of its own; `ateliers` are positions among the choices."""
        wanted = [self.choices[position] for position in ateliers]
        typed = {
            "csrf_token": self.token,
            "key": secrets.token_urlsafe(24),
            "people": str(people),
            "organisation": f"Organisation {number}",
            "contact_name": "Morgan Factice",
            "contact_email": f"contact{number}@exemple.org",
        }
        for person in range(people):
            typed |= {f"p{person}-first_name": f"Prénom{person}", f"p{person}-last_name": f"Nom{number}"}
            for name, value in wanted:
                typed[name.replace("p0-", f"p{person}-")] = value + ("-attente" if waits else "")
        return typed

    def waiting(self, typed: Typed) -> Typed:
        """Return a filled form whose choices now accept the waiting list."""
        return {name: f"{value}-attente" if "-c" in name else value for name, value in typed.items()}

    def send(self, typed: Typed) -> Answer:
        """Send once, over a connection of its own."""
        parts = urlsplit(self.url)
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=30)
        try:
            connection.request("POST", FORM, urlencode(typed), headers)
            answer = connection.getresponse()
            answer.read()
            return Answer(answer.status, (answer.getheader("Location") or "").split("?")[0])
        except (OSError, HTTPException):
            return Answer(0)
        finally:
            connection.close()

    def send_together(self, forms: Sequence[Typed]) -> list[Answer]:
        """Send every form at the same moment, each from a client of its own; answers in the same order."""
        barrier = threading.Barrier(len(forms))

        def one(typed: Typed) -> Answer:
            barrier.wait()
            return self.send(typed)

        with ThreadPoolExecutor(len(forms)) as clients:
            return list(clients.map(one, forms))


def open_form(url: str) -> Form:
    """Read the form."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    connection.request("GET", FORM)
    answer = connection.getresponse()
    page = answer.read().decode()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    connection.close()
    choices = re.findall(r'name="(p0-c\d+)" value="(\d+)"', page)
    assert token, page[:500]
    return Form(url, token[1], str(answer.getheader("Set-Cookie")).split(";")[0], tuple(choices))


@contextmanager
def tour_with(app: Flask, capacity: int | None) -> Iterator[Any]:
    """Write the tour of the stories, an afternoon at Nice, one capacity for all; in a context that is closed again."""
    with app.app_context():
        factories.tour_paca()
        sending.third_creneau()
        with transaction() as session:
            session.execute(update(Atelier).values(capacity=capacity))
    yield app
