"""SIREN, SIRET and RNA: pure checks, and when two bodies cannot be one because of them."""

import re
from collections.abc import Callable

from tourpaca.refusal import Refused

Identifiers = dict[str, str]
FIELDS = ("siren", "siret", "rna")
RNA = re.compile(r"W\d[\dAB]\d{7}")


def siren(text: str) -> str:
    """Return a SIREN as nine digits, or refuse it; an empty text is no SIREN."""
    from stdnum.fr.siren import validate  # noqa: PLC0415

    return _checked(validate, text, "siren", "Un SIREN a neuf chiffres, par exemple 732 829 320.")


def siret(text: str) -> str:
    """Return a SIRET as fourteen digits, or refuse it; those of La Poste follow their own sum (stdnum)."""
    from stdnum.fr.siret import validate  # noqa: PLC0415

    hint = "Un SIRET a quatorze chiffres, par exemple 732 829 320 00074."
    return _checked(validate, text, "siret", hint)


def rna(text: str) -> str:
    """Return an RNA number in capitals, or refuse what is not W and nine characters; it has no check digit."""
    compact = _compact(text).upper()
    if compact and not RNA.fullmatch(compact):
        raise Refused("Un numéro RNA commence par W, puis neuf chiffres, par exemple W131234567.", "rna")
    return compact


def checked(siren_text: str, siret_text: str, rna_text: str) -> Identifiers:
    """Return the three identifiers in compact form; a SIRET alone gives its SIREN."""
    found = {"siren": siren(siren_text), "siret": siret(siret_text), "rna": rna(rna_text)}
    if found["siret"] and found["siren"] and not found["siret"].startswith(found["siren"]):
        raise Refused("Le SIRET commence par le SIREN : l’un des deux est à relire.", "siret")
    found["siren"] = found["siren"] or found["siret"][:9]
    return found


def contradict(ours: Identifiers, theirs: Identifiers) -> bool:
    """Tell whether two sets of identifiers cannot belong to one body; a missing one contradicts nothing."""
    return any(ours[field] and theirs[field] and ours[field] != theirs[field] for field in FIELDS)


def agree(ours: Identifiers, theirs: Identifiers) -> bool:
    """Tell whether two sets share one identifier at least."""
    return any(ours[field] and ours[field] == theirs[field] for field in FIELDS)


def _compact(text: str) -> str:
    return re.sub(r"[\s.-]", "", text)


def _checked(validate: Callable[[str], str], text: str, field: str, hint: str) -> str:
    from stdnum.exceptions import ValidationError  # noqa: PLC0415

    compact = _compact(text)
    if not compact:
        return ""
    try:
        return validate(compact)
    except ValidationError as error:
        raise Refused(f"Ce numéro est incomplet ou mal recopié. {hint}", field) from error
