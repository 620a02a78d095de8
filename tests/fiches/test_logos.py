"""Logos on paper: drawn where there is an image, read aloud by the name of the partner, named where there is none."""

import io
from collections.abc import Iterator

import pikepdf
import pytest
from flask import Flask
from sqlalchemy import select

from tests import factories, pdf_text
from tests.fiches import compiled, outputs
from tests.fiches.outputs import letters
from tests.pictures import JPEG, PNG
from tourpaca.attendance import documents as sheets
from tourpaca.db import session, transaction
from tourpaca.fiches import content, documents, outline, publications, queries
from tourpaca.tour import images
from tourpaca.tour import queries as tours
from tourpaca.tour.models import Partenaire, Tour

SPOILT = PNG[:45] + b"\0" * 8 + PNG[53:]  # its head and its end are right, its picture is not


def partners(first: bytes) -> None:
    """Give the tour two partners with a logo and one without."""
    with transaction() as current:
        tour_id = current.scalars(select(Tour.id)).one()
        logos = [images.keep(current, images.checked(each), factories.EARLIER) for each in (first, JPEG)]
        for ordre, (name, logo) in enumerate(
            zip(("MGEN", "CRESS", "Uniformation"), [*logos, ""], strict=True)
        ):
            current.add(Partenaire(tour_id=tour_id, ordre=ordre, name=name, logo=logo))


def printed() -> dict[str, bytes]:
    """Return each kind of document that shows partners."""
    fiche = outline.draft(content.of(queries.thematique(factories.TOUR, "diversite")), 1)
    nice = tours.etape(factories.TOUR, "nice")
    session().rollback()
    return {
        "fiche": documents.fiche_pdf(fiche),
        "livret": publications.livret(publications.as_they_stand(factories.TOUR)),
        "émargement": sheets.sheets(nice, nice.ateliers[:1], factories.EARLIER),
    }


def alternatives(pdf: bytes) -> set[str]:
    """Return the alternative texts of the figures."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return {
            str(each.Alt)
            for each in opened.objects
            if isinstance(each, pikepdf.Dictionary) and "/Alt" in each
        }


@pytest.fixture
def house(app: Flask) -> Iterator[None]:
    with app.app_context():
        compiled.tour_held()
        yield


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_t09_a_logo_is_drawn_and_read_by_its_name() -> None:
    partners(PNG)
    for kind, pdf in printed().items():
        said = letters(pdf_text.text(pdf))
        assert {"MGEN", "CRESS"} <= alternatives(pdf), kind
        assert ("Uniformation" in said, "MGEN" in said.replace("Mgen", "")) == (True, False), kind
        assert outputs.conformance(pdf)[0] == "1", kind


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_t09_a_picture_that_cannot_be_drawn_leaves_the_names() -> None:
    partners(SPOILT)
    for kind, pdf in printed().items():
        said = letters(pdf_text.text(pdf))
        assert [name for name in ("MGEN", "CRESS", "Uniformation") if name not in said] == [], kind
        assert outputs.conformance(pdf)[0] == "1", kind


@pytest.mark.usefixtures("house")
def test_t09_an_address_that_is_not_ours_is_no_image() -> None:
    partners(PNG)
    (mgen, *_) = session().scalars(select(Partenaire.logo).order_by(Partenaire.ordre))
    found = images.contents([mgen, "/static/logo.png", "", "/images/absente.png"])
    assert found == {mgen: PNG}
