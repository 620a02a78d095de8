"""S3, S10, S11, S22: what tokens are, where they never go, and what ends or keeps them."""

import re
import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask, request
from sqlalchemy import select, update

from tests import factories
from tests.inspecting import InspectingClient
from tests.registration.sending import ACT, dossier_of, etape_id, letters, participant, person, submission
from tourpaca import create_app, security
from tourpaca.db import Base, session, transaction
from tourpaca.mail import composition
from tourpaca.registration import actions, queries
from tourpaca.registration.models import Lien
from tourpaca.tour import rereading
from tourpaca.tour.models import Thematique


@pytest.fixture
def token(app: Flask) -> str:
    """What opens the page of a registration."""
    with app.app_context():
        factories.tour_paca()
        return actions.register(ACT, etape_id(), submission(person("Camille Exemple", 2))).token


def _cells() -> Iterator[str]:
    for table in Base.metadata.sorted_tables:
        for row in session().execute(select(table)):
            yield from (str(cell) for cell in row)


def test_s03_a_token_has_192_bits_and_no_two_are_alike(app: Flask) -> None:
    """24 bytes of the system's own chance, or of a keyed hash bound to its purpose and its object."""
    made = {security.new_token() for _ in range(1000)}
    assert len(made) == 1000
    with app.app_context():
        made |= {security.derived(purpose, text) for purpose in ("a", "b") for text in ("1", "2")}
    assert len(made) == 1004
    assert all(re.fullmatch(r"[\w-]{32}", text) for text in made)


def test_s03_the_token_of_a_registration_is_only_in_its_letters(app: Flask, token: str) -> None:
    """What is stored to recognise it is its hash; what is sent to its owner carries it, and no address does."""
    with app.app_context():
        written = [composition.text(letter) for letter in letters()]
        elsewhere = [cell for cell in _cells() if token in cell and "template" not in cell]
        hashed = session().scalars(select(Lien.token_hash)).all()
    assert any(token in text for text in written)
    assert elsewhere == []
    assert security.hash_token(token) in hashed


def test_s03_pages_reached_by_a_token_are_told_to_nobody(
    app: Flask, client: InspectingClient, token: str
) -> None:
    """No referrer, no shared cache; and the page itself carries the token in its own addresses alone."""
    for path in (f"/inscriptions/{token}", f"/inscriptions/{token}/annuler", "/equipe/lien/inconnu"):
        answer = client.get(path)
        assert answer.headers["Referrer-Policy"] == "no-referrer", path
        assert "public" not in answer.headers.get("Cache-Control", ""), path
    body = client.get(f"/inscriptions/{token}").get_data(as_text=True)
    assert not re.search(r"https?://(?!localhost)[^\"]*" + token, body)


def test_s03_a_revoked_link_opens_nothing(app: Flask, client: InspectingClient, token: str) -> None:
    """Whatever it was good for."""
    with app.app_context(), transaction() as current:
        current.execute(update(Lien).values(revoked_at=datetime(2017, 12, 1, tzinfo=UTC)))
    for path in (f"/inscriptions/{token}", f"/inscriptions/{token}/annuler"):
        assert client.get(path).status_code == 404
    assert client.submit(f"/inscriptions/{token}/annuler", {}, page="/retrouver").status_code == 404


def test_s22_links_outlive_a_change_of_secret(app: Flask, client: InspectingClient, token: str) -> None:
    """A personal link and the address of a draft are good after the rotation, and only until the old key is dropped."""
    with app.app_context():
        theme = session().scalars(select(Thematique).where(Thematique.ordre == 1)).one()
        draft = rereading.address(theme.tour, theme).removeprefix("http://localhost")
    old = app.config["SECRET_KEY"]
    app.config.update(SECRET_KEY=secrets.token_hex(32), SECRET_KEY_FALLBACKS=[old])
    assert client.get(f"/inscriptions/{token}").status_code == 200
    assert client.get(draft).status_code == 200
    app.config.update(SECRET_KEY_FALLBACKS=[])
    assert client.get(draft).status_code == 404
    assert client.get(f"/inscriptions/{token}").status_code == 200


