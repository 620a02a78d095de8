"""Which addresses can be written to: the one rule of every form, and why another is refused, in words."""

import re
from functools import lru_cache

EXAMPLE = "Exemple : prenom.nom@organisation.fr"
ACCENT = "Écrivez-le sans accent : les accents avant le « @ » ne passent pas chez tous."
# RFC 5321 dot-string, 64 letters at most; quoted local parts exist on paper only, and « =? » opens an encoded word.
LOCAL_PART = re.compile(r"(?=.{1,64}$)(?!.*=\?)[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*", re.ASCII)


def fault(text: str) -> str:
    """Return why an address cannot be written to, with a right example, or an empty text. Asks no network."""
    if "@" not in text:
        return f"Il manque le « @ ». {EXAMPLE}"
    local, _, domain = text.rpartition("@")
    if not local.isascii():
        return f"{ACCENT} {EXAMPLE}"
    if not text.isascii():
        return f"Un courriel s’écrit sans accent. {EXAMPLE}"
    if not LOCAL_PART.fullmatch(local) or not _domain_stands(domain):
        return f"Ce courriel semble incomplet. {EXAMPLE}"
    return ""


@lru_cache(maxsize=512)
def _domain_stands(domain: str) -> bool:
    """Tell whether a domain could receive letters (RFC 5321, and no reserved name); each is judged once."""
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415  (slow to import)

    try:
        validate_email(f"contact@{domain}", check_deliverability=False)
    except EmailNotValidError:
        return False
    return True
