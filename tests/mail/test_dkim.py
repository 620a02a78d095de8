"""DKIM (RFC 6376): a letter verifies after the whole way, is signed once, and a key that cannot sign holds the rest."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dkim
import pytest
from flask import Flask

import config
from tests import factories
from tests.inspecting import InspectingClient
from tests.mail.relay import CERTIFICATE, Relay, send_through
from tests.mail.writing import MORNING, Clock, draft, letters, post, states
from tests.posting import Sink
from tourpaca.mail import delivery, signing
from tourpaca.mail.models import PARTI, RETENU

Team = Callable[..., InspectingClient]
# Made for the tests; it signs for nobody.
KEYS = Path(__file__).parent.parent / "data" / "dkim.pem"
PAGE = "/equipe/courrier"
NAME = b"tournee._domainkey.exemple.org."
LONG = "Changement de salle à Nice : « La concertation », où l’œuvre commune s’écrit à plusieurs mains, et l’été aussi"
one_engine = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """The file that the settings name; a test may spoil it."""
    path = tmp_path / "dkim.pem"
    path.write_bytes(KEYS.read_bytes())
    return path


@pytest.fixture
def signing_house(app: Flask, relay: Relay, key: Path) -> Iterator[Flask]:
    app.config.update(DKIM_DOMAIN="exemple.org", DKIM_SELECTOR="tournee", DKIM_KEY_FILE=str(key))
    send_through(app, relay)
    with app.app_context():
        yield app


def _published(name: bytes, **_: Any) -> bytes | None:
    """The record that docs/operations.md says to publish."""
    public = re.search(r"BEGIN PUBLIC KEY-----(.*)-----END PUBLIC", KEYS.read_text(), re.DOTALL)
    assert public
    return b"v=DKIM1; k=rsa; p=" + "".join(public[1].split()).encode() if name == NAME else None


def _is_good(letter: bytes) -> bool:
    return dkim.verify(letter, dnsfunc=_published)


def test_a_letter_with_folded_and_accented_headers_verifies_as_the_server_received_it(
    signing_house: Flask, relay: Relay, clock: Clock
) -> None:
    post(draft(subject=LONG, to_name="Œlénë Ünïcode", events=(MORNING,)), draft(2))
    delivery.deliver(clock)
    first, second = (letter.content for letter in relay.letters)
    assert first.startswith(b"DKIM-Signature: ")
    assert b"\r\nSubject: =?utf-8?" in first
    assert re.search(rb"\r\nSubject: [^\r]*\r\n ", first), "folded"
    assert _is_good(first)
    assert _is_good(second)
    for old, new in ((b"Message-ID: <", b"Message-ID: <x"), (b"atelier", b"Atelier")):
        assert old in first
        assert not _is_good(first.replace(old, new)), f"{old!r} is signed"
    assert not _is_good(first.replace(b"\r\nSubject:", b"\r\nSubject: Autre\r\nSubject:")), "none is added"


def test_it_verifies_from_a_real_server_too(
    app: Flask, signing_house: Flask, smtp_sink: Sink, clock: Clock
) -> None:
    app.config.update(MAIL_SERVER=smtp_sink.host, MAIL_PORT=smtp_sink.port)
    delivery.mailer.init_app(app)
    post(draft(subject=LONG))
    delivery.deliver(clock)
    (letter,) = smtp_sink.letters
    assert _is_good(letter.content)


def test_a_later_try_sends_the_signature_of_the_first(
    signing_house: Flask, relay: Relay, clock: Clock
) -> None:
    """It bears the hour at which it was made: made again, the bytes would be others."""
    relay.answers["END"] = "451 4.3.0 later"
    post(draft())
    delivery.deliver(clock)
    frozen = letters()[0].mime.content  # type: ignore[union-attr]
    assert frozen.count(b"DKIM-Signature:") == 1
    relay.answers.clear()
    clock.advance(hours=1)
    delivery.deliver(clock)
    assert [letter.content for letter in relay.letters] == [frozen]


def test_unset_nothing_is_signed(app: Flask, relay: Relay, clock: Clock) -> None:
    send_through(app, relay)
    with app.app_context():
        post(draft())
        delivery.deliver(clock)
    assert b"DKIM" not in relay.letters[0].content


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda key: key.unlink(), "ne se lit pas"),
        (lambda key: key.write_bytes(b"rien"), "n’est pas une clé RSA"),
        (lambda key: key.write_bytes(CERTIFICATE.read_bytes()), "n’est pas une clé RSA"),
        (lambda key: key.write_bytes(KEYS.read_bytes()[:900] + b"\n-----END PRIVATE KEY-----\n"), "clé RSA"),
    ],
    ids=["missing", "text", "another_kind", "cut"],
)
def test_a_key_that_cannot_sign_holds_every_letter_until_it_is_mended(
    signing_house: Flask, relay: Relay, clock: Clock, key: Path, spoil: Callable[[Path], None], words: str
) -> None:
    post(draft(1), draft(2))
    spoil(key)
    for _ in range(3):
        assert delivery.deliver(clock).held
        clock.advance(seconds=30)
    assert states() == [RETENU] * 2
    assert all(words in letter.answer and letter.answer.endswith("à régler") for letter in letters())
    assert relay.connections == 0
    key.write_bytes(KEYS.read_bytes())
    delivery.deliver(clock)
    assert states() == [PARTI] * 2
    assert all(_is_good(letter.content) for letter in relay.letters)


@one_engine
def test_b11_the_page_says_who_signs_and_tries_the_published_key(
    signing_house: Flask, team: Team, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.tour_paca()
    client = team()
    assert "exemple.org, sélecteur tournee" in client.get(PAGE).get_data(as_text=True)
    answered = signing.answered
    monkeypatch.setattr(signing, "answered", lambda letter: answered(letter, _published))
    assert "La signature de ce message est bonne" in client.submit(PAGE, {}).get_data(as_text=True)
    assert _is_good(relay.letters[0].content)
    monkeypatch.setattr(signing, "answered", lambda letter: answered(letter, lambda *_, **__: None))
    page = client.submit(PAGE, {}).get_data(as_text=True)
    assert "la clé publiée sous tournee._domainkey.exemple.org n’y répond pas" in page


@one_engine
def test_b11_the_page_says_that_the_key_cannot_sign_and_speaks_to_no_server(
    signing_house: Flask, team: Team, relay: Relay, key: Path
) -> None:
    factories.tour_paca()
    key.unlink()
    client = team()
    assert "la clé de la signature DKIM ne se lit pas" in client.get(PAGE).get_data(as_text=True)
    page = client.submit(PAGE, {}).get_data(as_text=True)
    assert "Le message n’est pas parti" in page
    assert "Un réglage est à corriger" in page
    assert relay.connections == 0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"DKIM_DOMAIN": "exemple.org"}, "TOURPACA_DKIM_SELECTOR, TOURPACA_DKIM_KEY_FILE"),
        ({"DKIM_DOMAIN": "é.org", "DKIM_SELECTOR": "s", "DKIM_KEY_FILE": "k"}, "sans accent"),
    ],
)
def test_a_start_refuses_a_signature_set_in_part(given: dict[str, str], said: str) -> None:
    with pytest.raises(SystemExit, match=said):
        config.check({**config.from_environment(), "SECRET_KEY": "s" * 40, **given})


def test_a_start_without_the_package_says_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"DKIM_DOMAIN": "exemple.org", "DKIM_SELECTOR": "s", "DKIM_KEY_FILE": "k", "SECRET_KEY": "s" * 40}
    config.check({**config.from_environment(), **given})
    monkeypatch.setattr(config, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match=r"pip install dkimpy==1\.1\.8"):
        config.check({**config.from_environment(), **given})
    config.check({**config.from_environment(), "SECRET_KEY": "s" * 40})
