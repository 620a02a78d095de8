"""PIPELINING (RFC 2920): one exchange a letter, each reply read for its own letter, nothing for who was refused."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import update

from tests.mail.relay import HANG_UP, SILENCE, Relay, send_through
from tests.mail.writing import Clock, draft, letters, post, states
from tourpaca.db import transaction
from tourpaca.mail import connection, delivery, lease
from tourpaca.mail.models import A_ENVOYER, INTERROMPU, NOUVEL_ESSAI, PARTI, REFUSE, Letter
from tourpaca.mail.punctual import Punctual

SECOND = "RCPT TO:<camille.2@exemple.org>"


@pytest.fixture
def house(app: Flask, relay: Relay) -> Iterator[Flask]:
    relay.offers = ("PIPELINING",)
    send_through(app, relay)
    with app.app_context():
        yield app


def _kept(relay: Relay) -> list[str]:
    return [recipient for letter in relay.letters for recipient in letter.recipients]


def test_a_letter_is_one_exchange_and_carries_the_envelope_of_the_next(
    house: Flask, relay: Relay, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[bytes] = []
    send = Punctual.send
    monkeypatch.setattr(Punctual, "send", lambda self, text: said.append(text) or send(self, text))
    post(*(draft(number) for number in range(1, 26)))
    delivery.deliver(clock)
    commands = [each for each in said if isinstance(each, bytes)]
    assert len(commands) == 1 + 25, "the first envelope, then one exchange a letter"
    assert commands[1].endswith(b"%s\r\nDATA\r\n" % SECOND.encode())
    assert set(states()) == {PARTI}
    assert relay.connections == 1
    assert [letter.content for letter in relay.letters] == [
        letter.mime.content for letter in letters() if letter.mime
    ]


@pytest.mark.parametrize("data", ["554 5.5.1 no recipient", "354 go on"])
def test_a_recipient_refused_in_the_group_of_another_letter_gets_nothing(
    house: Flask, relay: Relay, clock: Clock, data: str
) -> None:
    """A DATA opened all the same is ended by a lone dot, and the next letter leaves on the same connection."""
    relay.answers |= {SECOND: "550 5.1.1 unknown"}
    if data.startswith("354"):
        relay.answers["DATA"] = data
    post(*(draft(number) for number in range(1, 5)))
    delivery.deliver(clock)
    assert states() == [PARTI, REFUSE, PARTI, PARTI]
    assert letters()[1].answer == "550 5.1.1 unknown", "its own reply, not that of the letter before"
    assert _kept(relay) == [f"camille.{number}@exemple.org" for number in (1, 3, 4)]
    assert relay.connections == 1


def test_a_sender_put_off_beside_an_open_data_closes_rather_than_send_an_empty_letter(
    house: Flask, relay: Relay, clock: Clock
) -> None:
    relay.answers |= {"MAIL": "451 4.3.0 later", "DATA": "354 go on"}
    post(draft(1))
    delivery.deliver(clock)
    assert states() == [NOUVEL_ESSAI]
    assert relay.letters == []
    assert "." not in relay.lines


def test_a_reply_that_never_comes_leaves_its_own_letter_in_doubt(
    house: Flask, relay: Relay, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "TIMEOUT", 0.3)
    relay.answers[SECOND] = SILENCE
    post(*(draft(number) for number in range(1, 4)))
    delivery.deliver(clock)
    assert states() == [PARTI, NOUVEL_ESSAI, PARTI]
    relay.answers.clear()
    clock.advance(hours=1)
    delivery.deliver(clock)
    assert sorted(_kept(relay)) == [f"camille.{number}@exemple.org" for number in (1, 2, 3)]


def test_a_server_that_takes_one_letter_a_connection_gets_each_once(
    house: Flask, relay: Relay, clock: Clock
) -> None:
    """It hangs up while the next envelope is on its way: that letter was not handed over."""
    relay.answers["END"] = "250 2.0.0 kept" + HANG_UP
    post(*(draft(number) for number in range(1, 4)))
    for _ in range(3):
        delivery.deliver(clock)
        clock.advance(hours=1)
    assert states() == [PARTI] * 3
    assert sorted(_kept(relay)) == [f"camille.{number}@exemple.org" for number in (1, 2, 3)]


def test_a_letter_stopped_after_its_envelope_left_is_not_sent(
    house: Flask, relay: Relay, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others leave by another connection: on this one the server waits for that letter and would take any text."""
    record = lease.record

    def stopping(*given: object) -> None:
        record(*given)  # type: ignore[arg-type]
        with transaction() as current:
            current.execute(
                update(Letter).where(Letter.id == 2, Letter.state != PARTI).values(state=INTERROMPU)
            )

    monkeypatch.setattr(lease, "record", stopping)
    monkeypatch.setattr(delivery, "GLANCE", -delivery.GLANCE)
    post(*(draft(number) for number in range(1, 4)))
    delivery.deliver(clock)
    assert states() == [PARTI, INTERROMPU, PARTI]
    assert _kept(relay) == ["camille.1@exemple.org", "camille.3@exemple.org"]
    assert relay.connections == 2


def test_a_stop_after_an_envelope_left_gives_its_letter_back(
    house: Flask, relay: Relay, clock: Clock
) -> None:
    post(*(draft(number) for number in range(1, 6)))
    delivery.deliver(clock, stop=lambda: len(relay.letters) >= 2)
    assert states() == [PARTI] * 2 + [A_ENVOYER] * 3
    delivery.deliver(clock)
    assert _kept(relay) == [f"camille.{number}@exemple.org" for number in range(1, 6)]


def test_no_letter_leaves_before_the_tenth_before_it_is_written(
    house: Flask, relay: Relay, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kill at any moment repeats ten at most: those that left and are not written yet."""
    unwritten: list[int] = []
    send, record, written = delivery.Line.send, lease.record, [0]

    def counting(*given: object) -> None:
        record(*given)  # type: ignore[arg-type]
        written[0] += len(given[0])  # type: ignore[arg-type]

    def sending(*given: object) -> object:
        said = send(*given)  # type: ignore[arg-type]
        unwritten.append(len(relay.letters) - written[0])
        return said

    monkeypatch.setattr(lease, "record", counting)
    monkeypatch.setattr(delivery.Line, "send", sending)
    post(*(draft(number) for number in range(120)))
    delivery.deliver(clock)
    assert set(states()) == {PARTI}
    assert max(unwritten) <= 10
