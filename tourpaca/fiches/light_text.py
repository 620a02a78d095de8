"""The light markup of the fiches' texts: *emphasis*, **strength**, paragraphs, one item a line; nothing else is read.

Names that look like addresses (« Scity.coop », « participant.es ») stay words: nothing here makes a link.
"""

import re
from dataclasses import dataclass

from tourpaca.french import typo

PLAIN, EMPHASIS, STRONG = "", "em", "strong"
MARKED = re.compile(r"\*\*(?=\S)(?P<strong>.+?)(?<=\S)\*\*|\*(?=\S)(?P<em>[^*]+?)(?<=\S)\*")
BULLET = re.compile(r"^\s*[-–•]\s+")


@dataclass(frozen=True)
class Run:
    """A stretch of text in one style: "" plain, "em" or "strong"."""

    text: str
    style: str = PLAIN


def runs(line: str) -> list[Run]:
    """Return a line cut into runs, with French spaces and apostrophes; stars that mark nothing stay as typed."""
    typeset = typo(line)
    found, position = [], 0
    for match in MARKED.finditer(typeset):
        found.append(Run(typeset[position : match.start()]))
        style = str(match.lastgroup)
        found.append(Run(match[style], style))
        position = match.end()
    found.append(Run(typeset[position:]))
    return [run for run in found if run.text]


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text, which an empty line parts."""
    parts = (" ".join(part.split()) for part in re.split(r"\n\s*\n", text))
    return [part for part in parts if part]


def items(text: str) -> list[str]:
    """Return the items of a list, one a line, without the dash that may begin them."""
    lines = (BULLET.sub("", line).strip() for line in text.splitlines())
    return [line for line in lines if line]


def as_kept(text: str) -> str:
    """Return a text as it is stored: what was typed, with one kind of line end and none at the edges."""
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n")).strip("\n")
