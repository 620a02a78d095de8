"""Attendance lists as files: XLSX, CSV for French Excel, PDF; all three say the same rows."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from tourpaca import clock, french, paper
from tourpaca.attendance import workbook
from tourpaca.attendance.attendance_list import COLUMNS
from tourpaca.attendance.guard import guard
from tourpaca.attendance.workbook import Cell
from tourpaca.refusal import Refused

BOM = "\ufeff"
CHUNK_ROWS = 500
MOST_ON_PAPER = 2_000
# A cell that begins with none of these cannot start a formula: most cells stop here.
SUSPECT = frozenset("=+-@|%＝＋－＠' \t\r\n\x00\u00a0\u202f")
Rows = Iterable[Sequence[Cell]]


def csv_file(columns: Sequence[str], rows: Rows) -> Iterator[bytes]:
    """Yield a CSV that French Excel opens by double click: UTF-8 with BOM, semicolons, CRLF, formulas inert."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    out.write(BOM)
    writer.writerow([COLUMNS[name].label for name in columns])
    for number, row in enumerate(rows, 1):
        writer.writerow([_written(value) for value in row])
        if number % CHUNK_ROWS == 0:
            yield _taken(out)
    yield _taken(out)


def _taken(out: io.StringIO) -> bytes:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text.encode("utf-8", "replace")


def _written(value: Cell) -> str | int:
    if isinstance(value, str):
        return guard(value) if value[:1] in SUSPECT else value
    return _said(value)


def _said(value: Cell) -> str | int:
    if isinstance(value, datetime):
        return value.strftime("%d/%m/%Y %H:%M")
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    return value if isinstance(value, int) else ""


def xlsx_file(title: str, columns: Sequence[str], rows: Rows) -> Iterator[bytes]:
    """Yield a workbook; codes stay text, dates are dates, a name that begins with "=" is a text."""
    return workbook.stream(title, [COLUMNS[name].label for name in columns], rows)


def pdf_file(title: str, columns: Sequence[str], rows: Rows, now: datetime) -> bytes:
    """Return the list as PDF/UA-1, A4 landscape; refuses more than 2 000 rows, which nobody reads on paper."""
    kept = [[_on_paper(value) for value in row] for row in rows]
    if len(kept) > MOST_ON_PAPER:
        raise Refused(
            f"Cette liste compte {french.plural(len(kept), 'ligne')} : trop pour un PDF. Prenez le classeur, "
            "ou une seule étape.",
            field="format",
        )
    at = clock.local(now)
    data: dict[str, Any] = {
        "title": title,
        "columns": [COLUMNS[name].label for name in columns],
        "widths": [COLUMNS[name].width for name in columns],
        "rows": kept,
        "printed": f"{french.plural(len(kept), 'ligne')}, le {french.plain_date(at.date())} à {french.hour(at)}",
    }
    return paper.typeset("paper/liste.typ", data)


def _on_paper(value: Cell) -> str:
    return value if isinstance(value, str) else str(_said(value))
