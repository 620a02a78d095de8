"""Attendance lists to take out: chosen columns, one atelier, one étape or the whole tour, as XLSX, CSV or PDF."""

from collections.abc import Iterator
from typing import Any

from flask import flash, redirect, render_template, request

from tourpaca import clock, french
from tourpaca.attendance import actions, attendance_list, exports, presets, queries
from tourpaca.attendance.attendance_list import COLUMNS, USUAL, Scope
from tourpaca.organiser import door
from tourpaca.organiser.downloads import download
from tourpaca.organiser.wall import act, open_to
from tourpaca.refusal import Refused
from tourpaca.tour import queries as tour_queries
from tourpaca.tour.models import Etape, Tour

FORMATS = {
    "xlsx": (
        "Classeur (XLSX), le plus sûr",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "csv": ("CSV pour Excel en français", "text/csv; charset=utf-8"),
    "pdf": ("PDF à imprimer", "application/pdf"),
}


@door.get("/<tour>/etapes/<etape>/presences/liste")
@open_to("organisation", "etape")
def etape_list(tour: str, etape: str) -> Any:
    """Choose the columns and the format of an étape's list."""
    found = tour_queries.etape(tour, etape)
    return _page(found.tour, found)


@door.post("/<tour>/etapes/<etape>/presences/liste")
@open_to("organisation", "etape")
def take_etape_list(tour: str, etape: str) -> Any:
    """Give the list of an étape, or of one of its ateliers, and write in the journal that it went out."""
    found = tour_queries.etape(tour, etape)
    atelier_id = request.form.get("atelier", 0, int)
    atelier = queries.atelier(found, atelier_id) if atelier_id else None
    where = f"{found.place_name} {found.day.isoformat()}" + (f" atelier {atelier.ordre}" if atelier else "")
    return _file(found.tour, found, Scope(found.tour_id, found.id, atelier.id if atelier else None), where)


@door.get("/<tour>/presences/liste")
@open_to("organisation")
def tour_list(tour: str) -> Any:
    """Choose the columns and the format of the whole tour's list."""
    return _page(tour_queries.tour(tour), None)


@door.post("/<tour>/presences/liste")
@open_to("organisation")
def take_tour_list(tour: str) -> Any:
    """Give the list of the whole tour, and write in the journal that it went out."""
    found = tour_queries.tour(tour)
    return _file(found, None, Scope(found.id), found.name)


@door.post("/<tour>/etapes/<etape>/presences/liste/choix")
@open_to("organisation", "etape")
def keep_etape_columns(tour: str, etape: str) -> Any:
    """Keep the columns ticked under a name, or forget those of a name, and come back to the étape's list."""
    found = tour_queries.etape(tour, etape)
    return _kept(found.tour, found)


@door.post("/<tour>/presences/liste/choix")
@open_to("organisation")
def keep_tour_columns(tour: str) -> Any:
    """Keep the columns ticked under a name, or forget those of a name, and come back to the tour's list."""
    return _kept(tour_queries.tour(tour), None)


def _kept(tour: Tour, etape: Etape | None) -> Any:
    back = request.path.removesuffix("/choix")
    forgotten = request.form.get("oublier", 0, int)
    if forgotten:
        actions.forget_preset(act(), tour.id, forgotten)
        flash("Ce choix de colonnes est oublié.", "fait")
        return redirect(back, 303)
    try:
        kept = actions.keep_preset(
            act(), tour.id, request.form.get("nom", ""), request.form.getlist("colonnes")
        )
    except Refused as refused:
        return _page(tour, etape, refused)
    flash("Ce choix de colonnes est gardé : toute l’équipe le retrouve ici.", "fait")
    return redirect(f"{back}?choix={kept}", 303)


def _page(tour: Tour, etape: Etape | None, refused: Refused | None = None) -> Any:
    kept = presets.of_tour(tour.id)
    chosen = next((each for each in kept if each.id == request.args.get("choix", 0, int)), None)
    usual = chosen.columns if chosen else USUAL
    page = render_template(
        "organiser/attendance/liste_presences.html",
        tour=tour,
        etape=etape,
        ateliers=_choices(etape) if etape else [],
        columns=[(name, column.label) for name, column in COLUMNS.items()],
        asked=request.form.getlist("colonnes") if refused else usual,
        presets=kept,
        chosen=chosen,
        formats=[(name, words) for name, (words, _) in FORMATS.items()],
        values=request.form,
        errors={refused.field or "colonnes": refused.message} if refused else {},
    )
    return page, 422 if refused else 200


def _choices(etape: Etape) -> list[tuple[str, str]]:
    named = [
        (str(each.id), f"{each.ordre}. {each.thematique.label if each.thematique else 'Événement'}")
        for each in etape.ateliers
    ]
    return [("", "toute l’étape"), *named]


def _file(tour: Tour, etape: Etape | None, scope: Scope, where: str) -> Any:
    wanted = request.form.get("format", "")
    try:
        columns = attendance_list.chosen(request.form.getlist("colonnes"))
        if wanted not in FORMATS:
            raise Refused("Choisissez un format : classeur, CSV ou PDF.", field="format")
        content = _content(
            wanted, _title(tour, etape) if wanted == "pdf" else f"Présences {where}", scope, columns
        )
    except Refused as refused:
        return _page(tour, etape, refused)
    actions.note_export(act(), scope, wanted, columns, where)
    return download(content, FORMATS[wanted][1], f"Présences {where}.{wanted}")


def _content(wanted: str, title: str, scope: Scope, columns: tuple[str, ...]) -> bytes | Iterator[bytes]:
    rows = attendance_list.rows(scope, columns)
    if wanted == "pdf":
        return exports.pdf_file(title, columns, rows, clock.now())
    return exports.csv_file(columns, rows) if wanted == "csv" else exports.xlsx_file(title, columns, rows)


def _title(tour: Tour, etape: Etape | None) -> str:
    where = f"{etape.place_name}, {french.long_date(etape.day)}" if etape else tour.name
    return f"Liste de présence, {where}"
