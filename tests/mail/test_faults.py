"""R6, by classes: what a mail server may do wrong, and what becomes of the letters; over real connections.

Whatever happens a letter is in a named state with the server's own words, is never lost, and never leaves twice
unless the server's last word was lost.
"""

from collections.abc import Callable
from time import monotonic

import pytest
from flask import Flask
from sqlalchemy import select

from tests import factories
from tests.inspecting import InspectingClient
from tests.mail.relay import CERTIFICATE, HANG_UP, LOST, SILENCE, Relay, send_through
from tests.mail.writing import Clock, draft, letters, post, states
from tourpaca.db import session
from tourpaca.mail import connection, delivery, queries
from tourpaca.mail.models import A_ENVOYER, NOUVEL_ESSAI, PARTI, REFUSE, RETENU
from tourpaca.tour.models import Tour

PIPELINING = pytest.mark.parametrize("offers", [(), ("PIPELINING",)], ids=["one_by_one", "pipelining"])
FIRST = "RCPT TO:<camille.1@exemple.org>"


def _said() -> list[tuple[str, str]]:
    return [(letter.state, letter.answer) for letter in letters()]


def _kept(relay: Relay) -> list[str]:
    return [recipient for letter in relay.letters for recipient in letter.recipients]


def _mend(relay: Relay, clock: Clock) -> None:
    """The server is right again an hour later: every letter that waits must leave, once."""
    relay.answers.clear()
    clock.advance(hours=1)
    delivery.deliver(clock)


@PIPELINING
def test_r06_one_recipient_refused_one_put_off_one_received(
    house: Flask, relay: Relay, clock: Clock, offers: tuple[str, ...]
) -> None:
    relay.offers = offers
    relay.answers[FIRST] = "550 5.1.1 adresse inconnue"
    relay.answers[FIRST.replace("1", "2")] = "450 4.2.2 boîte pleine"
    post(draft(1), draft(2), draft(3))
    delivery.deliver(clock)
    assert _said() == [
        (REFUSE, "550 5.1.1 adresse inconnue"),
        (NOUVEL_ESSAI, "450 4.2.2 boîte pleine"),
        (PARTI, "250 2.0.0 kept"),
    ]
    assert relay.connections == 1
    _mend(relay, clock)
    assert states() == [REFUSE, PARTI, PARTI]
    assert _kept(relay) == ["camille.3@exemple.org", "camille.2@exemple.org"]


def test_r06_data_opened_after_a_refused_recipient_sends_nothing(
    house: Flask, relay: Relay, clock: Clock
) -> None:
    """RFC 2920 §3.1: a server may answer 354 to the DATA of a group whose RCPT it has refused."""
    relay.offers = ("PIPELINING",)
    relay.answers |= {FIRST: "550 5.1.1 adresse inconnue", "DATA": "354 go on"}
    post(draft(1), draft(2))
    delivery.deliver(clock)
    assert states() == [REFUSE, PARTI]
    assert _kept(relay) == ["camille.2@exemple.org"]
    assert relay.connections == 1


@PIPELINING
@pytest.mark.parametrize(
    "answers",
    [{"DATA": HANG_UP}, {"END": HANG_UP}, {"MAIL": HANG_UP}, {"END": "421 4.3.2 closing" + HANG_UP}],
    ids=["in_data", "after_the_text", "at_mail", "421"],
)
def test_r06_a_server_that_hangs_up_loses_nothing(
    house: Flask, relay: Relay, clock: Clock, answers: dict[str, str], offers: tuple[str, ...]
) -> None:
    relay.offers = offers
    relay.answers |= answers
    post(*(draft(number) for number in range(1, 4)))
    assert delivery.deliver(clock).held
    assert set(states()) <= {NOUVEL_ESSAI, A_ENVOYER}
    assert all(letter.answer for letter in letters() if letter.state == NOUVEL_ESSAI)
    _mend(relay, clock)
    assert set(states()) == {PARTI}
    assert sorted(_kept(relay)) == [f"camille.{number}@exemple.org" for number in range(1, 4)]


