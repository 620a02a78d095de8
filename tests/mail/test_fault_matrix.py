"""R6, cell by cell: for each fault of a mail server, what becomes of the letter and of the others."""

from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic
from typing import Any

import pytest
from flask import Flask

from tests.mail.relay import DRIP, HANG_UP, LOST, SILENCE, Relay, send_through
from tests.mail.writing import Clock, draft, letters, post, states
from tourpaca.db import session
from tourpaca.mail import connection, delivery, holding, returns
from tourpaca.mail.models import A_ENVOYER, NOUVEL_ESSAI, PARTI, PERIME, REFUSE, RETENU

FIRST = "RCPT TO:<camille.1@exemple.org>"
LIMIT = 0.5
RETRY, HOLD, BOUNCE, SENT = NOUVEL_ESSAI, RETENU, REFUSE, PARTI


@dataclass(frozen=True)
class Cell:
    """A fault: what the server answers and the settings are; the state of the first letter, and of the two others."""

    kind: str
    others: str
    answers: dict[str, str] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    to: str = "camille.1@exemple.org"


LOGIN = {"MAIL_USERNAME": "tour", "MAIL_PASSWORD": "secret"}
CELLS = {
    "connect_refused": Cell(RETRY, A_ENVOYER, settings={"MAIL_PORT": 1}),
    "host_unknown": Cell(HOLD, HOLD, settings={"MAIL_SERVER": "nulle-part.invalid"}),
    "no_banner": Cell(RETRY, A_ENVOYER, {"CONNECT": SILENCE}),
    "banner_dripped": Cell(RETRY, A_ENVOYER, {"CONNECT": DRIP}),
    "banner_421": Cell(RETRY, A_ENVOYER, {"CONNECT": "421 4.3.2 busy"}),
    "no_starttls": Cell(HOLD, HOLD, settings={"MAIL_USE_TLS": True}),
    "certificate": Cell(HOLD, HOLD, {"offer": "STARTTLS"}, {"MAIL_USE_TLS": True}),
    "auth_530": Cell(HOLD, HOLD, {"MAIL": "530 5.7.0 authenticate"}),
    "auth_534": Cell(HOLD, HOLD, {"AUTH": "534 5.7.9 too weak"}, LOGIN),
    "auth_535": Cell(HOLD, HOLD, {"AUTH": "535 5.7.8 no"}, LOGIN),
    "auth_454": Cell(RETRY, A_ENVOYER, {"AUTH": "454 4.7.0 later"}, LOGIN),
    "mail_451": Cell(RETRY, RETRY, {"MAIL": "451 4.3.0 later"}),
    "mail_550": Cell(HOLD, HOLD, {"MAIL": "550 5.7.1 not yours"}),
    "rcpt_450": Cell(RETRY, SENT, {FIRST: "450 4.2.2 full"}),
    "rcpt_451": Cell(RETRY, SENT, {FIRST: "451 4.7.1 greylisted"}),
    "rcpt_550": Cell(BOUNCE, SENT, {FIRST: "550 5.1.1 unknown"}),
    "rcpt_552": Cell(BOUNCE, SENT, {FIRST: "552 5.2.2 full for good"}),
    "rcpt_dripped": Cell(RETRY, SENT, {FIRST: DRIP}),
    "data_then_close": Cell(RETRY, A_ENVOYER, {"DATA": f"354 go{HANG_UP}"}),
    "end_450": Cell(RETRY, RETRY, {"END": "450 4.2.0 later"}),
    "end_451": Cell(RETRY, RETRY, {"END": "451 4.3.0 later"}),
    "end_452": Cell(RETRY, RETRY, {"END": "452 4.3.1 no room"}),
    "end_454": Cell(RETRY, A_ENVOYER, {"END": "454 4.7.0 later"}),
    "end_552": Cell(BOUNCE, BOUNCE, {"END": "552 5.3.4 too large"}),
    "end_554": Cell(BOUNCE, BOUNCE, {"END": "554 5.7.1 spam"}),
    "reply_lost": Cell(RETRY, A_ENVOYER, {"END": LOST}),
    "end_421": Cell(RETRY, A_ENVOYER, {"END": "421 4.3.2 closing" + HANG_UP}),
    "end_dripped": Cell(RETRY, A_ENVOYER, {"END": DRIP}),
    "no_8bitmime": Cell(SENT, SENT),
    "no_smtputf8": Cell(BOUNCE, SENT, to="andré@exemple.org"),
}


