"""The morning of an étape for the journeys of the day: a server whose clock is there, people expected, a member."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import Flask
from playwright.sync_api import Page

from tests import factories
from tests.attendance import people
from tests.serving import Server
from tests.signing import sign_in
from tourpaca import clock
from tourpaca.db import transaction
from tourpaca.tour.models import Atelier

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
ON_THE_DAY, THE_DAY_AFTER = "2018-01-30T11:10", "2018-01-31T09:00"
EXPECTED = (
    ("Échantillon", "Maxime", "Cannes Jeunesse"),
    ("Exemple", "Camille", "Casden"),
    ("Modèle", "Sacha", "Uniformation"),
)
# Every control that a thumb can press, by what it needs: 56 px at the door, 44 px for the rest.
AT_THE_DOOR = "'.bouton, .marque-presence, #cherche, summary'"
HEIGHTS = """() => [...document.querySelectorAll("a, button, summary, input:not([type=hidden])")]
    .filter((each) => each.checkVisibility() && !each.closest(".evitement, .hors-ecran"))
    .map((each) => [each.closest("label.case") || each, each.matches(AT_THE_DOOR) ? 56 : 44])
    .filter(([each, least]) => each.getBoundingClientRect().height < least)
    .map(([each, least]) => each.outerHTML.slice(0, 80) + " < " + least)""".replace(
    "AT_THE_DOOR", AT_THE_DOOR
)


@dataclass
class Morning:
    """Nice, 30 January 2018: the atelier of the fifth theme, its people by NOM, Lou who is expected in the sixth."""

    app: Flask
    server: Server
    room: int = 0
    ids: dict[str, int] = field(default_factory=dict)

    @property
    def etape(self) -> str:
        """The address of the cockpit."""
        return f"{self.server.url}/equipe/{factories.TOUR}/etapes/nice"

    @property
    def list(self) -> str:
        """The address of the list at the door."""
        return f"{self.etape}/presences/{self.room}"

    def ask(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a function of the house in a context of its own."""
        with self.app.app_context():
            return function(*arguments)

    def limit(self, capacity: int) -> None:
        """Set the number of the room."""
        with self.app.app_context(), transaction() as session:
            session.get_one(Atelier, self.room).capacity = capacity

    def enter(self, page: Page) -> None:
        """Come to the cockpit as somebody of the team."""
        now = clock.instant_of(datetime.fromisoformat(self.app.config["NOW"]))
        sign_in(self.app, page, self.server.url, now)
        page.goto(self.etape)


def morning(app: Flask, serve: Callable[..., Server], url: str, now: str = ON_THE_DAY) -> Morning:
    """Fill the base of a test, then serve it with its clock stopped at `now`."""
    app.config["NOW"] = now
    ids = {}
    with app.app_context():
        factories.tour_paca()
        for last, first, body in EXPECTED:
            ids[first] = people.expect("nice", (last, first), (5,), people.organisation(body))
        ids["Lou"] = people.expect("nice", ("Spécimen", "Lou"), (6,), people.organisation("Chorum"))
        with transaction() as session:
            session.get_one(Atelier, people.atelier("nice", 6).id).room = "Salle Tramontane"
        room = people.atelier("nice", 5).id
    return Morning(app, serve(url, TOURPACA_NOW=now), room, ids)


def small_targets(page: Page) -> list[str]:
    """Return the controls of a door page that are too small for a thumb."""
    found: list[str] = page.evaluate(HEIGHTS)
    return found
