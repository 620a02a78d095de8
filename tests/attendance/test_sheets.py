"""The sheets that people sign: what stands on them, what must not, and that nothing is set in another font."""

import io
import re
from collections.abc import Callable

import pikepdf
import pytest
from flask import Flask
from sqlalchemy import select, update

from tests import factories, pdf_text
from tests.attendance import people
from tests.inspecting import InspectingClient
from tourpaca.attendance import actions, documents
from tourpaca.db import transaction
from tourpaca.refusal import Refused
from tourpaca.tour import queries as tour_queries
from tourpaca.tour.models import Atelier, Etape, Partenaire, Tour

FAMILY = {"AtkinsonHyperlegibleNext-Regular", "AtkinsonHyperlegibleNext-Bold"}
LONG = "Fédération régionale des associations d’éducation populaire et de formation continue de Provence"
Team = Callable[..., InspectingClient]


def carpentras() -> Etape:
    return tour_queries.etape(factories.TOUR, "carpentras")


def sheet_of(ordre: int) -> bytes:
    found = carpentras()
    return documents.sheets(found, [a for a in found.ateliers if a.ordre == ordre], people.THE_DAY)


def crowd(count: int, ordres: tuple[int, ...] = (3,)) -> None:
    for number in range(count):
        people.expect("carpentras", (f"Nom{number:02d}", "Łucja"), ordres)


def partners() -> None:
    with transaction() as session:
        tour_id = session.scalars(select(Tour.id)).one()
        session.add_all(
            Partenaire(tour_id=tour_id, ordre=n, name=name)
            for n, name in enumerate(("CRESS", "MGEN", "Uniformation"))
        )


@pytest.mark.usefixtures("open_house")
def test_d07_the_sheet_says_all_that_a_funder_asks_and_nothing_personal_that_circulates() -> None:
    room = people.atelier("carpentras", 3).id
    people.expect("carpentras", ("Étoile", "Zoé"), (3,), people.organisation(LONG))
    people.expect("carpentras", ("d’Azur", "Noa"), (3, 5))
    with transaction() as session:
        values = {"room": "Salle Tramontane", "facilitators": "Claude Essai"}
        session.execute(update(Atelier).where(Atelier.id == room).values(**values))
    partners()
    pdf = sheet_of(3)
    page = " ".join(pdf_text.text(pdf).split())
    for said in (
        "Tour PACA du Guide des bonnes pratiques", "Étape 3", "Carpentras, mardi 13 février 2018",
        "Feuille d’émargement", "Salle Tramontane", "Animation : Claude Essai", "MGEN",
        "3. La territorialité", "Créneau 1, 9 h 30 à 10 h 45",
        "N° NOM Prénom Organisation Signature, créneau 1", "1 D’AZUR Noa", "2 ÉTOILE Zoé Fédération",
        "preuve de présence auprès des financeurs ; conservée 5 ans par CRESS de démonstration.",
        "Droits : equipe@exemple.org.",
        "Imprimé le 13 février 2018 à 9 h", "Total des présences", "Signature de l’animation", "1 sur 1",
    ):  # fmt: skip
        assert " ".join(said.split()) in page.replace("\u00a0", " ").replace("\u202f", " "), said
    assert re.findall(r"\S+@\S+", page) == ["equipe@exemple.org."], "only the contact for rights"
    assert " 7 " in page
    assert " 8 " not in page, "two people and five blank lines"
    assert pdf_text.fonts(pdf) == FAMILY


@pytest.mark.usefixtures("open_house")
def test_d07_sixteen_rows_stand_under_any_whole_header() -> None:
    partners()
    for first in range(1, 5):
        crowd(11, (first, first + 4))
    found = carpentras()
    pages = pdf_text.pages(documents.sheets(found, found.ateliers, people.THE_DAY))
    assert len(pages) == 8, (
        "eleven people and five blank lines: one page a theme, the longest titles included"
    )


@pytest.mark.usefixtures("open_house")
def test_d07_a_long_partner_leaves_the_title_its_line() -> None:
    partners()
    with transaction() as session:
        tour_id = session.scalars(select(Tour.id)).one()
        session.add(Partenaire(tour_id=tour_id, ordre=9, name="Union régionale des sociétés coopératives"))
    crowd(11, (1,))
    found = carpentras()
    first = [each for each in found.ateliers if each.ordre == 1]
    assert len(pdf_text.pages(documents.sheets(found, first, people.THE_DAY))) == 1


@pytest.mark.usefixtures("open_house")
def test_d07_a_long_title_is_set_smaller_rather_than_take_a_row_of_names() -> None:
    partners()
    crowd(12)
    assert len(pdf_text.pages(sheet_of(3))) == 1, "twelve people and five blank lines"


