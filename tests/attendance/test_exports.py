"""Lists of attendance go out as three files that say the same, and the journal keeps that they did."""

import csv
import io
import re
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from tests import factories, pdf_text
from tests.attendance import people
from tests.inspecting import InspectingClient
from tourpaca.attendance import actions, attendance_list, exports, tables, workbook
from tourpaca.attendance.attendance_list import COLUMNS, USUAL, Scope
from tourpaca.db import session
from tourpaca.journal.models import Entry
from tourpaca.refusal import Refused
from tourpaca.tour import queries as tour_queries

Team = Callable[..., InspectingClient]
TICKED = re.compile(r'name="colonnes" value="(\w+)" checked')
ETAPE = "/equipe/tour-paca/etapes/nice/presences"
FAMILY = {"AtkinsonHyperlegibleNext-Regular", "AtkinsonHyperlegibleNext-Bold"}


def morning() -> tuple[int, int]:
    """Two people of Nice (one came, one excused), one walk-in, one of Carpentras; return ids of Nice and an atelier."""
    room = people.atelier("nice", 6)
    room_id, etape_id = room.id, room.etape_id
    zoe = people.expect("nice", ("Étoile", "Zoé"), (6,), people.organisation("L’École ; « du Sud »"))
    noa = people.expect("nice", ('=HYPERLINK("x")', "-Pierre"), (2, 6))
    lou = people.expect("nice", ("Zed", "Lou"), (5,))
    people.expect("carpentras", ("Loin", "Al"), (6,))
    actions.record(
        people.ACT,
        [
            people.mark(zoe, room_id),
            people.mark(noa, room_id, "excuse", reason="Train"),
            people.mark(lou, room_id),
        ],
    )
    return etape_id, room_id


def rows(scope: Scope, columns: tuple[str, ...] = tuple(COLUMNS)) -> list[tuple[Any, ...]]:
    return list(attendance_list.rows(scope, columns))


@pytest.mark.usefixtures("open_house")
def test_a01_a_list_covers_an_atelier_an_etape_or_the_tour() -> None:
    etape_id, room_id = morning()
    tour = tour_queries.tour(factories.TOUR).id
    names = ("etape", "atelier", "nom", "statut", "venue")
    assert rows(Scope(tour, etape_id, room_id), names) == [
        ("Nice", 6, '=HYPERLINK("X")', "absence excusée", "inscription"),
        ("Nice", 6, "ÉTOILE", "présence", "inscription"),
        ("Nice", 6, "ZED", "présence", "sur place"),
    ]
    assert [(row[1], row[2]) for row in rows(Scope(tour, etape_id), names)][:2] == [
        (2, '=HYPERLINK("X")'),
        (5, "ZED"),
    ]
    assert [row[0] for row in rows(Scope(tour), names)] == ["Nice"] * 5 + ["Carpentras"]


@pytest.mark.usefixtures("open_house")
def test_a01_columns_are_chosen_and_keep_their_order() -> None:
    assert attendance_list.chosen(["nom", "etape", "inconnue"]) == ("etape", "nom")
    with pytest.raises(Refused):
        attendance_list.chosen(["inconnue"])


