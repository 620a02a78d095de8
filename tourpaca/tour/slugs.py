"""How a tour, an étape and a thématique are named in addresses."""

import re
from collections.abc import Collection

from tourpaca import french

RESERVED_TOURS = frozenset(
    {"tours", "membres", "courrier", "connexion", "lien", "planche", "quitter", "quitter-partout"}
)
RESERVED_ETAPES = frozenset({"nouvelle"})
LONGEST = 60


def slug(text: str) -> str:
    """Return "bouches-du-rhone" for "Bouches-du-Rhône": ASCII letters, digits and single hyphens, 60 at most."""
    words = re.findall(r"[a-z0-9]+", french.fold(text))
    return "-".join(words)[:LONGEST].strip("-")


def unique(text: str, taken: Collection[str], fallback: str) -> str:
    """Return the slug of a text, numbered from 2 when it is taken already."""
    base = slug(text) or fallback
    found, number = base, 2
    while found in taken:
        found, number = f"{base}-{number}", number + 1
    return found
