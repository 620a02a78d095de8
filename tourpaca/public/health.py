"""Whether the house lives, and whether it is ready to serve."""

from typing import Any

from tourpaca.logs import log
from tourpaca.public import door
from tourpaca.tour import queries

PLAIN = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}


@door.get("/livez")
def livez() -> Any:
    """Answer without touching anything: the process runs."""
    return "ok\n", 200, PLAIN


@door.get("/readyz")
def readyz() -> Any:
    """Answer 200 when the database answers with its tables, 503 otherwise; the body tells nothing more."""
    try:
        queries.tours()
    except Exception:
        log.error("not ready", exc_info=True)
        return "indisponible\n", 503, PLAIN | {"Retry-After": "5"}
    return "ok\n", 200, PLAIN
