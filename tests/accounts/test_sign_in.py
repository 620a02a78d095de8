"""Coming in and going out."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from tests.inspecting import InspectingClient
from tests.racing import race
from tests.signing import PASSWORD, member
from tourpaca import clock
from tourpaca.accounts import actions, queries, rules
from tourpaca.accounts.models import Attempt
from tourpaca.db import session
from tourpaca.journal.models import Act
from tourpaca.mail.models import Letter
from tourpaca.refusal import Refused, Unknown

EMAIL = "claude@exemple.org"


@pytest.fixture
def link(app: Flask) -> str:
    """The token of the first organiser's one-time link."""
    with app.app_context():
        return actions.invite(Act(clock.now()), EMAIL, "organisation", "Claude Essai")


def _enter(client: InspectingClient, link: str) -> None:
    answer = client.submit(f"/equipe/lien/{link}", {"password": PASSWORD})
    assert answer.status_code == 303, answer.get_data(as_text=True)


def _cookie(client: InspectingClient) -> str:
    kept = client.get_cookie("tourpaca")
    assert kept is not None
    return kept.value


def test_s03_a_link_opens_once_and_opening_the_page_uses_nothing(
    app: Flask, client: InspectingClient, link: str
) -> None:
    """Mail scanners open every link: only the POST counts, and only the first."""
    for _ in range(3):
        assert client.get(f"/equipe/lien/{link}").status_code == 200
    _enter(client, link)
    assert app.test_client().get(f"/equipe/lien/{link}").status_code == 404


def test_s03_of_many_uses_at_once_exactly_one_wins(app: Flask, link: str) -> None:
    """Eight people with the same forwarded link: one comes in."""
    outcomes = race(app, lambda _: actions.redeem(Act(clock.now()), link, PASSWORD), 8)
    won = [outcome for outcome in outcomes if not isinstance(outcome, Refused)]
    assert [type(outcome) for outcome in won] == [str]


def test_s03_the_token_is_nowhere_in_the_database(app: Flask, link: str) -> None:
    """Only its hash is kept."""
    with app.app_context():
        found = queries.link(link, clock.now())
        assert link not in found.token_hash
        assert len(found.token_hash) == 64
        assert len(link) >= 22


def test_s03_an_old_link_is_refused(app: Flask, link: str) -> None:
    """An invitation is over after its life."""
    with app.app_context(), pytest.raises(Unknown):
        queries.link(link, clock.now() + rules.INVITATION_LIFE)


def test_s10_a_cookie_copied_before_signing_out_opens_nothing(
    app: Flask, client: InspectingClient, link: str
) -> None:
    """Signing out ends the session for the server, not just for the browser."""
    _enter(client, link)
    thief = app.test_client()
    thief.set_cookie("tourpaca", _cookie(client))
    assert thief.get("/equipe/membres").status_code == 200
    client.submit("/equipe/quitter", {}, page="/equipe/membres")
    assert thief.get("/equipe/membres").location.startswith("/equipe/connexion")


def test_s10_signing_in_changes_the_session_and_carries_nothing_over(
    app: Flask, client: InspectingClient, link: str
) -> None:
    """A cookie planted before signing in is not the one that is signed in."""
    client.get("/equipe/connexion")
    planted = _cookie(client)
    _enter(client, link)
    stranger = app.test_client()
    stranger.set_cookie("tourpaca", planted)
    assert stranger.get("/equipe/membres").status_code == 302


@pytest.mark.parametrize(("later", "inside"), [(29, True), (31, False)])
def test_s10_half_an_hour_without_a_page_ends_it(
    app: Flask, client: InspectingClient, link: str, later: int, inside: bool
) -> None:
    """Idle 30 minutes, the session is over."""
    _enter(client, link)
    wall = clock.datetime.fromisoformat(app.config["NOW"]) + timedelta(minutes=later)
    app.config["NOW"] = wall.isoformat()
    assert (client.get("/equipe/membres").status_code == 200) is inside


def test_s10_twelve_hours_end_it_however_busy(app: Flask, client: InspectingClient, link: str) -> None:
    """The session has an absolute end, kept on the server."""
    _enter(client, link)
    start = clock.datetime.fromisoformat(app.config["NOW"])
    for minutes in range(20, 12 * 60, 20):
        app.config["NOW"] = (start + timedelta(minutes=minutes)).isoformat()
        assert client.get("/equipe/membres").status_code == 200
    app.config["NOW"] = (start + timedelta(hours=12)).isoformat()
    assert client.get("/equipe/membres").status_code == 302


def test_s10_a_disabled_member_is_out_at_once(app: Flask, client: InspectingClient, link: str) -> None:
    """Closing an access ends its open sessions."""
    _enter(client, link)
    with app.app_context():
        actions.disable(Act(clock.now()), queries.by_email(EMAIL).id)  # type: ignore[union-attr]
    assert client.get("/equipe/membres").status_code == 302


