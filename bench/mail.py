"""How fast letters leave: the worker on one connection, beside a bare smtplib loop of the same bytes."""

import smtplib
from collections.abc import Iterator
from datetime import date, datetime
from functools import partial
from time import perf_counter

from flask import Flask
from sqlalchemy import select, update

from bench import postfix, sink
from bench.measures import ENGINES, Line, beside, measure
from bench.stage import Stage
from tourpaca import clock, create_app
from tourpaca.db import session, transaction
from tourpaca.mail import composition, delivery, outbox
from tourpaca.mail.draft import Draft, Event
from tourpaca.mail.models import A_ENVOYER, PARTI, Letter, Mime

LETTERS = 1_000
GOALS = {sink.PLAIN: 0.75, sink.PIPELINED: 1.5}
SENDER = "tournee@localhost.localdomain"
CONTEXT = {
    "greeting": "Bonjour Camille Exemple,",
    "paragraphs": ["L’atelier change de salle : salle B, 1er étage, au lieu de la salle A."] * 3,
    "signature": "CRESS de démonstration",
    "reason": "Vous recevez ce message parce qu’une inscription à « Tour PACA » porte votre adresse.",
    "tour_name": "Tour PACA",
    "organiser": "CRESS de démonstration",
    "rights_url": "http://localhost/donnees-personnelles",
}


@measure
def mail(stage: Stage) -> Iterator[Line]:
    """Composition, then delivery of frozen letters, without and with PIPELINING."""
    for engine in ENGINES:
        for mode in (sink.PLAIN, sink.PIPELINED):
            base = stage.base(engine)
            with sink.running(mode) as port, _house(base, port).app_context():
                yield from _lines(engine, mode, port)
        if postfix.is_here():
            with postfix.running() as port, _house(stage.base(engine), port).app_context():
                _fill()
                bare, found, ratio = beside(partial(_bare, port), _worker)
                figures = f"{found:,.0f}/s", f"{bare:,.0f}/s"
                yield Line(f"courrier, un vrai Postfix, {engine}", *figures, ratio, "–", True)


def _lines(engine: str, mode: str, port: int) -> Iterator[Line]:
    composed = _fill()
    if mode == sink.PLAIN:
        reached = f"{composed:,.0f}/s"
        yield Line(f"lettre composée, deux rendez-vous, {engine}", reached, "–", None, "–", True)
    bare, found, ratio = beside(partial(_bare, port), _worker)
    name, goal = f"courrier, {mode}, {engine}", GOALS[mode]
    yield Line(name, f"{found:,.0f}/s", f"{bare:,.0f}/s", ratio, f"≥ {goal}", ratio >= goal)


def _house(url: str, port: int) -> Flask:
    settings = {"SQLALCHEMY_DATABASE_URI": url, "MAIL_SERVER": "127.0.0.1", "MAIL_PORT": port}
    return create_app({**settings, "MAIL_DEFAULT_SENDER": SENDER, "SECRET_KEY": "s" * 40})


def _fill() -> float:
    """Post the letters and freeze them; return how many a second were composed."""
    with transaction() as current:
        outbox.post(current, [_draft(number) for number in range(LETTERS)], clock.now())
    begun = perf_counter()
    with transaction() as current:
        for letter in current.scalars(select(Letter)):
            letter.mime = Mime(content=composition.compose(letter))
        spent = perf_counter() - begun
    return LETTERS / spent


def _draft(number: int) -> Draft:
    events = tuple(
        Event(
            f"{number}-{hour}@localhost",
            0,
            "La territorialité",
            date(2018, 3, 29),
            datetime(2018, 3, 29, hour),
        )
        for hour in (9, 11)
    )
    key, to = f"participant:{number}", f"personne.{number}@exemple.org"
    return Draft("message", key, to, "Camille Exemple", "Salle", "message", CONTEXT, events)


def _bare(port: int) -> float:
    """Letters a second by the standard library alone, from bytes held in memory."""
    letters = session().execute(select(Letter.to_email, Mime.content).join(Letter.mime)).all()
    session().rollback()
    begun = perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as host:
        for to, content in letters:
            host.sendmail(SENDER, [to], content)
    return len(letters) / (perf_counter() - begun)


def _worker() -> float:
    """Letters a second by the worker's own round: leased, sent, answers recorded."""
    with transaction() as current:
        current.execute(update(Letter).values(state=A_ENVOYER, attempts=0))
    begun = perf_counter()
    delivery.deliver(clock.now)
    spent = perf_counter() - begun
    left = session().scalars(select(Letter.id).where(Letter.state == PARTI)).all()
    if len(left) != LETTERS:
        raise RuntimeError(f"{len(left)} letters left of {LETTERS}")
    return LETTERS / spent
