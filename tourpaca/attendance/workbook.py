"""Writing a workbook (XLSX, ISO/IEC 29500) while its rows are read: text stays text, memory stays flat.

Five parts in a zip and one row at a time: ten times quicker than the usual library (docs/performance.md), which is
why it is ours. Text is an inline string, which no spreadsheet computes; numbers and dates are typed.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import cache
from xml.sax.saxutils import escape

Cell = str | int | date | datetime | None

CHUNK_ROWS = 500
DAY_ZERO = datetime(1899, 12, 30)
DATE_STYLE, MOMENT_STYLE, HEADER_STYLE = 1, 2, 3
# What XML 1.0 cannot carry, and what Excel reads as an escape of its own (_x0041_).
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
SPECIAL = re.compile("[&<>\r_\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
ESCAPE_OF_EXCEL = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
    ),
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_MAIN}">'
        '<numFmts count="2"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/>'
        '<numFmt numFmtId="165" formatCode="dd/mm/yyyy\\ hh:mm"/></numFmts>'
        '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
        '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        '<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs></styleSheet>'
    ),
}


class _Pipe(io.RawIOBase):
    """Where the zip writes: what it wrote is taken away chunk by chunk, nothing is kept."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._written.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        """Return what was written since the last time."""
        taken, self._written = b"".join(self._written), []
        return taken


def stream(title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """Yield the bytes of a workbook of one sheet, its first row frozen and bold, as its rows are read."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for name, part in _PARTS.items():
            book.writestr(name, _HEAD + part)
        book.writestr("xl/workbook.xml", _HEAD + _workbook(title))
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write((_HEAD + _opening(len(header)) + _row(1, header, HEADER_STYLE)).encode())
            for chunk in _chunks(rows):
                sheet.write(chunk.encode())
                yield pipe.take()
            sheet.write(b"</sheetData></worksheet>")
    yield pipe.take()


def _workbook(title: str) -> str:
    name = re.sub(r"[:\\/?*\[\]']", " ", ILLEGAL.sub("", title))[:31].strip() or "Liste"
    sheet = f'<sheet name="{escape(name, {chr(34): "&quot;"})}" sheetId="1" r:id="r1"/>'
    return f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheet}</sheets></workbook>'


def _opening(columns: int) -> str:
    return (
        f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f'<cols><col min="1" max="{columns}" width="20" customWidth="1"/></cols><sheetData>'
    )


def _chunks(rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    made: list[str] = []
    for number, row in enumerate(rows, 2):
        made.append(_row(number, row))
        if len(made) == CHUNK_ROWS:
            yield "".join(made)
            made = []
    yield "".join(made)


def _row(number: int, row: Sequence[Cell], style: int = 0) -> str:
    cells = [
        _cell(f"{_letters(at)}{number}", value, style) for at, value in enumerate(row) if value is not None
    ]
    return f'<row r="{number}">{"".join(cells)}</row>'


def _cell(where: str, value: Cell, style: int) -> str:
    if isinstance(value, str):
        said = _text(value) if SPECIAL.search(value) else value
        dressed = f' s="{style}"' if style else ""
        return f'<c r="{where}"{dressed} t="inlineStr"><is><t xml:space="preserve">{said}</t></is></c>'
    if isinstance(value, datetime):
        return f'<c r="{where}" s="{MOMENT_STYLE}"><v>{_serial(value):.6f}</v></c>'
    if isinstance(value, date):
        return f'<c r="{where}" s="{DATE_STYLE}"><v>{(value - DAY_ZERO.date()).days}</v></c>'
    return f'<c r="{where}"><v>{value}</v></c>'


def _text(value: str) -> str:
    kept = ESCAPE_OF_EXCEL.sub("_x005F_", ILLEGAL.sub("", value))
    return escape(kept).replace("\r", "_x000D_")


def _serial(moment: datetime) -> float:
    return (moment.replace(tzinfo=None) - DAY_ZERO).total_seconds() / 86400


@cache
def _letters(at: int) -> str:
    """Return the name of a column, counted from 0: A, B… Z, AA."""
    name = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        name = chr(65 + rest) + name
    return name