def test_s22_what_is_given_after_a_change_of_secret_opens(app: Flask) -> None:
    """A form sent again, and the letters of a dossier older than the key, give links that open; the first one stays."""
    with app.app_context():
        factories.tour_paca()
        form = submission(person("Camille Exemple", 2), person("Sacha Modèle", 4, email="sacha@exemple.org"))
        first = actions.register(ACT, etape_id(), form)
        before = len(letters())
        app.config.update(SECRET_KEY=secrets.token_hex(32))
        actions.cancel_participant(ACT, participant("Exemple"))
        told = "".join(composition.text(letter) for letter in letters()[before:])
        given = re.findall(r"/inscriptions/([\w-]{32})", told)
        app.config.update(SECRET_KEY=secrets.token_hex(32))
        again = actions.register(ACT, etape_id(), form)
        assert again.again
        assert len({first.token, *given, again.token}) == 3
        for token in (first.token, *given, again.token):
            assert queries.my_registration(token, ACT.now).dossier_id == dossier_of(first.token)


def test_s11_links_of_letters_come_from_the_setting_alone(app: Flask, client: InspectingClient) -> None:
    """Whatever address the request claims to have come by."""
    with app.app_context():
        factories.tour_paca()
        room = person("Camille Exemple", 2).wishes[0]
    lies = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example", "X-Host": "evil.example"}
    path = "/tours/tour-paca/etapes/nice/inscription"
    body = client.get(path).get_data(as_text=True)
    form = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', body))
    form |= {"contact_name": "Morgan Factice", "contact_email": "morgan@exemple.org", "organisation": "Asso"}
    form |= {
        "p0-first_name": "Camille",
        "p0-last_name": "Exemple",
        f"p0-c{room.creneau_id}": str(room.atelier_id),
    }
    answer = client.post(path, data=form, headers=lies)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    assert "evil" not in answer.location
    with app.app_context():
        written = [composition.text(letter) + composition.html(letter) for letter in letters()]
    assert written
    assert not any("evil" in text for text in written)
    assert all("http://localhost/inscriptions/" in text for text in written)


def test_s10_signing_out_everywhere_ends_the_sessions_of_other_browsers(
    app: Flask, team: Callable[..., InspectingClient]
) -> None:
    """The browser left at the office shows the sign-in page too."""
    here = team()
    with here.session_transaction() as cookie:
        stolen = dict(cookie)
    elsewhere = app.test_client()
    with elsewhere.session_transaction() as cookie:
        cookie.update(stolen)
    assert elsewhere.get("/equipe/").status_code == 200
    assert here.submit("/equipe/quitter-partout", {}, page="/equipe/").status_code == 303
    assert elsewhere.get("/equipe/").status_code == 302


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("proxies", "seen"), [(0, "127.0.0.1 http localhost"), (1, "192.0.2.7 https localhost")]
)
def test_s11_only_the_proxies_that_we_run_are_believed(engine_url: str, proxies: int, seen: str) -> None:
    """Without them a forged header changes nothing; with one, its last word says who asks; never which host."""
    settings = {"SECRET_KEY": "s" * 40, "SQLALCHEMY_DATABASE_URI": engine_url, "PROXIES": proxies}
    behind = create_app({"TESTING": True, **settings})
    said = "/vu"
    behind.add_url_rule(said, "public.seen", lambda: f"{request.remote_addr} {request.scheme} {request.host}")
    claims = {"For": "198.51.100.1, 192.0.2.7", "Proto": "https", "Host": "evil.example"}
    answer = behind.test_client().get(
        said, headers={f"X-Forwarded-{name}": text for name, text in claims.items()}
    )
    assert answer.get_data(as_text=True) == seen
