"""The texts of a fiche as the editor's form holds them: one control an item, and gestures that move, add, take away."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from tourpaca import french
from tourpaca.fiches import actions, light_text
from tourpaca.fiches.actions import Edit
from tourpaca.fiches.models import (
    ENJEUX,
    ILLUSTRATIONS,
    INDICATEURS,
    PARTENAIRES,
    PRESENTATION,
    SECTIONS,
)
from tourpaca.fiches.queries import Text
from tourpaca.organiser.forms import rows

ORDER = (ENJEUX, INDICATEURS, ILLUSTRATIONS, PRESENTATION, PARTENAIRES)
WORDS = {
    ENJEUX: ("Enjeux", "un enjeu"),
    INDICATEURS: ("Indicateurs", "un indicateur"),
    ILLUSTRATIONS: ("Illustrations", "une illustration"),
    PRESENTATION: ("Présentation de la thématique", "la présentation"),
    PARTENAIRES: ("Partenaires", "un partenaire"),
}
MOVES = {"monter": -1, "descendre": 1}


@dataclass(frozen=True)
class Gesture:
    """The button that was pressed: a verb, and the item that it is about."""

    verb: str = ""
    kind: str = ""
    position: int = 0


@dataclass
class Section:
    """One section as the page shows it."""

    kind: str
    title: str
    one: str
    text: str
    version: int
    error: str = ""

    @property
    def items(self) -> list[str]:
        """Its items, one a control; the présentation is one text."""
        return light_text.items(self.text)


@dataclass
class Typed:
    """What a form holds: the texts once its gesture is done, what was taken away, what does not go."""

    gesture: Gesture
    texts: dict[str, str]
    shown: dict[str, str]
    versions: dict[str, int]
    removed: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def edits(self) -> dict[str, Edit]:
        """The texts that were changed on this page; one left as it was shown is for others to change."""
        return {
            kind: Edit(text, self.versions[kind])
            for kind, text in self.texts.items()
            if _content(kind, text) != _content(kind, self.shown[kind])
        }


def _content(kind: str, text: str) -> object:
    """Return what two writings of a section have in common: a dash or an empty line between items says nothing."""
    return light_text.as_kept(text) if kind == PRESENTATION else light_text.items(text)


def shown(stored: Mapping[str, Text]) -> list[Section]:
    """Return the sections as the page first shows them."""
    return [Section(kind, *WORDS[kind], stored[kind].text, stored[kind].version) for kind in ORDER]


def kept(typed: Typed, stored: Mapping[str, Text]) -> list[Section]:
    """Return the sections with everything that was typed, and what does not go beside it."""
    return [
        Section(
            kind,
            *WORDS[kind],
            typed.texts.get(kind, stored[kind].text),
            typed.versions[kind],
            typed.errors.get(kind, ""),
        )
        for kind in ORDER
    ]


def as_shown(stored: Mapping[str, Text]) -> str:
    """Return what the page shows, to travel in its form: it tells later who changed what."""
    return json.dumps({f"text-{kind}": stored[kind].text for kind in SECTIONS}, ensure_ascii=False)


def read(posted: MultiDict[str, str], stored: Mapping[str, Text]) -> Typed:
    """Read the form, and do its gesture; a section that the form does not hold is left alone."""
    before = rows.what_was_shown(posted)
    typed = Typed(
        _gesture(posted.get("geste", "")),
        {},
        {kind: before.get(f"text-{kind}", stored[kind].text) for kind in SECTIONS},
        {kind: _version(posted, stored[kind]) for kind in SECTIONS},
    )
    for kind in SECTIONS:
        lines = _lines(posted, kind)
        if kind == typed.gesture.kind:
            lines = _moved(typed, lines, posted.get("ligne", ""), stored[kind])
        if lines is not None:
            typed.texts[kind] = "\n".join(lines)
    typed.errors = {kind: said for kind, text in typed.texts.items() if (said := actions.reproach(text))}
    return typed


def as_posted(typed: Typed) -> MultiDict[str, str]:
    """Return the texts as the page of differences reads and carries them, section by section."""
    before = json.dumps({f"text-{kind}": text for kind, text in typed.shown.items()}, ensure_ascii=False)
    posted = MultiDict([("montre", before)])
    for kind, text in typed.texts.items():
        posted.add(f"text-{kind}", light_text.as_kept(text))
        posted.add(f"version-{kind}", str(typed.versions[kind]))
    return posted


def _gesture(value: str) -> Gesture:
    verb, kind, position = [*value.split(":"), "", ""][:3]
    return Gesture(verb, kind, rows.number(position))


def _version(posted: Mapping[str, str], stored: Text) -> int:
    return rows.number(posted.get(f"version-{stored.kind}", str(stored.version)))


def _lines(posted: MultiDict[str, str], kind: str) -> list[str] | None:
    """Return the controls of a section, or its whole text when it comes from the page of differences."""
    return posted.getlist(f"text-{kind}") or posted.getlist(kind) or None


def _moved(typed: Typed, lines: list[str] | None, line: str, stored: Text) -> list[str] | None:
    verb, at = typed.gesture.verb, typed.gesture.position
    if verb == "remettre":
        items = light_text.items(stored.text)
        return [*items[:at], line, *items[at:]]
    if lines is None or at >= len(lines):
        return lines
    if verb == "retirer":
        typed.removed = french.typo(" ".join(lines[at].split()))
        return [*lines[:at], *lines[at + 1 :]]
    to = at + MOVES.get(verb, 0)
    if 0 <= to < len(lines):
        lines[at], lines[to] = lines[to], lines[at]
    return lines
