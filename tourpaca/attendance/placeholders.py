"""The fields that the team may put in a message: {prénom}, {places}…; plain replacement, nothing is ever evaluated."""

import re
from collections.abc import Mapping

from tourpaca import french
from tourpaca.refusal import Refused

FIELDS = (
    *("prénom", "nom", "organisation", "atelier", "date", "ville", "lieu", "places"),
    *("lien personnel", "fiches à relire"),
)
LINK = "lien personnel"
_FIELD = re.compile(r"\{([^{}\n]*)\}")


def check_fields(subject: str, body: str) -> None:
    """Refuse a field that does not exist, by its name, before anything leaves; a link has no place in a subject."""
    for field, text in (("objet", subject), ("texte", body)):
        unknown = [name for name in _FIELD.findall(text) if name not in FIELDS]
        if unknown:
            named = french.listing(f"{{{name}}}" for name in dict.fromkeys(unknown))
            known = french.listing(f"{{{name}}}" for name in FIELDS)
            missing = "n’existe pas" if len(set(unknown)) == 1 else "n’existent pas"
            raise Refused(f"{named} {missing}. Les champs possibles sont {known}.", field)
    if uses_link(subject):
        raise Refused("Le lien personnel se met dans le texte, pas dans l’objet.", "objet")


def uses_link(text: str) -> bool:
    """Tell whether a text carries the personal link."""
    return LINK in _FIELD.findall(text)


def used(text: str) -> list[str]:
    """Return the fields of a text, each once, in its order."""
    return list(dict.fromkeys(_FIELD.findall(text)))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return the text, in French spaces, with each field replaced once by its value.

    A value stays as it is: it may look like a field, and a name keeps its own spelling.
    """
    return _FIELD.sub(lambda found: values[found[1]], french.typo(text))
