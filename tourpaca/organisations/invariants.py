"""What must always be true of organisations: a link leads somewhere, and the end of the chain is written down."""

from collections.abc import Iterator

from sqlalchemy import select

from tourpaca.db import session
from tourpaca.organisations.models import Organisation


def breaches() -> Iterator[str]:
    """Yield each breach as a French sentence that names rows by their id."""
    asked = select(Organisation.id, Organisation.linked_to_id, Organisation.root_id)
    rows = session().execute(asked).all()
    links = {number: linked for number, linked, _ in rows}
    for number, _, root in rows:
        end = _end(number, links)
        if end is None:
            yield f"l’organisation {number} est liée en cercle"
        elif root not in (end, None) or (root is None and end != number):
            yield f"l’organisation {number} dit {root} au bout de ses liens, et c’est {end}"


def _end(number: int, links: dict[int, int | None]) -> int | None:
    """Follow the links to the last organisation; None for a circle."""
    seen = set()
    while number not in seen:
        seen.add(number)
        following = links[number]
        if following is None:
            return number
        number = following
    return None
