"""The CSV of a list is the same to the byte on both engines, whatever the names in it."""

import csv
import io

import pytest

from tests import factories
from tests.attendance import people
from tourpaca.attendance import actions, attendance_list, exports, guard
from tourpaca.attendance.attendance_list import Scope
from tourpaca.tour import queries as tour_queries


@pytest.mark.usefixtures("open_house")
def test_a03_the_csv_has_the_same_bytes_whatever_the_engine() -> None:
    """Names that spreadsheets, the format or the order of letters could take otherwise."""
    room = people.atelier("nice", 6)
    room_id, tour = room.id, tour_queries.tour(factories.TOUR).id
    names = [
        "=1+1",
        "'=x",
        "-12,5",
        "+33 6",
        "@a",
        "'",
        "Œ|",
        'b";c',
        "d\re\nf",
        "\tg",
        "\u00a0=h",
        "e a",
        "e-b",
        "É",
    ]
    ids = [people.expect("nice", (name, "ß"), (6,)) for name in names]
    actions.record(people.ACT, [people.mark(ids[3], room_id)])
    columns = ("jour", "creneau", "nom", "prenom", "organisation", "marque")
    made = b"".join(exports.csv_file(columns, attendance_list.rows(Scope(tour, None, room_id), columns)))
    assert [line.removeprefix("30/01/2018;2;") for line in made.decode().split("\r\n")] == [
        "\ufeffJour;Créneau;NOM;Prénom;Organisation;Noté le",
        "+33 6;ß;;13/02/2018 09:00",
        "-12,5;ß;;",
        "'=1+1;ß;;",
        "'\u00a0=H;ß;;",
        "''=X;ß;;",
        "'@A;ß;;",
        '"B"";C";ß;;',
        '"D\rE\nF";ß;;',
        "E A;ß;;",
        "E-B;ß;;",
        "É;ß;;",
        "'\tG;ß;;",
        "Œ|;ß;;",
        "';ß;;",
        "",
    ]


@pytest.mark.parametrize("width", [1, 2])
def test_a03_cells_are_quoted_as_the_csv_module_quotes_them(width: int) -> None:
    texts = ["", " ", "a", "a b", ";", '"', '""', "a\rb", "a\nb", "\r\n", "a'b", "a,b", "é;", "\\", None, 7]
    rows = [[first, second][:width] for first in texts for second in texts]
    names = ("nom", "prenom")[:width]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([attendance_list.COLUMNS[name].label for name in names])
    writer.writerows([[guard.guard(cell) if isinstance(cell, str) else cell for cell in row] for row in rows])
    made = b"".join(exports.csv_file(names, rows))
    assert made.decode("utf-8-sig") == out.getvalue()
