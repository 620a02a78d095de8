"""The published fiches: the list, each page (the reference), and the same in PDF, DOCX, JSON and booklet."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Response, render_template, request

from tourpaca.fiches import documents, exports, modifiable, publications, rereading
from tourpaca.fiches.publications import Published
from tourpaca.public import cache, door
from tourpaca.refusal import Unknown
from tourpaca.tour import programme

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
JSON = "application/json; charset=utf-8"
PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}
Make = Callable[[Published, str], bytes]


def _pdf(published: Published, slug: str) -> bytes:
    return documents.fiche_pdf(published.fiche(slug), ink="encre" in request.args)


def _docx(published: Published, slug: str) -> bytes:
    return modifiable.fiche_docx(published.fiche(slug))


def _json(published: Published, slug: str) -> bytes:
    entry = published.entry(slug)
    return exports.fiche_json(entry.content, entry.versions)


FORMATS: dict[str, tuple[str, Make]] = {"pdf": (PDF, _pdf), "docx": (DOCX, _docx), "json": (JSON, _json)}


@door.get("/tours/<tour>/fiches")
def fiches(tour: str) -> Response:
    """Show the fiches of a tour: those that are out, and the themes whose fiche is to come."""
    return cache.page(programme.watched(tour), lambda _: cache.Rendered(_list(tour), cache.NEVER))


@door.get("/tours/<tour>/fiches/<fiche>")
def fiche(tour: str, fiche: str) -> Response:
    """Show a published fiche; one that is not out is answered 404 with the list of those that are."""
    try:
        return cache.page(programme.watched(tour), lambda now: _fiche(tour, fiche, now))
    except Unknown:
        return Response(_list(tour, missing=True), status=404)


@door.get("/tours/<tour>/fiches/<fiche>/relecture/<token>")
def draft(tour: str, fiche: str, token: str) -> Any:
    """Show the draft of a fiche to those who were given its address; nobody else learns that there is one."""
    page = render_template(
        "public/relecture.html",
        tour=programme.published(tour),
        fiche=rereading.of(tour, fiche, token),
    )
    return page, 200, PRIVATE


@door.get("/tours/<tour>/fiches/<fiche>.<any(pdf, docx, json):kind>")
def fiche_file(tour: str, fiche: str, kind: str) -> Response:
    """Give a published fiche as a file that says the same as its page."""
    content_type, make = FORMATS[kind]
    name = f"{tour}-{fiche}.{kind}"
    return _file(tour, name, content_type, lambda published: make(published, fiche))


@door.get("/tours/<tour>/livret.pdf")
def livret(tour: str) -> Response:
    """Give the booklet of the fiches that are out."""
    return _file(tour, f"livret-{tour}.pdf", PDF, publications.livret)


def _list(tour: str, missing: bool = False) -> str:
    published = publications.of(tour)
    return cache.template(
        "public/fiches.html",
        tour=programme.published(tour),
        lines=published.entries,
        totals=publications.totals(published),
        missing=missing,
    )


def _fiche(tour: str, slug: str, _: datetime) -> cache.Rendered:
    shown = publications.page(publications.of(tour), slug)
    page = cache.template("public/fiche.html", tour=programme.published(tour), **shown)
    return cache.Rendered(page, cache.NEVER)


def _file(tour: str, name: str, content_type: str, make: Callable[[Published], bytes]) -> Response:
    """Answer 304 to whoever holds the file of this revision of the tour, else make it."""
    published = publications.of(tour)
    tag = f"{published.tour.revision}-{len(request.query_string)}"
    answer = Response(headers={"Cache-Control": "no-cache"})
    answer.set_etag(tag)
    if request.if_none_match.contains(tag):
        answer.status_code = 304
        return answer
    answer.data, answer.content_type = make(published), content_type
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return answer
