"""When two names may be one body: pure rules that only ever propose, and the words that say why (domain §5.1).

No score decides: « Mgen 83 » and « Mgen 84 » look more alike than « API » and « API Provence ».
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from tourpaca.organisations import rules

ALIKE = 70
SAME_NAME, SAME_DRAWING, WORDS_WITHIN, NEAR = range(4)
WHY = {
    SAME_NAME: "les deux portent le même nom",
    SAME_DRAWING: "seuls changent un chiffre et une lettre qui se ressemblent",
    WORDS_WITHIN: "tous les mots de l’un sont dans l’autre",
    NEAR: "les deux noms s’écrivent presque pareil",
}
LOOK_ALIKES = str.maketrans("oil", "011")


@dataclass(frozen=True, order=True)
class Likeness:
    """Why two names may be one body; the smaller one is the better reason."""

    reason: int
    distance: float = 0.0

    @property
    def why(self) -> str:
        """The reason in words."""
        return WHY[self.reason]


@dataclass(frozen=True)
class Form:
    """A spelling, ready to be compared with many others."""

    text: str
    key: str
    words: frozenset[str]
    numbers: tuple[int, ...]


def form(text: str) -> Form:
    """Return a spelling ready to be compared."""
    numbers = tuple(int(digits) for digits in re.findall(r"\d+", text))
    return Form(text.casefold(), rules.key(text), frozenset(rules.searched(text)), numbers)


def likeness(ours: Iterable[Form], theirs: Iterable[Form]) -> Likeness | None:
    """Return the best reason to propose two bodies by any of their spellings, or None.

    Spellings that hold two different numbers are never proposed, unless a digit was written for a letter.
    """
    others = list(theirs)
    found = [each for one in ours for other in others if (each := _pair(one, other)) is not None]
    return min(found, default=None)


def _pair(one: Form, other: Form) -> Likeness | None:
    if one.key == other.key:
        return Likeness(SAME_NAME)
    if one.key.translate(LOOK_ALIKES) == other.key.translate(LOOK_ALIKES):
        return Likeness(SAME_DRAWING)
    if one.numbers and other.numbers and one.numbers != other.numbers:
        return None
    if one.words and other.words and (one.words <= other.words or other.words <= one.words):
        return Likeness(WORDS_WITHIN, len(one.words ^ other.words))
    from rapidfuzz import fuzz  # noqa: PLC0415 - 50 ms of import that only this page needs

    score = fuzz.ratio(one.text, other.text, score_cutoff=ALIKE)
    return Likeness(NEAR, 100 - score) if score else None


Pieces = list[tuple[str, bool]]


def differing(one: str, other: str) -> tuple[Pieces, Pieces]:
    """Cut two names into pieces, each with whether the other name lacks it; by words when they share one."""
    ours, theirs = one.split(), other.split()
    known, seen = {rules.key(word) for word in theirs}, {rules.key(word) for word in ours}
    if known & seen:
        return _by_words(ours, known), _by_words(theirs, seen)
    codes = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    return (
        [(one[a:b], code != "equal") for code, a, b, _, _ in codes if b > a],
        [(other[a:b], code != "equal") for code, _, _, a, b in codes if b > a],
    )


def _by_words(words: list[str], known: set[str]) -> Pieces:
    spaced = [(word if number == 0 else f" {word}", word) for number, word in enumerate(words)]
    return [(text, rules.key(word) not in known) for text, word in spaced]
