"""Reading a table that people made: CSV in any usual encoding and separator, or a workbook."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tourpaca import french
from tourpaca.attendance.guard import unguard
from tourpaca.refusal import Refused

WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
SEPARATORS = (",", ";", "\t")
LONGEST_CELL = 1_000_000
Lines = Iterator[tuple[int, list[str]]]


@dataclass(frozen=True)
class TableRow:
    """One row of a file: its line number as a spreadsheet shows it, and its cells by column name."""

    line: int
    cells: dict[str, str]


def read(data: bytes, columns: Sequence[str]) -> tuple[TableRow, ...]:
    """Return the rows of a CSV or of the first sheet of a workbook that hold something.

    Columns are found by name, in any order, whatever their case and accents; other columns are ignored. Refuses
    a file without one of the `columns`, with the same column twice, or that is neither text nor a workbook.
    """
    lines = _workbook(data) if data.startswith(WORKBOOKS) else _text(data, columns)
    header = next(((n, cells) for n, cells in lines if any(cells)), None)
    if header is None:
        raise Refused("Ce fichier est vide : aucune ligne n’a été lue.")
    places = _places(header[1], columns)
    return tuple(
        TableRow(n, {name: cells[at] if at < len(cells) else "" for name, at in places.items()})
        for n, cells in lines
        if any(cells)
    )


def _places(header: Sequence[str], columns: Sequence[str]) -> dict[str, int]:
    names = [french.fold(cell) for cell in header]
    missing = [name for name in columns if name not in names]
    twice = [name for name in columns if names.count(name) > 1]
    if missing:
        raise Refused(
            f"Première ligne du fichier : il manque {french.plural(len(missing), 'colonne')} "
            f"({', '.join(missing)}). Les colonnes attendues sont {', '.join(columns)}."
        )
    if twice:
        raise Refused(
            f"Première ligne du fichier : {', '.join(twice)} y figure deux fois. Gardez une colonne par nom."
        )
    return {name: names.index(name) for name in columns}


def _text(data: bytes, columns: Sequence[str]) -> Lines:
    text = _decode(data)
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(SEPARATORS, key=lambda sign: _known(first, sign, columns))
    csv.field_size_limit(LONGEST_CELL)
    return _numbered(text, separator)


def _numbered(text: str, separator: str) -> Lines:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    started = 1
    try:
        for cells in reader:
            yield started, [unguard(cell.strip()) for cell in cells]
            started = reader.line_num + 1
    except csv.Error as broken:
        raise Refused(
            f"Ligne {started} : des guillemets ne sont pas refermés, ou du texte les suit. Rien n’a été lu."
        ) from broken


def _known(line: str, separator: str, columns: Sequence[str]) -> int:
    names = {french.fold(cell.strip().strip('"')) for cell in line.split(separator)}
    return len(names & set(columns))


def _decode(data: bytes) -> str:
    """Return the text of a file: what its BOM says, else UTF-8, else the Windows of French offices (cp1252)."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    if b"\x00" in data:
        raise Refused("Ce fichier n’est ni un tableau CSV ni un classeur : enregistrez-le en CSV ou en XLSX.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _workbook(data: bytes) -> Lines:
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - only for workbooks

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except CalamineError as broken:
        raise Refused(
            "Ce classeur ne s’ouvre pas : enregistrez-le de nouveau en XLSX, ou en CSV."
        ) from broken
    return ((n, [_cell(value) for value in row]) for n, row in enumerate(rows, 1))


def _cell(value: object) -> str:
    """Return a cell as text; a whole number read as a float (1.0) is written as people see it (1)."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return re.sub(r"\s+", " ", str(value)).strip() if value is not None else ""
