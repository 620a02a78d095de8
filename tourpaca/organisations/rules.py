"""What makes two names one name, and which body a name means: pure rules on the texts people type."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from tourpaca.french import fold
from tourpaca.organisations.identifiers import Identifiers, agree, contradict
from tourpaca.refusal import Refused

ARTICLE = re.compile(r"^(?:(?:le|la|les) |l['´`ʼ] ?)(?=.)")


def as_typed(name: str) -> str:
    """Return a name as it is kept: the letters typed, with single spaces; refuses an empty one."""
    typed = " ".join(name.split())
    if not typed:
        raise Refused("Indiquez le nom de l’organisation.", "organisation")
    return typed


def key(name: str) -> str:
    """Return the normalised key of a name: two names with one key are one spelling (domain §5.1).

    Case, accents, ligatures, a leading article and everything but letters and digits are dropped. A name
    made of signs alone keeps them, so that two of these never meet on an empty key.
    """
    folded = fold(name)
    kept = re.sub(r"[^a-z0-9]", "", ARTICLE.sub("", folded))
    return kept or re.sub(r"[^a-z0-9]", "", folded) or folded


def words(text: str) -> list[str]:
    """Return the words of a text as keys are written: no accent, no case, letters and digits only."""
    return re.findall(r"[a-z0-9]+", fold(text))


def searched(text: str) -> list[str]:
    """Return the words to look for in keys: those of the text without its leading article."""
    return words(ARTICLE.sub("", fold(text)))


def search_rank(text: str, name: str) -> int | None:
    """Return 0 when a name begins with the text, 1 when its words begin with the text's words, else None."""
    if key(name).startswith(key(text)):
        return 0
    present = words(name)
    found = all(any(word.startswith(asked) for word in present) for asked in searched(text))
    return 1 if found else None


def slug(name: str) -> str:
    """Return the part of an address that names an organisation: "Mgen 06" gives "mgen-06"."""
    return "-".join(words(name)) or "organisation"


@dataclass(frozen=True)
class Holder:
    """An organisation that holds a key through one of its spellings; `waits` when it stands for undecided homonyms."""

    id: int
    root_id: int
    text: str
    waits: bool
    identifiers: Identifiers


def meant(holders: Sequence[Holder], given: Identifiers) -> tuple[list[Holder], bool]:
    """Return the holders that a name with these identifiers means, and whether homonyms leave that undecided.

    One body and no contradiction: that body. Several: the one that shares an identifier, else the one that waits
    for the team's decision. No holder returned: a body is to be created.
    """
    settled = [h for h in holders if not h.waits]
    possible = [h for h in settled if not contradict(given, h.identifiers)]
    waiting = [h for h in holders if h.waits and h.identifiers == given]
    if not settled:
        return waiting, bool(waiting)
    if len(_bodies(settled)) == 1:
        return possible, False
    numbered = [h for h in possible if agree(given, h.identifiers)]
    if len(_bodies(numbered)) == 1:
        return numbered, False
    return (waiting, True) if possible else ([], False)


def _bodies(holders: Iterable[Holder]) -> set[int]:
    return {h.root_id for h in holders}


class Linkable(Protocol):
    """What decides whether two organisations may be linked."""

    id: int
    name: str
    linked_to_id: int | None

    @property
    def identifiers(self) -> Identifiers:
        """SIREN, SIRET and RNA."""


def check_link(own: Linkable, to: Linkable) -> None:
    """Refuse to link an organisation to itself, one that is linked already, and two that a number tells apart."""
    if own.linked_to_id is not None:
        raise Refused(f"« {own.name} » est déjà liée. Rien n’a été changé : séparez-la d’abord.")
    if to.linked_to_id is not None:
        raise Refused(f"« {to.name} » est elle-même liée à une autre. Rien n’a été changé : relisez l’effet.")
    if to.id == own.id:
        raise Refused("C’est la même organisation : il n’y a rien à lier.")
    if contradict(own.identifiers, to.identifiers):
        raise Refused(
            f"Un numéro SIREN, SIRET ou RNA distingue « {own.name} » de « {to.name} ». "
            "Rien n’a été changé : si ce numéro est mal recopié, corrigez-le d’abord."
        )
