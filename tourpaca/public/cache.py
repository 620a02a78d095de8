"""The public pages, rendered once per revision of the tour and answered before the web frame is even asked.

Such a page is the same for everybody: it reads no session and no cookie, and sets none (docs/decisions/0013).
"""

import gzip
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, current_app, request

from tourpaca import clock, db
from tourpaca.kept.threads import KeptConnections, Watched

HTML = "text/html; charset=utf-8"
NEVER = datetime.max.replace(tzinfo=UTC)
FRESH = "tourpaca.fresh"
REMADE = frozenset({"content-type", "content-length", "vary"})
Headers = list[tuple[str, str]]
Environ = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a page gives: its text, and the instant (aware) from which time alone makes it say something else."""

    text: str
    until: datetime
    content_type: str = HTML


@dataclass(frozen=True, slots=True)
class Fresh:
    """A page just rendered from rows read after `revision`; what it depends on beside the time."""

    watched: Watched
    revision: int
    since: datetime
    rendered: Rendered


@dataclass(frozen=True, slots=True)
class Kept:
    """A page ready to send, its headers too."""

    fresh: Fresh
    tag: str
    plain: tuple[bytes, Headers]
    gzipped: tuple[bytes, Headers]
    unchanged: Headers


def page(watched: Watched, render: Callable[[datetime], Rendered]) -> Response:
    """Answer the address asked for with a page to be kept until what is `watched` changes, or the page expires.

    The number is read before `render` reads the rows: read after them, an old page could be kept under the new
    number and stay until the next change. Without a number (no such tour) nothing is kept.
    """
    revision, now = db.read_number(watched.statement, *watched.keys), clock.now()
    rendered = render(now)
    if revision is not None:
        request.environ[FRESH] = Fresh(watched, revision, now, rendered)
    return Response(rendered.text, content_type=rendered.content_type)


def template(name: str, **context: Any) -> str:
    """Render a template that is given its context and nothing else.

    Flask's own way adds the request, the session and the signed-in member, and reading these would make a page
    shared by everybody depend on somebody's cookie.
    """
    return current_app.jinja_env.get_template(name).render(context)


class Shelf:
    """Stands before the application (WSGI): answers what it holds while it is true, asks and keeps otherwise.

    It holds one entry an address that exists, so it never outgrows the pages of the tours.
    """

    def __init__(self, app: Flask) -> None:
        self._ask = app.wsgi_app
        self._config = app.config
        self._reader: KeptConnections = app.extensions["kept"]
        self.kept: dict[tuple[str, str], Kept] = {}

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        """Answer one request."""
        address = environ["wsgi.url_scheme"], environ["PATH_INFO"]
        kept = self.kept.get(address)
        if kept and environ["REQUEST_METHOD"] in {"GET", "HEAD"} and self._is_true(kept.fresh):
            return _send(kept, environ, start_response)
        return self._ask_and_keep(address, environ, start_response)

    def _is_true(self, fresh: Fresh) -> bool:
        now = clock.read(self._config["NOW"])
        watched = fresh.watched
        in_time = fresh.since <= now < fresh.rendered.until
        return in_time and self._reader.number(watched.statement, *watched.keys) == fresh.revision

    def _ask_and_keep(
        self, address: tuple[str, str], environ: Environ, start_response: Any
    ) -> Iterable[bytes]:
        held: list[Headers] = []

        def begin(status: str, headers: Headers, *fault: Any) -> Any:
            if FRESH in environ and status.startswith("200") and _is_for_everybody(headers):
                return held.append(headers)
            return start_response(status, headers, *fault)

        body = self._ask(environ, begin)
        if not held:
            return body
        if hasattr(body, "close"):
            body.close()
        kept = self.kept[address] = _keep(environ[FRESH], held[0])
        return _send(kept, environ, start_response)


def _is_for_everybody(headers: Headers) -> bool:
    """Tell whether an answer depends on no cookie; one that does is passed on, and never kept."""
    said = {name.lower(): value.lower() for name, value in headers}
    return "set-cookie" not in said and "cookie" not in said.get("vary", "")


def _keep(fresh: Fresh, headers: Headers) -> Kept:
    """Make a page ready: both bodies, and the headers that the application put on its answer (security, above all)."""
    body = fresh.rendered.text.encode()
    small = gzip.compress(body, 6, mtime=0)
    tag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    common = [(name, value) for name, value in headers if name.lower() not in REMADE]
    # Weak, since the plain and the gzipped bytes go under one tag (RFC 9110 §8.8.1).
    common += [("ETag", f"W/{tag}"), ("Cache-Control", "no-cache"), ("Vary", "Accept-Encoding")]
    typed = [*common, ("Content-Type", fresh.rendered.content_type)]
    return Kept(
        fresh,
        tag,
        (body, [*typed, ("Content-Length", str(len(body)))]),
        (small, [*typed, ("Content-Encoding", "gzip"), ("Content-Length", str(len(small)))]),
        common,
    )


def _send(kept: Kept, environ: Environ, start_response: Any) -> Iterable[bytes]:
    if kept.tag in environ.get("HTTP_IF_NONE_MATCH", ""):
        start_response("304 NOT MODIFIED", kept.unchanged)
        return []
    takes_gzip = _takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", ""))
    body, headers = kept.gzipped if takes_gzip else kept.plain
    start_response("200 OK", headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _takes_gzip(accepted: str) -> bool:
    return "gzip" in accepted and "gzip;q=0" not in accepted.replace(" ", "")


def init_app(app: Flask) -> None:
    """Put the shelf before the application."""
    app.extensions["shelf"] = shelf = Shelf(app)
    app.wsgi_app = shelf  # type: ignore[method-assign]
