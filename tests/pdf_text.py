"""The text and the fonts of a PDF, read back from its content streams."""

import io
import re
from collections.abc import Iterator
from typing import Any

import pikepdf


def pages(pdf: bytes) -> list[str]:
    """Return the text of each page, its pieces in drawing order, separated by spaces."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return [" ".join(_pieces(page)) for page in document.pages]


def text(pdf: bytes) -> str:
    """Return the text of the whole file."""
    return "\n".join(pages(pdf))


def fonts(pdf: bytes) -> set[str]:
    """Return the names of the fonts used, without the tag of their subset."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        found = {str(font.BaseFont) for page in document.pages for font in _fonts(page).values()}
    return {name.lstrip("/").split("+")[-1] for name in found}


def _fonts(page: pikepdf.Page) -> dict[str, Any]:
    return dict(page.Resources.get("/Font", {}).items())


def _pieces(page: pikepdf.Page) -> Iterator[str]:
    maps = {name: _unicode(font) for name, font in _fonts(page).items()}
    current: dict[int, str] = {}
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "Tf":
            current = maps[str(operands[0])]
        elif str(operator) in {"Tj", "TJ"}:
            shown = operands[0] if str(operator) == "TJ" else [operands[0]]
            codes = b"".join(bytes(part) for part in shown if isinstance(part, pikepdf.String))
            yield "".join(current.get(int.from_bytes(codes[i : i + 2]), "") for i in range(0, len(codes), 2))


def _unicode(font: Any) -> dict[int, str]:
    cmap = font.ToUnicode.read_bytes().decode()
    found: dict[int, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", cmap, re.S):
        for code, hexa in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            found[int(code, 16)] = _letters(hexa)
    for block in re.findall(r"beginbfrange(.*?)endbfrange", cmap, re.S):
        for start, end, hexa in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            for step in range(int(end, 16) - int(start, 16) + 1):
                found[int(start, 16) + step] = chr(ord(_letters(hexa)) + step)
    return found


def _letters(hexa: str) -> str:
    return bytes.fromhex(hexa).decode("utf-16-be")
