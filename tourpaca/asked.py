"""What is asked of the house: no control character comes in by a form, a query or an address.

PostgreSQL stores no NUL, no header carries one, and nobody types one.
"""

from collections.abc import Iterable
from typing import Any

from flask import Flask, Request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import Map, UnicodeConverter

from tourpaca import calendar_text


class Fit(ImmutableMultiDict[str, str]):
    """Values of a form or a query without what no text may hold; every way of ending a line is a line feed."""

    def __init__(self, given: Iterable[tuple[str, str]] = ()) -> None:
        # A copy hands over lists; they hold what was read here already.
        pairs: Any = given if isinstance(given, dict) else [(name, _fit(value)) for name, value in given]
        super().__init__(pairs)


class Asked(Request):
    """A request whose texts can be stored, shown and sent."""

    parameter_storage_class = Fit


class Segment(UnicodeConverter):
    """A part of an address; none of ours holds a control character: such an address leads nowhere (404)."""

    def __init__(self, map: Map, minlength: int = 1, maxlength: int | None = None) -> None:
        super().__init__(map, minlength, maxlength)
        self.regex = self.regex.replace("[^/]", r"[^/\x00-\x1f\x7f]")


def init_app(app: Flask) -> None:
    """Have the application read what it is asked this way; before its routes are declared."""
    app.request_class = Asked
    app.url_map.converters.update(default=Segment, string=Segment)


def _fit(value: Any) -> Any:
    """Return a text without them; the files of a form come this way too, as they are."""
    if not isinstance(value, str) or (value.isascii() and value.isprintable()):
        return value
    return calendar_text.text(value)
