"""What the team writes about an organisation, as plain values checked before they are kept."""

import re
from dataclasses import dataclass

from tourpaca.organisations import identifiers, rules, words
from tourpaca.organisations.identifiers import Identifiers
from tourpaca.refusal import Refused

LONGEST = 200
DEPARTEMENT = re.compile(r"\d{2}|2[AB]|9[78]\d|")


@dataclass(frozen=True)
class Qualities:
    """What an organisation is: its family, where it stands, its numbers as somebody types them."""

    kind: str = words.A_QUALIFIER
    departement: str = ""
    siren: str = ""
    siret: str = ""
    rna: str = ""

    def checked(self) -> "Qualities":
        """Return the qualities as they are kept, numbers in compact form; refuses what cannot be, by field."""
        if not DEPARTEMENT.fullmatch(self.departement):
            raise Refused("Choisissez un département de la liste, ou laissez vide.", "departement")
        numbers: Identifiers = identifiers.checked(self.siren, self.siret, self.rna)
        return Qualities(self.kind or words.A_QUALIFIER, self.departement, **numbers)


def name(text: str) -> str:
    """Return a name as it is kept; refuses an empty one and one too long to be printed."""
    typed = rules.as_typed(text) if text.strip() else ""
    if not typed:
        raise Refused("Indiquez le nom sous lequel citer cette organisation.", "name")
    if len(typed) > LONGEST:
        raise Refused(f"Ce nom dépasse {LONGEST} signes : il ne tiendrait pas dans une fiche.", "name")
    return typed