def test_r06_there_are_thirty_cells() -> None:
    assert len(CELLS) == 30


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
def test_r06_each_fault_has_its_outcome(
    house: Flask, relay: Relay, clock: Clock, cell: Cell, monkeypatch: pytest.MonkeyPatch
) -> None:
    _play(house, relay, clock, cell, monkeypatch)


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
def test_r06_each_fault_has_the_same_outcome_where_commands_leave_together(
    house: Flask, relay: Relay, clock: Clock, cell: Cell, monkeypatch: pytest.MonkeyPatch
) -> None:
    _play(house, relay, clock, cell, monkeypatch, "PIPELINING")


def _play(
    house: Flask, relay: Relay, clock: Clock, cell: Cell, monkeypatch: pytest.MonkeyPatch, *offers: str
) -> None:
    # Only who falls silent is waited for in vain: the others may be slow, on a busy machine.
    usual = connection.TIMEOUT
    limit = LIMIT if {SILENCE, DRIP} & set(cell.answers.values()) else usual
    monkeypatch.setattr(connection, "TIMEOUT", limit)
    monkeypatch.setattr(connection, "LEAVE", limit)
    relay.offers = (cell.answers.get("offer", "AUTH PLAIN"), *offers)
    relay.answers |= cell.answers
    send_through(house, relay, **cell.settings)
    post(draft(1, to_email=cell.to), draft(2), draft(3))
    begun = monotonic()
    delivery.deliver(clock)
    assert monotonic() - begun < 4 * limit + 1, "two faults, two openings: each within its limit"
    monkeypatch.setattr(connection, "TIMEOUT", usual)
    first, *others = letters()
    assert first.state == cell.kind
    assert {letter.state for letter in others} <= {
        cell.others,
        first.state if cell.others == A_ENVOYER else cell.others,
    }
    assert first.answer
    if first.state in (RETRY, HOLD):
        _tries_again(clock, first.due_at - clock())
    if first.state == BOUNCE:
        clock.advance(days=1)
        delivery.deliver(clock)
        assert states()[0] == BOUNCE, "a refusal for good is not asked again"
    _mended(house, relay, clock, {1, 2, 3} - {1 + i for i, state in enumerate(states()) if state == BOUNCE})


def _tries_again(clock: Clock, wait: timedelta) -> None:
    assert timedelta(seconds=12) <= wait <= timedelta(seconds=72), "the first wait, scattered by a fifth"


def _mended(house: Flask, relay: Relay, clock: Clock, expected: set[int]) -> None:
    """Once the server and the settings are right, everything that was not refused for good leaves by itself."""
    relay.answers.clear()
    send_through(house, relay, MAIL_USERNAME=None, MAIL_PASSWORD=None, MAIL_USE_TLS=False)
    clock.advance(minutes=5)
    delivery.deliver(clock)
    received = {recipient for letter in relay.letters for recipient in letter.recipients}
    assert received == {f"camille.{number}@exemple.org" for number in expected}
    assert set(states()) <= {PARTI, REFUSE}