def test_r06_a_lost_last_word_repeats_the_same_bytes_only(house: Flask, relay: Relay, clock: Clock) -> None:
    relay.answers["END"] = LOST
    post(draft())
    delivery.deliver(clock)
    assert _said() == [(NOUVEL_ESSAI, "pas de réponse du serveur")]
    _mend(relay, clock)
    assert states() == [PARTI]
    first, second = relay.letters
    assert first.content == second.content


def test_r06_an_accepted_letter_is_sent_though_the_server_hangs_up_at_quit(
    house: Flask, relay: Relay, clock: Clock
) -> None:
    """Flask-Mail's `quit()` would raise, and the letter look failed (dependencies, 2.6)."""
    relay.answers["QUIT"] = HANG_UP
    post(draft())
    delivery.deliver(clock)
    assert states() == [PARTI]
    _mend(relay, clock)
    assert len(relay.letters) == 1


@pytest.mark.parametrize("step", ["CONNECT", "EHLO", "MAIL", "DATA", "END"])
def test_r06_a_silent_server_is_left_within_the_time_limit(
    house: Flask, relay: Relay, clock: Clock, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Flask-Mail alone would wait for ever."""
    assert connection.TIMEOUT <= 10
    monkeypatch.setattr(connection, "TIMEOUT", 0.2)
    relay.answers[step] = SILENCE
    post(*(draft(number) for number in range(1, 4)))
    begun = monotonic()
    assert delivery.deliver(clock).held
    assert monotonic() - begun < 5
    tried = {(NOUVEL_ESSAI, "pas de réponse du serveur")}
    assert tried <= set(_said()) <= {*tried, (A_ENVOYER, "")}


TROUBLES = {
    "banner": (
        {"CONNECT": "421 4.3.2 too busy"},
        {},
        "le serveur ne prend rien pour l’instant : 421 4.3.2 too busy",
        NOUVEL_ESSAI,
    ),
    "banner_554": (
        {"CONNECT": "554 5.3.2 no"},
        {},
        "le serveur ne prend rien pour l’instant : 554 5.3.2 no",
        NOUVEL_ESSAI,
    ),
    "sender": (
        {"MAIL": "550 5.7.1 not yours"},
        {},
        "le serveur refuse l’adresse d’expédition réglée : 550 5.7.1 not yours",
        RETENU,
    ),
    "asks_for_a_name": (
        {"MAIL": "530 5.7.0 authenticate"},
        {},
        "le serveur demande un nom et un mot de passe, ou une connexion chiffrée, à régler : 530 5.7.0 authenticate",
        RETENU,
    ),
    "password": (
        {"AUTH": "535 5.7.8 no"},
        {"MAIL_USERNAME": "tour", "MAIL_PASSWORD": "faux"},
        "le serveur refuse le nom ou le mot de passe réglés : 535 5.7.8 no",
        RETENU,
    ),
    "password_later": (
        {"AUTH": "454 4.7.0 later"},
        {"MAIL_USERNAME": "tour", "MAIL_PASSWORD": "vrai"},
        "le serveur ne prend rien pour l’instant : 454 4.7.0 later",
        NOUVEL_ESSAI,
    ),
    "no_starttls": (
        {},
        {"MAIL_USE_TLS": True},
        "le serveur n’offre pas ce que le réglage demande : à régler",
        RETENU,
    ),
    "no_tls_at_all": (
        {},
        {"MAIL_USE_SSL": True},
        "le serveur ne chiffre pas comme le réglage le demande : à régler",
        RETENU,
    ),
    "refused": ({}, {"MAIL_PORT": 1}, "aucun serveur de courrier à cette adresse", NOUVEL_ESSAI),
}


@pytest.mark.parametrize(("answers", "settings", "words", "kind"), TROUBLES.values(), ids=TROUBLES)
def test_r06_a_fault_of_the_setting_holds_every_letter_and_says_what_to_mend(
    app: Flask,
    relay: Relay,
    clock: Clock,
    answers: dict[str, str],
    settings: dict[str, object],
    words: str,
    kind: str,
) -> None:
    relay.offers = ("AUTH PLAIN",)
    relay.answers |= answers
    send_through(app, relay, **settings)
    with app.app_context():
        post(draft(1), draft(2))
        assert delivery.deliver(clock).held
        waiting = [(RETENU, words)] * 2 if kind == RETENU else [(NOUVEL_ESSAI, words), (A_ENVOYER, "")]
        assert _said() == waiting
        clock.advance(days=30)
        delivery.deliver(clock)
        assert set(states()) <= {kind, A_ENVOYER}, "a fault of the setting never gives a letter up"
        send_through(app, relay, MAIL_USERNAME=None, MAIL_USE_TLS=False, MAIL_USE_SSL=False)
        _mend(relay, clock)
        assert set(states()) == {PARTI}
        assert len(relay.letters) == 2


@pytest.mark.parametrize("how", ["MAIL_USE_TLS", "MAIL_USE_SSL"])
def test_r06_a_certificate_that_nobody_vouches_for_is_refused(
    app: Flask, relay: Relay, clock: Clock, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Flask-Mail alone would not look at it. The same certificate, once trusted, lets the letter leave."""
    relay.offers, relay.encrypted = ("STARTTLS",), how == "MAIL_USE_SSL"
    send_through(app, relay, **{how: True})
    with app.app_context():
        post(draft())
        assert delivery.deliver(clock).held
        assert _said() == [(RETENU, "le certificat du serveur n’est pas reconnu : à régler")]
        assert not any(line.startswith("MAIL") for line in relay.lines), "nothing is said in clear"
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
        _mend(relay, clock)
        assert states() == [PARTI]


def test_r06_a_certificate_of_another_name_is_refused(
    app: Flask, relay: Relay, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    relay.offers = ("STARTTLS",)
    send_through(app, relay, MAIL_USE_TLS=True)
    app.config["MAIL_SERVER"] = "localhost"
    delivery.mailer.init_app(app)
    with app.app_context():
        post(draft())
        delivery.deliver(clock)
        assert _said() == [(RETENU, "le certificat du serveur n’est pas reconnu : à régler")]


def test_r06_the_outbox_shows_each_state_with_the_servers_words(
    app: Flask, relay: Relay, clock: Clock, team: Callable[..., InspectingClient]
) -> None:
    send_through(app, relay)
    relay.answers |= {
        FIRST: "550 5.1.1 adresse inconnue",
        FIRST.replace("1", "2"): "450 4.2.2 boîte pleine",
        FIRST.replace("1", "4"): "421 4.3.2 à bientôt" + HANG_UP,
    }
    with app.app_context():
        factories.tour_paca()
        tour = session().scalars(select(Tour.id)).one()
        post(*(draft(number, tour_id=tour) for number in range(1, 5)))
        delivery.deliver(clock)
    client = team()
    page = client.get("/equipe/tour-paca/messages").get_data(as_text=True)
    for words in (
        "Le courrier ne part pas\u00a0: le serveur ne prend rien pour l’instant\u00a0: 421 4.3.2 à bientôt.",
        "1\u00a0message attend. Prochain essai",
        "Refusé",
        "550 5.1.1 adresse inconnue",
        "450 4.2.2 boîte pleine, 1\u00a0essai",
        "250 2.0.0 kept",
        "le serveur ne prend rien pour l’instant : 421 4.3.2 à bientôt",
    ):
        assert words in page
    assert "Le courrier ne part pas." in client.get("/equipe/tour-paca/").get_data(as_text=True)


def test_r06_a_letter_put_off_for_its_own_address_is_no_trouble_of_the_server(
    house: Flask, relay: Relay, clock: Clock
) -> None:
    relay.answers[FIRST] = "450 4.2.2 boîte pleine"
    post(draft(1, tour_id=1), draft(2, tour_id=1), draft(3, tour_id=1))
    delivery.deliver(clock)
    assert queries.standings(1, None).trouble is None
