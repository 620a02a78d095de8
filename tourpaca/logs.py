"""What the house writes down of its own running: JSON lines without personal data, token or body."""

import json
import logging
import sys
from datetime import UTC, datetime
from time import perf_counter
from uuid import uuid4

from flask import Flask, Response, g, request

log = logging.getLogger("tourpaca")


class JsonLines(logging.Formatter):
    """One JSON object a line; line breaks of the input are escaped by the encoding itself."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; a fault is told by its class and place, never by its message, which may quote a person."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "event": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info and record.exc_info[0] is not None:
            line["fault"] = record.exc_info[0].__name__
            line["where"] = _where(record)
        return json.dumps(line, ensure_ascii=True)


def init_app(app: Flask) -> None:
    """Write one line for each answer, named by its route and never by its address (a link's token is in it)."""
    _prepare()
    app.logger = log
    app.before_request(_start)
    app.after_request(_tell)


def _prepare() -> None:
    if not log.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonLines())
        log.addHandler(handler)
        log.setLevel(logging.INFO)
        log.propagate = False


def reference() -> str:
    """Return the name of this request in the logs, as the page of a fault tells it; made when first asked."""
    if "request_id" not in g:
        g.request_id = uuid4().hex[:12]
    return str(g.request_id)


def _start() -> None:
    g.started = perf_counter()


def _tell(response: Response) -> Response:
    if response.status_code >= 500 or log.isEnabledFor(logging.DEBUG):
        facts = {
            "request": reference(),
            "method": request.method,
            "route": request.url_rule.rule if request.url_rule else "",
            "status": response.status_code,
            "ms": round((perf_counter() - g.get("started", perf_counter())) * 1000, 1),
        }
        log.info("answer", extra={"facts": facts})
    return response


def _where(record: logging.LogRecord) -> list[str]:
    trace = record.exc_info[2] if record.exc_info else None
    places = []
    while trace is not None:
        places.append(f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}")
        trace = trace.tb_next
    return places[-8:]
