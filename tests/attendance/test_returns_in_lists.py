"""B12: the lists that go out say whose address receives nothing, as the screen does; the three files alike."""

import csv
import io

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy import update

from tests import factories, pdf_text
from tests.attendance import people
from tourpaca.attendance import attendance_list, exports
from tourpaca.attendance.attendance_list import COLUMNS, RETURNS, Scope
from tourpaca.db import transaction
from tourpaca.mail import returns
from tourpaca.mail.models import DOUX, DUR
from tourpaca.registration.models import Dossier, Participant
from tourpaca.tour import queries

NAMES = ("nom", "courriel", "retour")
EXPECTED = [
    ("CONTACT", "", RETURNS),
    ("DURE", "Dure@exemple.org", RETURNS),
    ("LASSE", "lasse@exemple.org", RETURNS),
    ("PASSAGERE", "passagere@exemple.org", ""),
    ("SAINE", "saine@exemple.org", ""),
]


def rows() -> list[tuple[object, ...]]:
    """Five people of one atelier, some of whom nothing reaches."""
    for name, email, _ in EXPECTED:
        person = people.expect("nice", (name.capitalize(), "Alix"), (3,))
        with transaction() as current:
            participant = current.get_one(Participant, person)
            participant.email = email
            contact = "contact@exemple.org" if not email else "autre@exemple.org"
            current.execute(
                update(Dossier).where(Dossier.id == participant.dossier_id).values(contact_email=contact)
            )
    with transaction() as current:
        for email, kind, times in (
            ("dure@exemple.org", DUR, 1),
            ("contact@exemple.org", DUR, 1),
            ("lasse@exemple.org", DOUX, 3),
            ("passagere@exemple.org", DOUX, 2),
        ):
            for number in range(times):
                returns.note(current, email, None, kind, "550", people.THE_DAY, f"{email}{number}")
    return list(attendance_list.rows(Scope(queries.tour(factories.TOUR).id), NAMES))


@pytest.mark.usefixtures("open_house")
def test_b12_a_list_says_whose_address_comes_back() -> None:
    assert rows() == EXPECTED
    with transaction() as current:
        returns.note(current, "saine@exemple.org", None, DUR, "550", people.THE_DAY, "saine")
    returns.clear(people.ACT, "dure@exemple.org")
    found = attendance_list.rows(Scope(queries.tour(factories.TOUR).id), NAMES)
    assert [row[0] for row in found if row[2]] == ["CONTACT", "LASSE", "SAINE"]


@pytest.mark.usefixtures("open_house")
def test_b12_the_three_files_say_it(app: Flask) -> None:
    found = rows()
    listed = b"".join(exports.csv_file(NAMES, found)).decode("utf-8-sig")
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(exports.xlsx_file("Liste", NAMES, found))))
    printed = pdf_text.text(exports.pdf_file("Liste", NAMES, found, people.THE_DAY))
    assert [row[2] for row in csv.reader(io.StringIO(listed), delimiter=";")][1:] == [
        row[2] for row in EXPECTED
    ]
    assert [row[2] for row in book.get_sheet_by_index(0).to_python()] == [
        COLUMNS["retour"].label,
        *(row[2] for row in EXPECTED),
    ]
    assert printed.count(RETURNS) == 3
