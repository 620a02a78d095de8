"""The published fiches: the list, each page (the reference), and the same content to carry away."""

from flask import Response, jsonify, render_template

from tourpaca.fiches import documents, exports, modifiable, publications
from tourpaca.public import door

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _document(content: bytes, kind: str) -> Response:
    return Response(content, mimetype=kind)


@door.get("/tours/<tour>/fiches")
def fiches(tour: str) -> str:
    """Show the themes of the tour, with the fiches that are out."""
    published = publications.of(tour)
    return render_template("public/fiches.html", published=published, tour=published.tour, section="fiches")


@door.get("/tours/<tour>/fiches/<fiche>")
def fiche(tour: str, fiche: str) -> str:
    """Show a published fiche; the page is the reference that every document repeats."""
    published = publications.of(tour)
    return render_template(
        "public/fiche.html",
        published=published,
        tour=published.tour,
        fiche=published.fiche(fiche),
        section="fiches",
    )


@door.get("/tours/<tour>/fiches/<fiche>.pdf")
def fiche_pdf(tour: str, fiche: str) -> Response:
    """Return a published fiche on A4 pages."""
    return _document(documents.fiche_pdf(publications.of(tour).fiche(fiche)), "application/pdf")


@door.get("/tours/<tour>/fiches/<fiche>.docx")
def fiche_docx(tour: str, fiche: str) -> Response:
    """Return a published fiche as a document that can be edited."""
    return _document(modifiable.fiche_docx(publications.of(tour).fiche(fiche)), WORD)


@door.get("/tours/<tour>/fiches/<fiche>.json")
def fiche_json(tour: str, fiche: str) -> Response:
    """Return a published fiche as data."""
    return jsonify(exports.fiche(publications.of(tour).entry(fiche).versions))


@door.get("/tours/<tour>/livret.pdf")
def livret(tour: str) -> Response:
    """Return the booklet of the fiches that are out."""
    return _document(publications.livret(publications.of(tour)), "application/pdf")
