"""The public pages, rendered once per revision of the tour and kept ready to send.

Such a page is the same for everybody: it reads no session and no cookie, and sets none.
"""

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Response, current_app, request

from tourpaca import clock

HTML = "text/html; charset=utf-8"
NEVER = datetime.max.replace(tzinfo=UTC)
Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a page gives: its text, and the instant (aware) from which time alone makes it say something else."""

    text: str
    until: datetime
    content_type: str = HTML


@dataclass(frozen=True, slots=True)
class Kept:
    """A page ready to send, true for one revision from `since` until `until`."""

    revision: int
    since: datetime
    until: datetime
    tag: str
    plain: tuple[bytes, Headers]
    gzipped: tuple[bytes, Headers]
    unchanged: Headers


def page(revision: int | None, render: Callable[[datetime], Rendered]) -> Response:
    """Answer the address asked for with the page kept for `revision`, rendering it when there is none.

    The shelf holds one entry an address that exists, so it never outgrows the pages of the tours.

    `revision` must have been read before `render` reads the rows: read after them, an old page could be kept
    under the new number and stay until the next change. None (no such tour) keeps nothing.
    """
    now = clock.now()
    pages: dict[str, Kept] = current_app.extensions.setdefault("pages", {})
    kept = pages.get(request.path)
    if kept is None or kept.revision != revision or not kept.since <= now < kept.until:
        kept = _make(revision or 0, now, render(now))
        if revision is not None:
            pages[request.path] = kept
    return _answer(kept)


def template(name: str, **context: Any) -> str:
    """Render a template that is given its context and nothing else.

    Flask's own way adds the request, the session and the signed-in member, and reading these would make a page
    shared by everybody depend on somebody's cookie.
    """
    return current_app.jinja_env.get_template(name).render(context)


def _make(revision: int, now: datetime, rendered: Rendered) -> Kept:
    body = rendered.text.encode()
    tag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    # Weak, since the plain and the gzipped bytes go under one tag (RFC 9110 §8.8.1).
    common = [("ETag", f"W/{tag}"), ("Cache-Control", "no-cache"), ("Vary", "Accept-Encoding")]
    typed = [("Content-Type", rendered.content_type), *common]
    small = gzip.compress(body, 6, mtime=0)
    return Kept(
        revision,
        now,
        rendered.until,
        tag,
        (body, [*typed, ("Content-Length", str(len(body)))]),
        (small, [*typed, ("Content-Encoding", "gzip"), ("Content-Length", str(len(small)))]),
        common,
    )


def _answer(kept: Kept) -> Response:
    asked = request.environ
    if kept.tag in asked.get("HTTP_IF_NONE_MATCH", ""):
        return Response(status=304, headers=kept.unchanged)
    body, headers = kept.gzipped if _takes_gzip(asked.get("HTTP_ACCEPT_ENCODING", "")) else kept.plain
    return Response(body, headers=headers)


def _takes_gzip(accepted: str) -> bool:
    return "gzip" in accepted and "gzip;q=0" not in accepted.replace(" ", "")
