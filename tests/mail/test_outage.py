"""R7 and R9: an outage of five days, and a send that is stopped while a worker carries it."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import insert

from tests.mail.relay import Relay, send_through
from tests.mail.writing import THEN, Clock, draft, letters, post, states
from tourpaca.db import session, table, transaction
from tourpaca.journal.models import Act
from tourpaca.mail import actions, delivery, worker
from tourpaca.mail.models import A_ENVOYER, INTERROMPU, NOUVEL_ESSAI, PARTI, PERIME, Envoi
from tourpaca.tour.models import Tour

MANY = 2_000


def test_r07_five_days_without_a_server_lose_nothing_and_drain_by_themselves(
    house: Flask, relay: Relay, clock: Clock
) -> None:
    """Looked at every hour of the outage, then at the worker's own pace; a greylist greets the first letter back."""
    soon = clock() + timedelta(days=3)
    post(*(draft(number, expires_at=soon if number % 10 == 0 else None) for number in range(MANY)))
    send_through(house, relay, MAIL_PORT=1)
    for _ in range(5 * 24):
        clock.advance(hours=1)
        assert delivery.deliver(clock).held
    assert set(states()) <= {A_ENVOYER, NOUVEL_ESSAI, PERIME}, "an outage gives no letter up"
    send_through(house, relay)
    back = clock()
    first = "RCPT TO:<camille.1@exemple.org>"
    relay.answers[first] = "451 4.7.1 greylisted"
    while set(states()) - {PARTI, PERIME} and clock() - back < timedelta(hours=1):
        clock.advance(seconds=worker.TROUBLE[-1])
        delivery.deliver(clock)
        relay.answers.clear()
    assert clock() - back <= timedelta(minutes=10)
    assert Counter(states()) == {PARTI: MANY * 9 // 10, PERIME: MANY // 10}
    assert relay.connections <= 5
    assert len(relay.letters) == MANY * 9 // 10


def test_r07_an_outage_does_not_count_against_the_five_days_of_a_letter(
    house: Flask, relay: Relay, clock: Clock
) -> None:
    post(draft())
    send_through(house, relay, MAIL_PORT=1)
    for _ in range(6 * 4):
        clock.advance(hours=6)
        delivery.deliver(clock)
    send_through(house, relay)
    relay.answers["RCPT"] = "451 4.7.1 greylisted"
    clock.advance(minutes=10)
    delivery.deliver(clock)
    (letter,) = letters()
    once = (NOUVEL_ESSAI, "451 4.7.1 greylisted", 1)
    assert (letter.state, letter.answer, letter.attempts) == once, "its address has said « later » once only"


def _send(count: int) -> None:
    """A send of the team with so many letters."""
    with transaction() as current:
        current.add(Tour(slug="tour", name="Tour", created_at=THEN))
        current.flush()
        facts = {
            "tour_id": 1,
            "subject": "Salle",
            "body": "",
            "criteria": {},
            "send_key": "k",
            "created_at": THEN,
        }
        current.execute(insert(table(Envoi)).values(**facts))
    post(*(draft(number, envoi_id=1, tour_id=1) for number in range(count)))


def test_r09_a_send_stopped_under_way_stops_at_once_and_its_list_is_exact(
    house: Flask, relay: Relay, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker holds fifty; each letter takes a second of the clock. Without its look, all fifty would leave."""
    _send(60)
    answer, app = Relay.answer, house

    def slow(told: Relay, line: str, default: str = "250 ok") -> str:
        if line == "END":
            clock.advance(seconds=1)
            if len(told.letters) == 7:
                stopping = threading.Thread(target=_stop, args=(app, clock))
                stopping.start()
                stopping.join()
        return answer(told, line, default)

    monkeypatch.setattr(Relay, "answer", slow)
    delivery.deliver(clock)
    received = {recipient for letter in relay.letters for recipient in letter.recipients}
    assert len(received) == 8, "the one in the server's hands still leaves, and no other"
    assert {letter.to_email for letter in letters() if letter.state == PARTI} == received
    assert Counter(states()) == {PARTI: 8, INTERROMPU: 52}


def _stop(app: Flask, clock: Clock) -> None:
    with app.app_context():
        actions.interrupt(Act(clock(), name="Claude Essai"), 1)
        session().close()
