"""Files that a team page hands out: named in French, written nowhere on the way."""

from collections.abc import Iterator
from urllib.parse import quote

from flask import Response, stream_with_context

from tourpaca import french


def download(content: bytes | Iterator[bytes], content_type: str, name: str) -> Response:
    """Answer with a file, sent as it is made; its name keeps its accents (RFC 5987), plain for old readers."""
    body = content if isinstance(content, bytes) else stream_with_context(content)
    answer = Response(body, content_type=content_type)
    plain = french.in_ascii(name).replace('"', "").replace("\\", "")
    answer.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
