"""Images that the team brought, given back as they were checked."""

from typing import Any

from flask import Response

from tourpaca.public import door
from tourpaca.tour import images


@door.get("/images/<digest>.<any(png, jpg):ending>")
def image(digest: str, ending: str) -> Any:
    """Give an image; its address names its content, so that browsers may keep it for ever."""
    found = images.found(digest, ending)
    answer = Response(found.content, content_type=found.content_type)
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer
