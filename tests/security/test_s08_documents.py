"""S8: documents, lists, calendars and letters carry the canary as a text, and as nothing else."""

import csv
import html
import io
import re
import zipfile
from collections.abc import Callable

import pikepdf
import pytest
from flask import Flask
from icalendar import Calendar

from tests import factories, page_inspection, pdf_text
from tests.fiches.outputs import letters as signs
from tests.inspecting import InspectingClient
from tests.registration import sending
from tests.security import canary
from tourpaca.mail import composition

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
TOUR, TEAM = f"/tours/{factories.TOUR}", f"/equipe/{factories.TOUR}"
FICHE = f"{TOUR}/fiches/concertation-strategie"
SCRIPT = "<script>window.canari=1</script>"
PDFS = (
    f"{FICHE}.pdf",
    f"{TOUR}/livret.pdf",
    f"{TEAM}/etapes/nice/emargement.pdf",
    f"{TEAM}/etapes/nice/emargement-accueil.pdf",
)
COLUMNS = ("etape", "atelier", "nom", "prenom", "organisation", "courriel", "statut")
LIVING = {
    "/JavaScript",
    "/JS",
    "/Launch",
    "/URI",
    "/SubmitForm",
    "/ImportData",
    "/EmbeddedFile",
    "/AA",
    "/OpenAction",
}


@pytest.fixture
def house(app: Flask) -> canary.House:
    """The canaries' house, at the hour at which two étapes are past."""
    app.config["NOW"] = canary.NOW
    with app.app_context():
        return canary.settle()


@pytest.fixture
def organiser(house: canary.House, team: Callable[..., InspectingClient]) -> InspectingClient:
    """Somebody who may take everything out."""
    return team()


def _list(organiser: InspectingClient, kind: str) -> bytes:
    asked = {"format": kind, "colonnes": list(COLUMNS)}
    answer = organiser.submit(f"{TEAM}/etapes/nice/presences/liste", asked)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.data


def _assert_is_only_text(pdf: bytes) -> None:
    assert signs(SCRIPT) in signs(pdf_text.text(pdf))
    with pikepdf.open(io.BytesIO(pdf)) as document:
        found = {
            key
            for held in document.objects
            if isinstance(held, pikepdf.Dictionary | pikepdf.Stream)
            for key in [*held.keys(), str(held.get("/S", ""))]
        }
    assert not found & LIVING


@pytest.mark.parametrize("path", PDFS)
def test_s08_a_pdf_says_the_canary_and_does_nothing(organiser: InspectingClient, path: str) -> None:
    """No script, no action, no link made of a text."""
    _assert_is_only_text(organiser.get(path).data)


def test_s08_lists_say_the_canary_and_compute_nothing(organiser: InspectingClient) -> None:
    """Names that begin like formulas are texts in the workbook, led by an apostrophe in the CSV."""
    book = zipfile.ZipFile(io.BytesIO(_list(organiser, "xlsx")))
    parts = {name: book.read(name).decode() for name in book.namelist()}
    assert any("=1+1 '&quot;&gt;&lt;img" in part or "=1+1 '\"&gt;&lt;img" in part for part in parts.values())
    assert not any(re.search(r"<f[ >]|<script|externalLink|<hyperlink", part) for part in parts.values())
    rows = list(csv.reader(io.StringIO(_list(organiser, "csv").decode("utf-8-sig")), delimiter=";"))
    assert any(cell.startswith("'=1+1") for row in rows for cell in row)
    assert not any(cell[:1] in "=+-@\t\r" for row in rows for cell in row if cell)
    _assert_is_only_text(_list(organiser, "pdf"))


def test_s08_the_document_and_the_data_of_a_fiche_are_texts(organiser: InspectingClient) -> None:
    """The DOCX has no field, macro or outside relation; the JSON is served as JSON."""
    book = zipfile.ZipFile(io.BytesIO(organiser.get(f"{FICHE}.docx").data))
    body = book.read("word/document.xml").decode()
    assert signs(SCRIPT) in signs(html.unescape(re.sub(r"<[^>]+>", "", body)))
    assert not re.search(r"<script|w:instrText|w:fldSimple|w:hyperlink", body)
    assert not any(name.endswith(("vbaProject.bin", ".exe")) for name in book.namelist())
    assert not any(b'TargetMode="External"' in book.read(name) for name in book.namelist() if "rels" in name)
    data = organiser.get(f"{FICHE}.json")
    assert SCRIPT in data.get_json()["titre"]
    assert (data.mimetype, data.headers["X-Content-Type-Options"]) == ("application/json", "nosniff")


def test_s08_calendars_have_the_entries_of_the_programme_and_no_other(
    organiser: InspectingClient, house: canary.House
) -> None:
    """The canary is in the texts of the entries, whose number and properties it does not change."""
    for path, entries in (
        (f"{TOUR}/calendrier.ics", 4),
        (f"{TOUR}/etapes/carpentras/calendrier.ics", 1),
        (f"/inscriptions/{house.registrations[0]}/calendrier.ics", 4),
    ):
        answer = organiser.get(path)
        assert answer.status_code == 200, path
        read = Calendar.from_ical(answer.data)
        events = list(read.walk("VEVENT"))
        assert len(events) == entries, path
        assert any(SCRIPT in str(event.get("SUMMARY", "")) for event in events), path
        assert not {name for event in events for name in event} & {"ATTACH", "TRIGGER"}, path


def test_s08_letters_say_the_canary_and_load_nothing(app: Flask, house: canary.House) -> None:
    """In each kind of letter: no element of the canary, no link but ours."""
    with app.app_context():
        written = [(letter.kind, composition.html(letter)) for letter in sending.letters()]
    assert {"confirmation", "annulation", "promotion", "message"} <= {kind for kind, _ in written}
    for kind, body in written:
        page = page_inspection.Page(body)
        assert not page.counts.keys() & {"script", "img", "iframe", "object", "form"}, kind
        assert canary.DONE not in body, kind
        for link in re.findall(r'href="([^"]*)"', body):
            assert link.startswith(("http://localhost/", "mailto:")), f"{kind}: {link}"
    assert any(SCRIPT in html.unescape(body) for _, body in written)
