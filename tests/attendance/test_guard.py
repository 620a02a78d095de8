"""A text is inert in a spreadsheet and comes back exactly, whatever it is."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from tourpaca.attendance import workbook
from tourpaca.attendance.guard import guard, starts_formula, unguard

PAYLOADS = [
    lead + body
    for lead in ("=", "+", "-", "@", "\t=", "\r=", " =", "\n=", "＝", "＋", "－", "＠", "|", "%", "\u00a0=")
    for body in ("1+1", 'HYPERLINK("http://exemple.org","x")', "cmd|' /C calc'!A0", "SUM(A1)")
] + ["-2+3", "-Pierre", "@x", "+33-6-12", "'=1+1", "''+1+1", "-"]
INNOCENT = [
    "+33 6 12 34 56 78", "+33 (0)6 12 34 56 78", "+33612345678", "-2", "-12,5", "-12.5 %", "+4", "06 12 34 56 78", "06",
    "Zoé", "l’été", "'tis", "1=2", "a;=1+1", "12345678901234", "😀", "ligne\nligne", "x" * 10_000, "", "'", "_x0041_",
]  # fmt: skip
# Whatever XML 1.0 and a CSV can carry.
TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=40
)


def through_csv(text: str) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerow([guard(text), "x"])
    return unguard(next(csv.reader(io.StringIO(out.getvalue(), newline=""), delimiter=";"))[0])


def through_workbook(*texts: str) -> list[str]:
    made = b"".join(workbook.stream("Liste", ["Texte"], [[text] for text in texts]))
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(made)).get_sheet_by_index(0)
    return [str(row[0]) for row in sheet.to_python(skip_empty_area=False)][1:]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a02_what_starts_a_formula_is_led_by_an_apostrophe_and_comes_back(payload: str) -> None:
    assert guard(payload).startswith("'")
    assert not starts_formula(guard(payload))
    assert through_csv(payload) == payload


@pytest.mark.parametrize("text", INNOCENT)
def test_a02_numbers_telephones_and_names_are_left_as_they_are(text: str) -> None:
    assert guard(text) == text
    assert through_csv(text) == text


@given(st.text(max_size=30) | st.text("=+-@'\t 01", max_size=8))
def test_a02_any_text_comes_back_from_the_guard(text: str) -> None:
    assert unguard(guard(text)) == text
    assert not starts_formula(guard(text))


@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_a02_any_text_comes_back_from_a_workbook(texts: list[str]) -> None:
    assert through_workbook(*texts) == texts


def test_a02_a_workbook_keeps_every_payload_as_text_and_computes_none() -> None:
    texts = [text for text in PAYLOADS + INNOCENT if "\r" not in text]
    assert through_workbook(*texts) == texts
    made = b"".join(workbook.stream("Liste", ["Texte"], [[text] for text in PAYLOADS]))
    with workbook.zipfile.ZipFile(io.BytesIO(made)) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def test_a02_what_no_workbook_can_hold_is_dropped_and_the_rest_stays() -> None:
    assert through_workbook("a\x00b\x1fc\ufffed") == ["abcd"]
