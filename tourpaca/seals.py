"""What a browser carries under our signature, the session cookie and the token of forms: each verified once.

The same bytes under the same keys have the same signature, so one that was found good is not computed again. Nothing
else is remembered: whether a session is still open is read from the base at every request.
"""

from copy import deepcopy
from functools import lru_cache
from time import time
from typing import Any

from flask import Flask, Request, current_app, g, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_wtf.csrf import CSRFProtect
from itsdangerous import BadSignature, URLSafeTimedSerializer

# Asked by machines that have no page of ours: each carries a secret or a token of its own instead.
PROVED_OTHERWISE = ("tourpaca.public.retours.take_returns", "tourpaca.public.desabonnement.leave")
REMEMBERED = 4_096  # signatures, of about half a kilobyte each


def init_app(app: Flask) -> None:
    """Give the application its session cookie and the token of its forms."""
    app.session_interface = Cookie()
    token = FormToken(app)
    for view in PROVED_OTHERWISE:
        token.exempt(view)


class Cookie(SecureCookieSessionInterface):
    """Flask's own signed cookie."""

    _signing: tuple[Any, Any] = (None, None)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer:
        """Return what signs with the key of today, and verifies with it and those before; made once for these keys."""
        keys = (app.secret_key, *app.config["SECRET_KEY_FALLBACKS"])
        known, serializer = self._signing
        if known != keys:
            serializer = super().get_signing_serializer(app)
            self._signing = keys, serializer
        return serializer

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession:
        """Return what the cookie carries; nothing when it is not ours, or too old."""
        given = request.cookies.get(self.get_cookie_name(app), "")
        try:
            carried, signed = _verified(self.get_signing_serializer(app), given)
        except BadSignature:
            return SecureCookieSession()
        if time() - signed > app.permanent_session_lifetime.total_seconds():
            return SecureCookieSession()
        return SecureCookieSession(deepcopy(carried) if "_flashes" in carried else carried)


@lru_cache(maxsize=REMEMBERED)
def _verified(serializer: URLSafeTimedSerializer, given: str) -> tuple[dict[str, Any], float]:
    """Return what was signed, and when (seconds of the epoch); a signature that is not ours raises, and is not kept."""
    carried, signed = serializer.loads(given, return_timestamp=True)
    return carried, signed.timestamp()


class FormToken(CSRFProtect):
    """Flask-WTF's token, asked of every form that changes something; it has no age, so what was good stays good."""

    def __init__(self, app: Flask) -> None:
        self._good: dict[tuple[Any, ...], None] = {}
        super().__init__(app)

    def protect(self, apply_exemptions: bool = False) -> None:
        """Let pass a token that was verified for this session; verify the others."""
        if request.method not in current_app.config["WTF_CSRF_METHODS"]:
            return
        token = request.form.get("csrf_token")
        given = current_app.secret_key, session.get("csrf_token"), token
        if given in self._good:
            g.csrf_valid = True
            return
        super().protect(apply_exemptions)
        if token and g.get(
            "csrf_valid", False
        ):  # one that came by a header must not open to those who send none
            self._remember(given)

    def _remember(self, given: tuple[Any, ...]) -> None:
        if len(self._good) >= REMEMBERED:
            self._good.clear()
        self._good[given] = None