@pytest.mark.usefixtures("open_house")
def test_d07_hours_and_rooms_that_are_not_known_are_left_to_the_pen() -> None:
    found = tour_queries.etape(factories.TOUR, "bouches-du-rhone")
    page = " ".join(pdf_text.text(documents.sheets(found, found.ateliers, people.THE_DAY)).split())
    for said in (
        "Événement, Bouches-du-Rhône",
        "Créneau 1, de ................ à ................",
        "Salle : ....",
        "Animation : ....",
    ):
        assert said in page.replace("\u00a0", " "), said
    assert "1 sur 1" in page


@pytest.mark.usefixtures("open_house")
def test_d07_the_whole_header_comes_back_on_each_page() -> None:
    partners()
    crowd(40)
    pages = pdf_text.pages(sheet_of(3))
    assert len(pages) == 3
    for number, page in enumerate(pages, 1):
        assert "3. La territorialité" in page
        assert "Signature, créneau 1" in page
        assert f"{number} sur 3" in page
    found = [int(n) for page in pages for n in re.findall(r"NOM(\d\d)", page)]
    assert found == list(range(40)), "in order, each once, none cut between two pages"


@pytest.mark.usefixtures("open_house")
def test_d07_it_is_an_accessible_a4_landscape_file_with_its_language_and_title() -> None:
    crowd(2)
    with pikepdf.open(io.BytesIO(sheet_of(3))) as document:
        box = [float(side) for side in document.pages[0].MediaBox]
        assert (round(box[2]), round(box[3])) == (842, 595)
        assert str(document.Root.Lang) == "fr"
        assert bool(document.Root.MarkInfo.Marked)
        with document.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert "Carpentras" in metadata["dc:title"]


@pytest.mark.usefixtures("open_house")
def test_d07_every_atelier_of_an_etape_in_one_file_each_with_its_own_pages() -> None:
    crowd(13, (3, 5))
    found = carpentras()
    pages = pdf_text.pages(documents.sheets(found, found.ateliers, people.THE_DAY))
    assert len(pages) == 10
    assert [page.count(" sur 2") for page in pages] == [0, 0, 1, 1, 0, 1, 1, 0, 0, 0]
    assert "Signature, créneau 2" in pages[5]


@pytest.mark.usefixtures("open_house")
def test_d07_the_desk_has_one_column_of_signature_per_creneau() -> None:
    people.expect("carpentras", ("Étoile", "Zoé"), (3, 5))
    people.expect("carpentras", ("Azur", "Noa"), (5,))
    page = " ".join(pdf_text.text(documents.desk_sheet(carpentras(), people.THE_DAY)).split())
    assert "Signature, créneau 1 Signature, créneau 2" in page
    assert "1 AZUR Noa atelier 5" in page
    assert "2 ÉTOILE Zoé atelier 3 atelier 5" in page


@pytest.mark.usefixtures("open_house")
def test_d07_a_person_added_on_the_spot_takes_the_next_number_when_it_is_printed_again() -> None:
    crowd(2)
    stranger = people.expect("carpentras", ("Aaron", "Lou"), (5,))
    room = people.atelier("carpentras", 3).id
    actions.record(people.ACT, [people.mark(stranger, room)])
    assert "3 AARON" in " ".join(pdf_text.text(sheet_of(3)).split())


@pytest.mark.usefixtures("open_house")
def test_d07_what_is_cancelled_has_no_sheet() -> None:
    room = people.atelier("carpentras", 3).id
    with transaction() as session:
        session.execute(update(Atelier).where(Atelier.id == room).values(state="annule"))
    with pytest.raises(Refused, match="Aucun atelier à signer"):
        sheet_of(3)


@pytest.mark.usefixtures("open_house")
def test_d07_a_name_cannot_become_code() -> None:
    people.expect("carpentras", ('#panic("x")', "*Zoé* $x$"), (3,))
    assert '#PANIC("X")' in pdf_text.text(sheet_of(3))


def test_d07_the_team_prints_from_three_addresses(app: Flask, team: Team) -> None:
    with app.app_context():
        factories.tour_paca()
        room = people.atelier("nice", 6)
        room_id, etape_id = room.id, room.etape_id
    client = team("etape", etape_id)
    etape = "/equipe/tour-paca/etapes/nice"
    for path in (
        f"{etape}/presences/{room_id}/emargement.pdf",
        f"{etape}/emargement.pdf?creneau=2",
        f"{etape}/emargement-accueil.pdf",
    ):
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer.mimetype == "application/pdf"
        assert "filename*=UTF-8''%C3%89margement%20Nice" in answer.headers["Content-Disposition"]
        assert "no-store" in answer.headers["Cache-Control"] or "max-age=0" in answer.headers["Cache-Control"]
