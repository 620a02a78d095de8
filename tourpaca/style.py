"""Style sheets: written in parts by subject, put together once, served as the one sheet that a page asks for."""

import hashlib
from functools import cache
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Any

from whitenoise.responders import NOT_ALLOWED_RESPONSE, Response

FILES = Path(__file__).parent.parent / "static"
# The order is that of the rules: of two rules alike, the later one holds.
PARTS = {
    "css/tourpaca.css": (
        *("tokens", "base", "layout", "forms", "states", "blocks", "frame"),
        *("home", "etape", "inscription", "fiche", "preferences", "print"),
    ),
    "css/team.css": (
        *("frame", "dashboard", "cockpit", "door", "writing", "names", "fiche", "programme", "print"),
    ),
}


@cache
def content(name: str) -> bytes:
    """Return a file of static/ as it is served: a sheet from its parts (css/team.css from css/team/…), else itself."""
    if name not in PARTS:
        return (FILES / name).read_bytes()
    folder = (FILES / name).with_suffix("")
    return b"\n".join((folder / f"{part}.css").read_bytes() for part in PARTS[name])


@cache
def digest(name: str) -> str:
    """Return twelve letters that change with the content of a file of static/."""
    return hashlib.sha256(content(name)).hexdigest()[:12]


class Sheet:
    """A sheet put together, answered as WhiteNoise answers a file of the disk."""

    def __init__(self, name: str, headers: tuple[tuple[str, str], ...]) -> None:
        """Take the name of the sheet and the headers of every static file; nothing is read yet."""
        self.name, self.headers = name, headers

    def get_response(self, method: str, asked: dict[str, Any]) -> Response:
        """Answer GET and HEAD with the sheet, or with 304 to who holds this very one (RFC 9110 §13.1.2)."""
        if method not in {"GET", "HEAD"}:
            return NOT_ALLOWED_RESPONSE
        tag = ("ETag", f'"{digest(self.name)}"')
        if asked.get("HTTP_IF_NONE_MATCH") == tag[1]:
            return Response(HTTPStatus.NOT_MODIFIED, [*self.headers, tag], None)
        body = content(self.name)
        headers = [*self.headers, tag, ("Content-Length", str(len(body)))]
        return Response(HTTPStatus.OK, headers, BytesIO(body) if method == "GET" else None)
