"""Whether the house lives, and whether it is ready to serve."""

from typing import Any

from tourpaca import durability
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
    """Answer 200 when the database answers with its tables and waits for the disk, 503 otherwise; no more is told."""
    try:
        queries.tours()
        risks = list(durability.risks())
    except Exception:
        log.error("not ready", exc_info=True)
        return "indisponible\n", 503, PLAIN | {"Retry-After": "5"}
    if risks:
        log.error("not durable", extra={"facts": {"risks": risks}})
        return "indisponible\n", 503, PLAIN
    return "ok\n", 200, PLAIN
