"""The Jinja environment of the house: one set of filters for pages and for letters."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from tourpaca import french

TEMPLATES = Path(__file__).parent.parent / "templates"


def dress(environment: Environment) -> None:
    """Give an environment the house's filters and make an unknown name a fault, not a blank."""
    environment.undefined = StrictUndefined
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.filters.update(
        typo=french.typo,
        long_date=french.long_date,
        short_date=french.short_date,
        plain_date=french.plain_date,
        weekday=french.weekday,
        month=french.month,
        hour=french.hour,
        hours=french.hours,
        moment=french.moment,
        number=french.number,
        listing=french.listing,
        of=french.of,
        at=french.at,
    )
    environment.globals.update(plural=french.plural, in_words=french.in_words)


def render(template: str, **context: Any) -> str:
    """Render a template outside any request: letters, exports. Names ending in .html are escaped."""
    return _environment().get_template(template).render(**context)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=select_autoescape(["html", "svg"]), auto_reload=False
    )
    dress(environment)
    return environment