@pytest.mark.usefixtures("open_house")
def test_a03_the_csv_is_for_french_excel() -> None:
    _, room_id = morning()
    made = b"".join(
        exports.csv_file(USUAL, rows(Scope(tour_queries.tour(factories.TOUR).id, None, room_id), USUAL))
    )
    assert made.startswith(b"\xef\xbb\xbf\xc3\x89tape;Jour;")
    assert made.count(b"\r\n") == made.count(b"\n") == 4
    read = list(csv.reader(io.StringIO(made.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert {len(row) for row in read} == {len(USUAL)}
    assert read[1][5:7] == ['\'=HYPERLINK("X")', "'-Pierre"]
    assert read[2][1] == "30/01/2018"
    assert read[2][5:8] == ["ÉTOILE", "Zoé", "L’École ; « du Sud »"]


@pytest.mark.usefixtures("open_house")
def test_a01_the_workbook_has_typed_cells_and_a_name_that_spreadsheets_take() -> None:
    _, room_id = morning()
    found = rows(Scope(tour_queries.tour(factories.TOUR).id, None, room_id))
    made = b"".join(exports.xlsx_file("Présences : Nice / étape [2] qui ne tient pas", tuple(COLUMNS), found))
    book = CalamineWorkbook.from_filelike(io.BytesIO(made))
    assert book.sheet_names == ["Présences   Nice   étape  2  qu"]
    sheet = book.get_sheet_by_index(0).to_python()
    head = [COLUMNS[name].label for name in COLUMNS]
    assert sheet[0] == head
    first = dict(zip(head, sheet[1], strict=True))
    assert first["NOM"] == '=HYPERLINK("X")'
    assert first["Jour"] == date(2018, 1, 30)
    assert first["Noté le"] == datetime(2018, 2, 13, 9, 0)
    assert first["N°"] == 6


@pytest.mark.usefixtures("open_house")
def test_a01_the_pdf_says_the_same_in_the_font_of_the_house() -> None:
    _, room_id = morning()
    found = rows(Scope(tour_queries.tour(factories.TOUR).id, None, room_id), USUAL)
    made = exports.pdf_file("Présences Nice", USUAL, found, people.THE_DAY)
    text = " ".join(pdf_text.text(made).split())
    assert "ÉTOILE Zoé L’École ; « du Sud » présence" in text.replace("\u00a0", " ").replace("\u202f", " ")
    assert pdf_text.fonts(made) == FAMILY


@pytest.mark.usefixtures("open_house")
def test_a01_the_pdf_says_once_what_is_the_same_for_everybody() -> None:
    etape_id, room_id = morning()
    tour = tour_queries.tour(factories.TOUR).id
    whole, one = (
        " ".join(
            pdf_text.text(exports.pdf_file("Présences", USUAL, rows(scope, USUAL), people.THE_DAY)).split()
        )
        for scope in (Scope(tour, etape_id), Scope(tour, etape_id, room_id))
    )
    assert (whole.count("30/01/2018"), whole.count("6 L’entreprise et la diversité")) == (1, 3)
    assert (one.count("30/01/2018"), one.count("L’entreprise et la diversité")) == (1, 1)


def test_a01_an_empty_list_on_paper_says_so() -> None:
    assert "Personne n’est inscrit ni noté." in pdf_text.text(
        exports.pdf_file("Présences", USUAL, [], people.THE_DAY)
    )


def test_a01_a_list_too_long_for_paper_is_refused_with_a_way_out() -> None:
    with pytest.raises(Refused, match="classeur"):
        exports.pdf_file("Présences", ("nom",), ([["X"]] * 2_001), people.THE_DAY)


@pytest.mark.parametrize("make", [exports.csv_file, lambda names, found: workbook.stream("x", names, found)])
def test_a01_memory_does_not_grow_with_the_list(make: Callable[..., Iterator[bytes]]) -> None:
    def peak(count: int) -> int:
        found = ((f"Nom{n}", "Prénom", "Organisation") for n in range(count))
        tracemalloc.start()
        for _ in make(("nom", "prenom", "organisation"), found):
            pass
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    peak(100)
    assert peak(20_000) < 2 * peak(2_000)


def test_a01_the_team_takes_a_list_out_and_the_journal_says_so(app: Flask, team: Team) -> None:
    with app.app_context():
        factories.tour_paca()
        etape_id, room_id = morning()
    client = team("etape", etape_id)
    form = {"colonnes": ["nom", "organisation"], "format": "csv", "atelier": str(room_id)}
    answer = client.submit(f"{ETAPE}/liste", form)
    assert answer.status_code == 200
    assert answer.content_type == "text/csv; charset=utf-8"
    named = answer.headers["Content-Disposition"]
    assert named.startswith('attachment; filename="Presences Nice 2018-01-30 atelier 6.csv"')
    assert "filename*=UTF-8''Pr%C3%A9sences%20Nice" in named
    assert len(answer.get_data(as_text=True).splitlines()) == 4
    with app.app_context():
        entry = session().scalars(select(Entry).where(Entry.verb == "presences.exporter")).one()
        assert (entry.etape_id, entry.data) == (etape_id, {"colonnes": ["nom", "organisation"]})
        assert "Étoile" not in entry.text


@pytest.mark.parametrize("form", [{"format": "csv"}, {"colonnes": ["nom"], "format": "doc"}])
def test_a01_what_was_not_chosen_is_said_and_nothing_leaves(
    app: Flask, team: Team, form: dict[str, Any]
) -> None:
    with app.app_context():
        factories.tour_paca()
    answer = team().submit("/equipe/tour-paca/presences/liste", form)
    assert answer.status_code == 422
    assert "Choisissez" in answer.get_data(as_text=True)
    with app.app_context():
        assert session().scalars(select(Entry).where(Entry.verb == "presences.exporter")).all() == []


@pytest.mark.parametrize("wanted", ["xlsx", "pdf", "csv"])
def test_a01_the_whole_tour_goes_out_in_every_format(app: Flask, team: Team, wanted: str) -> None:
    with app.app_context():
        factories.tour_paca()
        morning()
    answer = team().submit("/equipe/tour-paca/presences/liste", {"colonnes": list(COLUMNS), "format": wanted})
    assert answer.status_code == 200
    assert answer.data[:2] == {"xlsx": b"PK", "pdf": b"%P", "csv": b"\xef\xbb"}[wanted]


@pytest.mark.parametrize(
    "make", [exports.csv_file, lambda names, found: exports.xlsx_file("Liste", names, found)]
)
def test_a02_a_list_taken_out_comes_back_through_our_own_reader(make: Callable[..., Iterator[bytes]]) -> None:
    texts = ("=1+1", "+33 6 12 34 56 78", "-2", "-Pierre", "@x", "'=1+1", "06", 'L’École ; "du Sud"', "Zoé")
    columns = ("nom", "prenom", "organisation", "note")
    went = [tuple(texts[(at + shift) % len(texts)] for shift in range(4)) for at in range(len(texts))]
    came = tables.read(b"".join(make(columns, went)), columns)
    assert [tuple(row.cells[name] for name in columns) for row in came] == went


def test_a01_a_member_bound_to_an_etape_takes_out_that_one_alone(app: Flask, team: Team) -> None:
    with app.app_context():
        factories.tour_paca()
        etape_id, _ = morning()
        elsewhere = people.atelier("carpentras", 6).id
    client, form = team("etape", etape_id), {"colonnes": ["etape", "nom"], "format": "csv"}
    taken = client.submit(f"{ETAPE}/liste", form).get_data(as_text=True)
    assert ("Nice;ÉTOILE" in taken, "LOIN" in taken) == (True, False)
    refused = (
        client.submit(f"{ETAPE}/liste", {**form, "atelier": str(elsewhere)}),
        client.submit("/equipe/tour-paca/etapes/carpentras/presences/liste", form, page=f"{ETAPE}/liste"),
        client.submit("/equipe/tour-paca/presences/liste", form, page=f"{ETAPE}/liste"),
        client.get(f"/equipe/tour-paca/etapes/carpentras/presences/{elsewhere}"),
        client.get("/equipe/tour-paca/etapes/carpentras/emargement.pdf"),
    )
    assert [answer.status_code for answer in refused] == [404] * 5
    assert all("LOIN" not in answer.get_data(as_text=True).upper() for answer in refused)


def test_a01_columns_kept_under_a_name_are_found_again_by_the_team_and_forgotten(
    app: Flask, team: Team
) -> None:
    with app.app_context():
        factories.tour_paca()
        etape_id, _ = morning()
    form = {"nom": "Pour le  traiteur", "colonnes": ["nom", "statut"]}
    whole = "/equipe/tour-paca/presences/liste"
    address = team().submit(f"{whole}/choix", form, page=whole).headers["Location"]
    number = address.rpartition("=")[2]
    client = team("etape", etape_id)
    page = client.get(f"{ETAPE}/liste?choix={number}").text
    assert "Pour le traiteur" in page
    assert TICKED.findall(page) == ["nom", "statut"]
    gone = client.submit(f"{ETAPE}/liste/choix", {"oublier": number}, page=f"{ETAPE}/liste")
    assert "Pour le traiteur" not in client.get(gone.headers["Location"]).text


def test_a01_columns_are_not_kept_without_a_name_and_stay_ticked(app: Flask, team: Team) -> None:
    with app.app_context():
        factories.tour_paca()
    form = {"nom": " ", "colonnes": ["statut"]}
    answer = team().submit(f"{ETAPE}/liste/choix", form, page=f"{ETAPE}/liste")
    assert answer.status_code == 422
    assert "Donnez un nom à ce choix" in answer.text
    assert TICKED.findall(answer.text) == ["statut"]
