"""Lists as files: those of attendance as XLSX, CSV or PDF, which all say the same rows; any other as the same CSV."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any

from tourpaca import clock, french, paper
from tourpaca.attendance import workbook
from tourpaca.attendance.attendance_list import COLUMNS
from tourpaca.attendance.guard import guard
from tourpaca.attendance.workbook import Cell
from tourpaca.refusal import Refused

BOM = "\ufeff"
EMPTY = '""'
SPECIAL = re.compile('[;"\r\n]')
CHUNK_ROWS = 500
MOST_ON_PAPER = 2_000
SAID_ONCE = frozenset({"etape", "jour", "creneau", "atelier", "thematique"})
# A cell that begins with none of these cannot start a formula: most cells stop here.
SUSPECT = frozenset("=+-@|%＝＋－＠' \t\r\n\x00\u00a0\u202f")
Rows = Iterable[Sequence[Cell]]


def csv_file(columns: Sequence[str], rows: Rows) -> Iterator[bytes]:
    """Yield an attendance list as `csv_of` writes it, with the titles of its columns."""
    return csv_of([COLUMNS[name].label for name in columns], rows)


def csv_of(titles: Sequence[str], rows: Rows) -> Iterator[bytes]:
    """Yield a CSV that French Excel opens by double click: UTF-8 with BOM, semicolons, CRLF, formulas inert."""
    yield (BOM + _lines([titles])).encode()
    source = iter(rows)
    while chunk := list(islice(source, CHUNK_ROWS)):
        yield _lines(chunk).encode("utf-8", "replace")


def _lines(chunk: Iterable[Sequence[Cell]]) -> str:
    columns = (_written(column) for column in zip(*chunk, strict=True))
    # A line of one empty cell is quoted, or it would be no line at all.
    return "".join([f"{';'.join(cells) or EMPTY}\r\n" for cells in zip(*columns, strict=True)])


def _written(column: Sequence[Cell]) -> Iterator[str]:
    """Return a column of a chunk as it is written: the same values come again and again, and are worked out once.

    Quoting is RFC 4180's, as the csv module does it; done once a value instead of once a cell, it takes half as long.
    """
    written = {value: _quoted(_cell(value)) for value in set(column)}
    return map(written.__getitem__, column)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if SPECIAL.search(text) else text


def _cell(value: Cell) -> str:
    if isinstance(value, str):
        return guard(value) if value[:1] in SUSPECT else value
    return _said(value)


def _said(value: Cell) -> str:
    if isinstance(value, datetime):
        return value.strftime("%d/%m/%Y %H:%M")
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    return str(value) if isinstance(value, int) else ""


def xlsx_file(title: str, columns: Sequence[str], rows: Rows) -> Iterator[bytes]:
    """Yield a workbook; codes stay text, dates are dates, a name that begins with "=" is a text."""
    return workbook.stream(title, [COLUMNS[name].label for name in columns], rows)


def pdf_file(title: str, columns: Sequence[str], rows: Rows, now: datetime) -> bytes:
    """Return the list as PDF/UA-1, A4 landscape; refuses more than 2 000 rows, which nobody reads on paper.

    What is the same for everybody (étape, atelier) is said once under the title and leaves its width to the rest.
    """
    kept = [[_on_paper(value) for value in row] for row in rows]
    if len(kept) > MOST_ON_PAPER:
        raise Refused(
            f"Cette liste compte {french.plural(len(kept), 'ligne')} : trop pour un PDF. Prenez le classeur, "
            "ou une seule étape.",
            field="format",
        )
    at = clock.local(now)
    once = {i for i, name in enumerate(columns) if name in SAID_ONCE and len({row[i] for row in kept}) == 1}
    shown = [i for i in range(len(columns)) if i not in once]
    data: dict[str, Any] = {
        "title": title,
        "same": [(COLUMNS[columns[i]].label, kept[0][i]) for i in sorted(once)] if shown else [],
        "columns": [COLUMNS[columns[i]].label for i in shown or once],
        "widths": [COLUMNS[columns[i]].width for i in shown or once],
        "rows": [[row[i] for i in shown or once] for row in kept],
        "printed": f"{french.plural(len(kept), 'ligne')}, le {french.plain_date(at.date())} à {french.hour(at)}",
    }
    return paper.typeset("paper/liste.typ", data)


def _on_paper(value: Cell) -> str:
    return value if isinstance(value, str) else _said(value)
