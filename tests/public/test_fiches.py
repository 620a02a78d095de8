"""The published fiches: the page is the reference, and every document says the same figures."""

import io

import pytest
from docx import Document
from flask import Flask

from tests import pdf_text
from tests.inspecting import InspectingClient
from tourpaca import clock
from tourpaca.sample import loading

FICHE = "/tours/tour-paca-2017-2018/fiches/lien-utilisateurs"


@pytest.fixture
def published(app: Flask) -> None:
    """The finished tour of the sample, its eight fiches out."""
    with app.app_context():
        loading.load(clock.now())


def test_us09_page_pdf_document_and_data_say_the_same(published: None, client: InspectingClient) -> None:
    """Three ateliers, 42 participations, 28 organisations: in the four outputs of fiche 5."""
    page = client.get(FICHE).get_data(as_text=True)
    data = client.get(f"{FICHE}.json").json
    pdf = pdf_text.text(client.get(f"{FICHE}.pdf").data)
    document = Document(io.BytesIO(client.get(f"{FICHE}.docx").data))
    written = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert data is not None
    assert (data["ateliers"], data["participants"], data["organisations_nombre"]) == (3, 42, 28)
    for said in (page, written, pdf):
        assert "3 ateliers organisés, 42 participant.e.s" in " ".join(said.replace("\u00a0", " ").split())
    assert "Skavenji" in page
    assert "Skavenji" in written


def test_t09_the_booklet_gathers_the_eight(published: None, client: InspectingClient) -> None:
    """One PDF, with the totals of the tour; a fiche that is not out is a missing page."""
    assert "203" in pdf_text.text(client.get("/tours/tour-paca-2017-2018/livret.pdf").data)
    assert client.get("/tours/tour-paca-2017-2018/fiches/inconnue").status_code == 404
    assert client.get("/tours/tour-paca-2017-2018/fiches").get_data(as_text=True).count("/fiches/") == 8
