"""A fiche as a word processor document (DOCX), for those who must change its layout; same outline as the page."""

from io import BytesIO
from typing import TYPE_CHECKING, Any

from tourpaca.fiches.content import CHIFFRES_CLES
from tourpaca.fiches.light_text import EMPHASIS, STRONG, Run
from tourpaca.fiches.models import PARTENAIRES
from tourpaca.fiches.outline import Fiche, Part

if TYPE_CHECKING:
    from docx.document import Document


def fiche_docx(fiche: Fiche) -> bytes:
    """Return a fiche as a DOCX with real headings and lists, in French; names and texts are plain runs."""
    import docx  # noqa: PLC0415 - loaded by the first document, not at start

    document = docx.Document()
    _describe(document, fiche)
    document.add_paragraph(f"Fiche atelier n° {fiche.number}")
    document.add_heading(fiche.title, 1)
    for line in (fiche.subtitle, " · ".join(fiche.stops)):
        if line:
            document.add_paragraph(line)
    for part in fiche.parts:
        document.add_heading(part.title, 2)
        _write(document, fiche, part)
    for line in (f"{fiche.edition} {fiche.method}", *fiche.errata):
        document.add_paragraph(line)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _describe(document: "Document", fiche: Fiche) -> None:
    about = document.core_properties
    about.title, about.author, about.language = fiche.title, fiche.organiser, "fr-FR"
    about.subject, about.comments = fiche.tour_name, fiche.edition
    style: Any = document.styles["Normal"]
    style.font.name = "Atkinson Hyperlegible Next"


def _write(document: "Document", fiche: Fiche, part: Part) -> None:
    if part.kind == CHIFFRES_CLES:
        _figures(document, fiche)
    if part.kind == PARTENAIRES:
        document.add_paragraph(", ".join(partner["name"] for partner in fiche.partners))
    for paragraph in part.paragraphs:
        _runs(document.add_paragraph(), paragraph)
    for item in part.items:
        _runs(document.add_paragraph(style="List Bullet"), item)


def _figures(document: "Document", fiche: Fiche) -> None:
    document.add_paragraph(f"{fiche.organisations} {fiche.organisations_word}")
    sentence = document.add_paragraph()
    sentence.add_run(fiche.opening).bold = True
    if fiche.names:
        sentence.add_run(" " + ", ".join(fiche.names))


def _runs(paragraph: Any, runs: tuple[Run, ...]) -> None:
    for run in runs:
        written = paragraph.add_run(run.text)
        written.bold = run.style == STRONG or None
        written.italic = run.style == EMPHASIS or None