def test_s10_a_new_password_ends_the_other_sessions(app: Flask, client: InspectingClient, link: str) -> None:
    """Whoever holds an old cookie is out once the password changes."""
    _enter(client, link)
    with app.app_context():
        second = actions.invite(Act(clock.now()), EMAIL, "organisation")
        actions.redeem(Act(clock.now()), second, PASSWORD + " encore")
    assert client.get("/equipe/membres").status_code == 302


def test_s10_the_cookie_is_kept_from_scripts_and_other_sites(client: InspectingClient) -> None:
    """HttpOnly and SameSite here; Secure and __Host- follow from an https address (see test_s22)."""
    header = client.get("/equipe/connexion").headers["Set-Cookie"]
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header


def test_signing_in_with_the_password(app: Flask, client: InspectingClient, link: str) -> None:
    """The password chosen from the link opens the door the next day, and leads where one was going."""
    _enter(client, link)
    other = app.test_client()
    answer = other.submit(  # type: ignore[attr-defined]
        "/equipe/connexion",
        {"email": f" {EMAIL.upper()} ", "password": PASSWORD, "suite": "/equipe/membres?tri=nom"},
    )
    assert (answer.status_code, answer.location) == (303, "/equipe/membres?tri=nom")


@pytest.mark.parametrize("email", [EMAIL, "personne@exemple.org"])
def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(
    app: Flask, client: InspectingClient, link: str, email: str
) -> None:
    """What was typed stays, except the password; nothing tells who is of the team."""
    _enter(client, link)
    other = app.test_client()
    answer = other.submit("/equipe/connexion", {"email": email, "password": "autre chose que cela"})  # type: ignore[attr-defined]
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "ne vont pas ensemble" in text
    assert f'value="{email}"' in text
    assert "autre chose" not in text


def test_after_five_attempts_even_the_right_password_waits(
    app: Flask, client: InspectingClient, link: str
) -> None:
    """A quarter of an hour later it opens again."""
    _enter(client, link)
    with app.app_context():
        now = clock.now()
        for _ in range(rules.ATTEMPTS_PER_ADDRESS):
            with pytest.raises(Refused, match="ne vont pas ensemble"):
                actions.sign_in(Act(now), EMAIL, "not this one at all", "192.0.2.1")
        with pytest.raises(Refused, match="quart d’heure"):
            actions.sign_in(Act(now), EMAIL, PASSWORD, "192.0.2.7")
        assert actions.sign_in(Act(now + rules.ATTEMPTS_WINDOW), EMAIL, PASSWORD, "192.0.2.7")
        kept = session().query(Attempt).all()
        assert all(re.fullmatch(r"[0-9a-f]{64}", each.key) for each in kept)


@pytest.mark.parametrize(
    "password", ["court", "motdepasse12", "Tourpaca2018", "claude@claude.claude".replace("@", ""), "x" * 257]
)
def test_s20_a_password_that_everybody_tries_is_refused(password: str) -> None:
    """Too short, too long, or built on a common word or on the address itself."""
    with pytest.raises(Refused):
        rules.check_password(password, EMAIL)


def test_the_letter_of_a_link_leaves_only_for_a_member(
    app: Flask, client: InspectingClient, link: str
) -> None:
    """The page answers alike; the outbox knows."""
    pages = {
        client.submit("/equipe/lien", {"adresse": who}, page="/equipe/connexion").data
        for who in (EMAIL, "x@exemple.org")
    }
    assert len(pages) == 1
    with app.app_context():
        assert [letter.to_email for letter in session().query(Letter)] == [EMAIL]


def test_closing_ones_own_access_is_refused(app: Flask) -> None:
    """Somebody must be left to open the door."""
    with app.app_context():
        mine = member()
        with pytest.raises(Refused, match="propre accès"):
            actions.disable(Act(clock.now(), f"membre:{mine}"), mine)


def test_inviting_from_the_page(app: Flask, team: Callable[..., InspectingClient]) -> None:
    """The invitation leaves by letter and the link is shown; a bad address keeps what was typed."""
    client = team()
    refused = client.submit(
        "/equipe/membres", {"email": "sans-arobase", "name": "Noa Imaginaire", "role": "lecture"}
    )
    assert refused.status_code == 422
    assert 'value="Noa Imaginaire"' in refused.get_data(as_text=True)
    done = client.submit(
        "/equipe/membres", {"email": "noa@exemple.org", "name": "Noa Imaginaire", "role": "lecture"}
    )
    assert done.status_code == 303
    assert "/equipe/lien/" in client.get("/equipe/membres").get_data(as_text=True)
