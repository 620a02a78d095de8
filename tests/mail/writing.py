"""Letters that the mail tests start from."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from tests.posting import Sink
from tourpaca.db import session, transaction
from tourpaca.mail import delivery, outbox
from tourpaca.mail.draft import Draft, Event
from tourpaca.mail.models import Letter

THEN = datetime(2018, 1, 15, 9, 12, tzinfo=UTC)
MORNING = Event(
    uid="place-7@localhost",
    sequence=0,
    summary="La concertation dans l’élaboration de la stratégie",
    day=date(2018, 3, 29),
    start=datetime(2018, 3, 29, 9, 30),
    end=datetime(2018, 3, 29, 10, 45),
    location="Salle Tramontane, 12 rue du Modèle, 06000 Nice",
    description="Accueil à 9 h ; entrée de plain-pied.",
)
LATER = replace(
    MORNING,
    uid="place-8@localhost",
    summary="Le développement durable",
    start=datetime(2018, 3, 29, 11),
    end=datetime(2018, 3, 29, 12, 15),
    location="Salle Garrigue",
)
CONTEXT = {
    "greeting": "Bonjour Camille Exemple,",
    "paragraphs": ["L’atelier change de salle : salle B, 1er étage.", "L’heure ne change pas."],
    "signature": "CRESS de démonstration",
    "reason": "Vous recevez ce message parce qu’une inscription à « Tour PACA » porte votre adresse.",
    "tour_name": "Tour PACA",
    "organiser": "CRESS de démonstration, 1 rue du Modèle, 13001 Marseille",
    "rights_url": "http://localhost/donnees-personnelles",
}


def draft(number: int = 1, **changes: Any) -> Draft:
    """A letter the team writes to one person; `number` makes it another letter."""
    letter = Draft(
        kind="message",
        subject_key=f"participant:{number}",
        to_email=f"camille.{number}@exemple.org",
        to_name="Camille Exemple",
        subject="Changement de salle à Nice : Concertation",
        template="message",
        context=CONTEXT,
        from_name="Tour PACA",
        reply_to="nice@exemple.org",
    )
    return replace(letter, **changes)


def post(*drafts: Draft, now: datetime = THEN) -> None:
    """Commit letters to the outbox, as an action does."""
    with transaction() as current:
        outbox.post(current, drafts, now)


def letters() -> list[Letter]:
    """Every letter as it is stored now, oldest first."""
    session().rollback()
    return list(session().scalars(select(Letter).order_by(Letter.id)))


def states() -> list[str]:
    """The state of every letter."""
    return [letter.state for letter in letters()]


def send_to(app: Flask, sink: Sink) -> None:
    """Set the application's mail server to the test's own."""
    app.config.update(MAIL_SERVER=sink.host, MAIL_PORT=sink.port, MAIL_SUPPRESS_SEND=False)
    delivery.mailer.init_app(app)


class Clock:
    """A clock that moves only when told."""

    def __init__(self) -> None:
        self.now = THEN

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **length: float) -> None:
        """Move on."""
        self.now += timedelta(**length)
