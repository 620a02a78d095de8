"""Signed-in browsers: the bridge between the cookie and the session rows."""

from datetime import datetime
from typing import Any

from flask import Flask, request, session
from flask_login import AnonymousUserMixin, LoginManager, UserMixin

from tourpaca import clock
from tourpaca.accounts import queries, rules

TOKEN, SEEN = "session", "vu"


class Signed(UserMixin):
    """The member who is signed in, as pages see them."""

    def __init__(self, member: Any) -> None:
        self.id, self.email, self.name = member.id, member.email, member.name
        self.role, self.etape_id = member.role, member.etape_id
        self.role_name = rules.ROLE_NAMES[member.role]


class Stranger(AnonymousUserMixin):
    """Somebody who is not signed in."""

    role, etape_id, name = "", None, ""


class Recognition(LoginManager):
    """Recognises a signed-in member by the server-side session, and by nothing else (no header, no other cookie)."""

    def _load_user(self) -> None:
        self._update_request_context_with_user(_load() or Stranger())


def init_app(app: Flask) -> None:
    """Teach the application who is signed in."""
    recognition = Recognition(app)
    # Its hook reads the session at every answer, which would make cached public pages depend on the cookie.
    app.after_request_funcs[None].remove(recognition._update_remember_cookie)


def open_session(token: str) -> None:
    """Put a new session in the cookie; whatever the browser carried before is dropped."""
    session.clear()
    session.permanent = True
    session[TOKEN] = token
    session[SEEN] = clock.now().timestamp()


def close_session() -> str:
    """Empty the cookie and return the token that it carried."""
    token = str(session.get(TOKEN, ""))
    session.clear()
    return token


def _load() -> Signed | None:
    """Return who is signed in; idle for half an hour, a session is over."""
    token, now = session.get(TOKEN), clock.now()
    if not token or _idle(now):
        return None
    member = queries.of_session(token, now)
    if member is not None and request.method == "GET":
        session[SEEN] = now.timestamp()
    return Signed(member) if member else None


def _idle(now: datetime) -> bool:
    return now.timestamp() - float(session.get(SEEN, 0)) > rules.IDLE_LIFE.total_seconds()
