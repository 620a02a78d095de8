"""What a new version would change for its readers, and how two writers' texts are put together; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tourpaca.fiches import light_text
from tourpaca.fiches.content import TITLES
from tourpaca.fiches.models import PRESENTATION, SECTIONS

FIGURES = (
    ("ateliers", "Ateliers organisés"),
    ("participants", "Participations"),
    ("organisations_nombre", "Organisations"),
)


@dataclass(frozen=True)
class TextChange:
    """A section whose text changed: the paragraphs or items that come, and those that go; neither: their order."""

    title: str
    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True)
class Changes:
    """Figures as (label, before, after), all three of them; names and texts only when they changed."""

    figures: tuple[tuple[str, int, int], ...]
    names_added: tuple[str, ...]
    names_removed: tuple[str, ...]
    texts: tuple[TextChange, ...]

    @property
    def nothing(self) -> bool:
        """Whether a new version would say the same."""
        same = all(before == after for _, before, after in self.figures)
        return same and not (self.names_added or self.names_removed or self.texts)


def between(old: Mapping[str, Any], new: Mapping[str, Any]) -> Changes:
    """Return what changes from a published content to another."""
    return Changes(
        tuple((label, old[field], new[field]) for field, label in FIGURES),
        tuple(name for name in new["organisations"] if name not in old["organisations"]),
        tuple(name for name in old["organisations"] if name not in new["organisations"]),
        tuple(_texts(old, new)),
    )


def _texts(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[TextChange]:
    before, after = _readable(old), _readable(new)
    return [
        _change(title, before.get(title, []), pieces)
        for title, pieces in after.items()
        if pieces != before.get(title, [])
    ]


def of_texts(old: Mapping[str, str], new: Mapping[str, str]) -> list[TextChange]:
    """Return what changes from the texts of a fiche, by kind of section, to others."""
    pairs = [(kind, pieces(kind, old[kind]), pieces(kind, new[kind])) for kind in SECTIONS]
    return [_change(TITLES[kind], before, after) for kind, before, after in pairs if before != after]


def _readable(content: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what a reader meets beside the figures, by title."""
    sections = {
        section["titre"]: pieces(section["genre"], section["texte"]) for section in content["sections"]
    }
    names = [partner["nom"] for partner in content["partenaires"]]
    return {"Titre": [content["titre"]]} | sections | {"Partenaires": names}


def _change(title: str, before: Sequence[str], after: Sequence[str]) -> TextChange:
    return TextChange(
        title,
        tuple(piece for piece in after if piece not in before),
        tuple(piece for piece in before if piece not in after),
    )


def pieces(kind: str, text: str) -> list[str]:
    """Return what a section is made of for its readers: paragraphs of the présentation, items elsewhere."""
    return light_text.paragraphs(text) if kind == PRESENTATION else light_text.items(text)


def together(base: str, mine: str, theirs: str, kind: str) -> str:
    """Return both writers' texts in one: what neither took away, in their order, then what I added.

    A line that both changed stands twice, once in each writing: nothing that was typed is lost.
    """
    separator = "\n\n" if kind == PRESENTATION else "\n"
    before, ours, stored = (_parts(text, separator) for text in (base, mine, theirs))
    gone = [line for line in before if line not in ours]
    kept = [line for line in stored if line not in gone]
    added = [line for line in ours if line not in before and line not in kept]
    return separator.join([*kept, *added])


def _parts(text: str, separator: str) -> list[str]:
    return [part for part in light_text.as_kept(text).split(separator) if part.strip()]
