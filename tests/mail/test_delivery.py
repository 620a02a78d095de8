"""What becomes of a letter, by what the server answers; checked at a real server on loopback."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.mail.writing import Clock, draft, letters, post, send_to, states
from tests.posting import Sink
from tourpaca.journal.models import Act
from tourpaca.mail import actions, delivery, lease
from tourpaca.mail.models import A_ENVOYER, EN_COURS, NOUVEL_ESSAI, PARTI, REFUSE
from tourpaca.prepared import Prepared


@pytest.fixture
def house(app: Flask, smtp_sink: Sink) -> Iterator[Flask]:
    send_to(app, smtp_sink)
    with app.app_context():
        yield app


def test_a_committed_letter_leaves_with_its_frozen_bytes(house: Flask, smtp_sink: Sink, clock: Clock) -> None:
    post(draft())
    delivery.deliver(clock)
    (letter,) = letters()
    (received,) = smtp_sink.letters
    assert (letter.state, letter.answer, letter.attempts) == (PARTI, "250 2.0.0 received", 1)
    assert received.recipients == ("camille.1@exemple.org",)
    assert letter.mime
    assert received.content == letter.mime.content
    assert received.message["Message-ID"] == letter.message_id


def test_sixty_letters_leave_in_two_lots_over_one_connection(
    house: Flask, smtp_sink: Sink, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []
    connect = delivery.mailer.connect
    monkeypatch.setattr(delivery.mailer, "connect", lambda: opened.append(1) or connect())
    post(*(draft(number) for number in range(60)))
    outcome = delivery.deliver(clock)
    assert (outcome.tried, outcome.held, len(opened)) == (60, False, 1)
    assert len({letter.message["Message-ID"] for letter in smtp_sink.letters}) == 60
    assert set(states()) == {PARTI}


def test_without_a_server_letters_wait_untouched(app: Flask, clock: Clock) -> None:
    with app.app_context():
        post(draft())
        assert delivery.deliver(clock).tried == 0
        assert states() == [A_ENVOYER]


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ("451 4.3.0 later", NOUVEL_ESSAI),
        ("452 4.2.2 mailbox full", NOUVEL_ESSAI),
        ("552 5.3.4 too large", REFUSE),
        ("554 5.7.1 refused", REFUSE),
    ],
)
def test_the_servers_answer_decides(
    house: Flask, smtp_sink: Sink, clock: Clock, answer: str, state: str
) -> None:
    smtp_sink.answers.append(answer)
    post(draft(1), draft(2))
    delivery.deliver(clock)
    first, second = letters()
    assert (first.state, first.answer) == (state, answer)
    assert second.state == PARTI, "a refused letter must not hold the next one"


def test_a_letter_put_off_leaves_later_with_the_same_bytes(
    house: Flask, smtp_sink: Sink, clock: Clock
) -> None:
    smtp_sink.answers += ["451 4.3.0 later"]
    post(draft())
    delivery.deliver(clock)
    frozen = letters()[0].mime.content  # type: ignore[union-attr]
    clock.advance(seconds=30)
    delivery.deliver(clock)
    assert states() == [NOUVEL_ESSAI]
    clock.advance(seconds=60)
    delivery.deliver(clock)
    assert states() == [PARTI]
    assert smtp_sink.letters[0].content == frozen


def test_an_address_put_off_for_five_days_is_given_up(house: Flask, smtp_sink: Sink, clock: Clock) -> None:
    post(draft())
    for _ in range(9):
        clock.advance(days=1)
        smtp_sink.answers[:] = ["451 4.3.0 later"]
        delivery.deliver(clock)
        if letters()[0].attempts == 8:
            assert states() == [NOUVEL_ESSAI], "eight days old, but tried for eight hours' worth only"
    (letter,) = letters()
    assert (letter.state, letter.answer) == (REFUSE, "451 4.3.0 later (après cinq jours d’essais)")


def test_an_old_letter_sent_again_is_put_off_as_a_new_one(
    house: Flask, smtp_sink: Sink, clock: Clock
) -> None:
    post(draft())
    smtp_sink.answers += ["554 5.7.1 refused", "451 4.7.1 greylisted"]
    delivery.deliver(clock)
    clock.advance(days=6)
    actions.resend(Act(clock()), 1)
    delivery.deliver(clock)
    assert (states(), letters()[0].attempts) == ([NOUVEL_ESSAI], 1)


def test_a_dead_server_holds_every_letter_and_loses_none(house: Flask, clock: Clock) -> None:
    house.config.update(MAIL_PORT=1)
    delivery.mailer.init_app(house)
    post(*(draft(number) for number in range(60)))
    assert delivery.deliver(clock).held
    held = [letter for letter in letters() if letter.state == NOUVEL_ESSAI]
    assert len(held) == 1, "one tried; the others were not, and wait as they were"
    assert {letter.answer for letter in held} == {"aucun serveur de courrier à cette adresse"}
    clock.advance(days=30)
    delivery.deliver(clock)
    assert set(states()) <= {NOUVEL_ESSAI, A_ENVOYER}, "an outage never gives a letter up"


def test_a_lease_left_by_a_dead_worker_is_taken_up_within_a_minute(
    house: Flask, smtp_sink: Sink, clock: Clock
) -> None:
    post(draft())
    lease.claim(clock())
    assert states() == [EN_COURS]
    delivery.deliver(clock)
    assert smtp_sink.letters == []
    clock.advance(seconds=60)
    delivery.deliver(clock)
    assert states() == [PARTI]


def test_what_a_dead_worker_left_goes_before_a_send_that_waits(
    house: Flask, smtp_sink: Sink, clock: Clock
) -> None:
    clock.advance(minutes=1)
    post(draft(999), now=clock())
    lease.claim(clock())
    post(*(draft(number) for number in range(lease.LOT)))
    clock.advance(minutes=1)
    assert 1 in {letter.id for letter in lease.claim(clock())}


def test_an_answer_written_after_the_lease_was_taken_over_changes_nothing(
    house: Flask, smtp_sink: Sink, clock: Clock
) -> None:
    post(draft())
    slow = lease.claim(clock())
    clock.advance(seconds=60)
    delivery.deliver(clock)
    lease.record([(slow[0], delivery.Verdict(REFUSE, "too late"))], clock())
    assert states() == [PARTI]


def test_a_stop_gives_the_rest_back_at_once(house: Flask, smtp_sink: Sink, clock: Clock) -> None:
    post(*(draft(number) for number in range(20)))
    delivery.deliver(clock, stop=lambda: len(smtp_sink.letters) >= 5)
    assert sorted(states()) == sorted([PARTI] * 5 + [A_ENVOYER] * 15)
    delivery.deliver(clock)
    assert len({letter.message["Message-ID"] for letter in smtp_sink.letters}) == len(smtp_sink.letters) == 20


def test_r10_the_same_letter_twice_is_a_fault(house: Flask) -> None:
    post(draft())
    with pytest.raises(Exception, match=r"(?i)unique"):
        post(draft(2), draft())
    assert len(letters()) == 1, "the act that would write twice is rolled back whole"


def test_flask_mails_recorder_sees_what_leaves(app: Flask, clock: Clock) -> None:
    app.config.update(MAIL_SERVER="mail.exemple.org")
    with app.app_context(), delivery.mailer.record_messages() as seen:
        post(draft())
        delivery.deliver(clock)
        assert [message.subject for message in seen] == ["Changement de salle à Nice : Concertation"]
        assert b"Auto-Submitted: auto-generated" in seen[0].as_bytes()


def test_a_hundred_letters_are_one_exchange(house: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []
    monkeypatch.setattr(Prepared, "each", lambda _statement, _connection, many: sent.append(len(many)))
    post(*(draft(number) for number in range(100)))
    assert sent == [100]
