"""Tokens and their hashes, derived keys, and the headers that every answer carries."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode

from flask import Flask, Response, abort, request

from tourpaca import setting

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "object-src 'none'; require-trusted-types-for 'script'"
)
HEADERS = (
    ("Content-Security-Policy", POLICY),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
)
HEADERS_OF_HTTPS = (*HEADERS, ("Strict-Transport-Security", "max-age=31536000"))


def new_token() -> str:
    """Return an unguessable text of 192 bits, fit for an address."""
    return secrets.token_urlsafe(24)


def hash_token(token: str) -> str:
    """Return what is stored of a token: its SHA-256, from which it cannot be found again."""
    return hashlib.sha256(token.encode()).hexdigest()


def derived(purpose: str, text: str) -> str:
    """Return a text of 192 bits that only this deployment can derive from another, for one purpose."""
    return _derived(setting.secret(), purpose, text)


def derivations(purpose: str, text: str) -> list[str]:
    """Return what this deployment derives from a text: with its key of today, then with those that it had before."""
    return [_derived(key, purpose, text) for key in (setting.secret(), *setting.former_secrets())]


def is_derived(given: str, purpose: str, text: str) -> bool:
    """Tell whether `given` was derived by this deployment, with its key of today or one that it had before."""
    return any(hmac.compare_digest(each.encode(), given.encode()) for each in derivations(purpose, text))


def _derived(key: bytes, purpose: str, text: str) -> str:
    digest = hmac.digest(key, f"{purpose}:{text}".encode(), "sha256")
    return urlsafe_b64encode(digest[:24]).decode()


def init_app(app: Flask) -> None:
    """Turn away what comes from another site; add the security headers to every answer, faults included."""
    app.before_request(_refuse_other_sites)
    app.after_request(_protect)


def _refuse_other_sites() -> None:
    """Refuse a change asked from another site; browsers say where a request comes from (Fetch Metadata)."""
    changes = request.method not in {"GET", "HEAD", "OPTIONS"}
    if changes and request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        abort(403)


def _protect(response: Response) -> Response:
    headers = response.headers
    said = {name for name, _ in headers}
    for name, value in HEADERS if not request.is_secure else HEADERS_OF_HTTPS:
        if name not in said:
            headers.add(name, value)
    return response
