"""Members of the team who are signed in: as test clients, and as pages of a real browser."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import insert

from tests.inspecting import InspectingClient
from tests.serving import Server
from tourpaca import clock
from tourpaca.accounts import actions
from tourpaca.accounts.models import Member, MemberSession
from tourpaca.db import transaction
from tourpaca.journal.models import Act
from tourpaca.organiser.accounts.sessions import SEEN, TOKEN
from tourpaca.security import hash_token, new_token

PASSWORD = "le mistral souffle sur la tournée"
BEFORE = datetime(2017, 11, 1, 8, tzinfo=UTC)


def member(role: str = "organisation", etape_id: int | None = None, email: str = "") -> int:
    """Add a member without a password, inside an open application context, and return the id."""
    with transaction() as session:
        values = {
            "email": email or f"{role}-{etape_id or 'tous'}@exemple.org",
            "name": "Claude Essai",
            "role": role,
            "etape_id": etape_id,
            "password_hash": "",
            "created_at": BEFORE,
        }
        key = session.execute(insert(Member).values(values)).inserted_primary_key
    return int(key[0])


def session_of(member_id: int, now: datetime | None = None) -> str:
    """Open a session for a member, inside an open application context, and return its token."""
    token = new_token()
    with transaction() as session:
        values = {"token_hash": hash_token(token), "member_id": member_id, "created_at": now or clock.now()}
        session.execute(insert(MemberSession).values(values))
    return token


@pytest.fixture
def team(app: Flask) -> Callable[..., InspectingClient]:
    """Give a signed-in client: `team("etape", etape_id=2)`; by default somebody who may do everything."""

    def signed_in(role: str = "organisation", etape_id: int | None = None) -> InspectingClient:
        client: Any = app.test_client()
        with app.app_context():
            token, now = session_of(member(role, etape_id)), clock.now()
        _give_cookie(client, token, now)
        return client  # type: ignore[no-any-return]

    return signed_in


def _give_cookie(client: Any, token: str, now: datetime) -> None:
    with client.session_transaction() as cookie:
        cookie.permanent = True
        cookie[TOKEN], cookie[SEEN] = token, now.timestamp()


def sign_in(app: Flask, page: Page, url: str, now: datetime, email: str = "claude@exemple.org") -> None:
    """Sign a page in as somebody who came at `now`: two pages and a slow hash less than `enter`."""
    client: Any = app.test_client()
    with app.app_context():
        _give_cookie(client, session_of(member(email=email), now), now)
    name = app.config["SESSION_COOKIE_NAME"]
    page.context.add_cookies([{"name": name, "value": client.get_cookie(name).value, "url": url}])


def enter(app: Flask, page: Page, url: str, now: datetime, email: str = "claude@exemple.org") -> None:
    """Come in by a one-time link made at `now`, as on the first day."""
    with app.app_context():
        token = actions.invite(Act(now), email, "organisation", "Claude Essai")
    page.goto(f"{url}/equipe/lien/{token}")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Choisir ce mot de passe et entrer").click()
    page.wait_for_url(f"{url}/equipe/**")


@pytest.fixture
def signed_in_page(app: Flask, live_server: Server, page: Page) -> Page:
    """A browser page of somebody of the team."""
    with app.app_context():
        sign_in(app, page, live_server.url, clock.now())
    return page
