"""The door of one atelier of Nice, as the tests of its pages open it."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import update

from tests import factories
from tests.attendance import people
from tests.inspecting import InspectingClient
from tourpaca.attendance import queries
from tourpaca.db import transaction
from tourpaca.tour.models import Atelier, Etape

Team = Callable[..., InspectingClient]


class Door:
    """The door of Nice's sixth atelier, opened by somebody of the welcome desk."""

    def __init__(self, app: Flask, team: Team) -> None:
        self.app = app
        with app.app_context():
            factories.tour_paca()
            room = people.atelier("nice", 6)
            self.room, self.etape = room.id, room.etape_id
        self.client = team("accueil", self.etape)
        self.list = f"/equipe/tour-paca/etapes/nice/presences/{self.room}"

    def text(self, path: str) -> str:
        return self.client.get(path).get_data(as_text=True)

    def ask(self, function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """Call a function of the house in a context of its own, as a request would."""
        with self.app.app_context():
            return function(*arguments, **named)

    def expect(
        self, last: str, first: str, ordres: tuple[int, ...] = (6,), body: str = "", etape: str = "nice"
    ) -> int:
        """Return a participant of an étape."""
        organisation = self.ask(people.organisation, body) if body else None
        return int(self.ask(people.expect, etape, (last, first), ordres, organisation))

    def limit(self, capacity: int) -> None:
        """Set the number of the room."""
        self._change(capacity=capacity)

    def name_the_room(self, ordre: int, room: str) -> None:
        """Say where another atelier of the étape is held."""

        def change() -> None:
            other = people.atelier("nice", ordre).id
            with transaction() as session:
                session.execute(update(Atelier).where(Atelier.id == other).values(room=room))

        self.ask(change)

    def cancel(self) -> None:
        """Cancel the atelier."""
        self._change(state="annule")

    def cancel_the_etape(self) -> None:
        """Cancel the whole étape."""

        def change() -> None:
            with transaction() as session:
                session.execute(update(Etape).where(Etape.id == self.etape).values(state="annule"))

        self.ask(change)

    def _change(self, **values: Any) -> None:
        def change() -> None:
            with transaction() as session:
                session.execute(update(Atelier).where(Atelier.id == self.room).values(**values))

        self.ask(change)

    @property
    def counts(self) -> queries.Counts:
        """What is noted in the atelier."""
        found: queries.Counts = self.ask(queries.counts, self.etape)[self.room]
        return found