def test_r06_a_mailbox_that_drips_delays_no_other_letter_beyond_the_limit(
    house: Flask, relay: Relay, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """smtplib alone counts its time from each byte again, and would never leave."""
    monkeypatch.setattr(connection, "TIMEOUT", LIMIT)
    relay.answers |= {FIRST: DRIP, FIRST.replace("1", "2"): DRIP}
    post(draft(1), draft(2), *(draft(number, to_email=f"x{number}@ailleurs.org") for number in range(3, 6)))
    begun = monotonic()
    delivery.deliver(clock)
    assert monotonic() - begun < 2 * LIMIT + 1
    assert states()[2:] == [PARTI] * 3
    assert set(states()[:2]) <= {NOUVEL_ESSAI, A_ENVOYER}


def test_r06_held_letters_try_one_at_a_time_and_all_leave_once_mended(
    house: Flask, relay: Relay, clock: Clock
) -> None:
    relay.offers, relay.answers["AUTH"] = ("AUTH PLAIN",), "535 5.7.8 no"
    send_through(house, relay, **LOGIN)
    post(*(draft(number) for number in range(120)))
    delivery.deliver(clock)
    assert (set(states()), relay.connections) == ({RETENU}, 1), "one try holds them all: no account is closed"
    for minutes in range(1, 31):
        clock.advance(seconds=60)
        post(draft(200 + minutes), now=clock())
        delivery.deliver(clock)
    tries = sum(line.startswith("AUTH") for line in relay.lines)
    assert tries <= 4 + 30 / 4, "what comes meanwhile is held without a try of its own"
    assert set(states()) == {RETENU}
    assert max(letter.attempts for letter in letters()) == tries
    relay.answers.clear()
    before = relay.connections
    clock.advance(minutes=6)
    delivery.deliver(clock)
    assert (set(states()), relay.connections - before) == ({PARTI}, 1)


def test_r06_a_worker_that_starts_tries_at_once(house: Flask, relay: Relay, clock: Clock) -> None:
    relay.answers["MAIL"] = "550 5.7.1 not yours"
    post(draft())
    delivery.deliver(clock)
    relay.answers.clear()
    delivery.deliver(clock)
    assert states() == [RETENU], "its hour has not come"
    holding.knock(clock())
    delivery.deliver(clock)
    assert states() == [PARTI]


def test_r07_a_letter_whose_moment_is_past_is_dropped_with_its_reason(
    house: Flask, relay: Relay, clock: Clock
) -> None:
    relay.answers["MAIL"] = "550 5.7.1 not yours"
    post(draft(1, expires_at=clock() + timedelta(hours=1)), draft(2))
    delivery.deliver(clock)
    assert states() == [RETENU, RETENU]
    relay.answers.clear()
    post(draft(3, expires_at=clock() + timedelta(hours=1)))
    clock.advance(hours=2)
    delivery.deliver(clock)
    assert states() == [PERIME, PARTI, PERIME]
    assert {letters()[0].answer, letters()[2].answer} == {"la séance est passée"}
    assert [letter.recipients for letter in relay.letters] == [("camille.2@exemple.org",)]


def test_b12_a_refused_mailbox_is_marked_and_a_refused_text_is_not(
    house: Flask, relay: Relay, clock: Clock
) -> None:
    relay.answers |= {FIRST: "550 5.1.1 unknown", FIRST.replace("1", "2"): "554 5.7.1 policy"}
    post(draft(1), draft(2), draft(3))
    delivery.deliver(clock)
    addresses = [letter.to_email for letter in letters()]
    assert set(returns.marked(addresses)) == {"camille.1@exemple.org"}
    session().rollback()


def test_r06_a_server_that_takes_few_letters_on_a_connection_holds_none(
    house: Flask, relay: Relay, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = Relay.answer

    def limited(told: Relay, line: str, default: str = "250 ok") -> str:
        full = line.startswith("MAIL") and len(told.letters) >= 5 * told.connections
        return f"421 4.7.0 too many{HANG_UP}" if full else answer(told, line, default)

    monkeypatch.setattr(Relay, "answer", limited)
    post(*(draft(number) for number in range(12)))
    delivery.deliver(clock)
    assert (set(states()), relay.connections) == ({PARTI}, 3)
