"""The programme of one étape: its créneaux, and the room and the limits of each atelier."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import redirect, render_template, request, url_for

from tourpaca.organiser import door
from tourpaca.organiser.forms import differences, rows
from tourpaca.organiser.forms.rows import Row
from tourpaca.organiser.tour.etapes import heading, tell
from tourpaca.organiser.tour.programme_fields import CRENEAU, atelier_fields
from tourpaca.organiser.wall import act, open_to
from tourpaca.refusal import Refused, Stale
from tourpaca.registration import limits, notices
from tourpaca.tour import checks, queries, rules
from tourpaca.tour.actions import creneaux as creneau_actions
from tourpaca.tour.facts import AtelierFacts, CreneauFacts

BLANKS = 1


@door.get("/<tour>/etapes/<etape>/ateliers")
@open_to("organisation", "etape")
def ateliers(tour: str, etape: str) -> Any:
    """Show the créneaux and the ateliers of an étape."""
    row = queries.etape(tour, etape)
    return _page(row, _shown_creneaux(row), _shown_ateliers(row))


def _shown_creneaux(row: Any) -> list[Row]:
    return rows.shown(CRENEAU, row.creneaux, BLANKS)


def _shown_ateliers(row: Any) -> list[Row]:
    return rows.shown(atelier_fields(row.creneaux), row.ateliers)


@door.post("/<tour>/etapes/<etape>/ateliers")
@open_to("organisation", "etape")
def save_ateliers(tour: str, etape: str) -> Any:
    """Change rooms and limits in one save; a limit under the number registered removes nobody, and says so."""
    row = queries.etape(tour, etape)
    spec = atelier_fields(row.creneaux)
    typed = rows.read(spec, request.form, row.ateliers)
    for each in typed:
        each.form.values["creneau_id"] = rows.number(each.form.typed["creneau_id"])
        each.form.blame(checks.atelier_messages(AtelierFacts(**each.form.values)))
    if rows.errors(typed, _name):
        return _page(row, _shown_creneaux(row), typed), 422
    labels = {str(each.id): _name(each) for each in row.ateliers}

    def save() -> list[str]:
        return limits.save_ateliers(act(), row.id, rows.edited(typed, AtelierFacts))

    return _answer(row, save, spec, labels, typed_ateliers=typed)


@door.post("/<tour>/etapes/<etape>/creneaux")
@open_to("organisation", "etape")
def save_creneaux(tour: str, etape: str) -> Any:
    """Change the hours of the créneaux, add one, remove the empty ones."""
    row = queries.etape(tour, etape)
    typed = rows.read(CRENEAU, request.form, row.creneaux, BLANKS)
    removed = {rows.number(each) for each in request.form.getlist("retirer")}
    kept = [each for each in typed if each.stored is None or each.stored.id not in removed]
    _blame_creneaux(row.day, kept)
    if rows.errors(kept, _slot_name):
        return _page(row, typed, _shown_ateliers(row)), 422
    labels = {str(each.id): _slot_name(each) for each in row.creneaux}

    def save() -> list[str]:
        facts = rows.edited(kept, CreneauFacts), rows.added(kept, CreneauFacts)
        return creneau_actions.save(act(), row.id, *facts, removed)

    return _answer(row, save, CRENEAU, labels, typed_creneaux=typed)


def _blame_creneaux(day: date, kept: list[Row]) -> None:
    read = [each for each in kept if each.stored is not None or each.changed]
    told = checks.creneaux_messages(day, [CreneauFacts(**each.form.values) for each in read])
    for each, messages in zip(read, told, strict=True):
        each.form.blame(messages)


def _answer(
    row: Any,
    save: Callable[[], list[str]],
    spec: Any,
    labels: dict[str, str],
    typed_creneaux: list[Row] | None = None,
    typed_ateliers: list[Row] | None = None,
) -> Any:
    back = url_for("organiser.ateliers", tour=row.tour.slug, etape=row.slug)
    try:
        told = save()
    except Stale as stale:
        return differences.of_rows(row.tour, stale, spec, labels, request.path, back)
    except Refused as refused:
        creneaux = typed_creneaux or _shown_creneaux(row)
        return _page(row, creneaux, typed_ateliers or _shown_ateliers(row), refused.message), 409
    tell("Le programme de l’étape est enregistré.", told, [row.id])
    return redirect(back, 303)


def _name(atelier: Any) -> str:
    return atelier.thematique.label if atelier.thematique else "L’événement"


def _slot_name(creneau: Any) -> str:
    return f"Créneau {creneau.ordre}"


def _page(row: Any, creneaux: list[Row], ateliers: list[Row], refusal: str = "") -> str:
    return render_template(
        "organiser/tour/ateliers.html",
        tour=row.tour,
        etape=row,
        heading=heading(row),
        creneau_fields=CRENEAU,
        atelier_fields=atelier_fields(row.creneaux),
        creneaux=creneaux,
        ateliers=ateliers,
        errors=rows.errors(creneaux, _slot_name) + rows.errors(ateliers, _name),
        refusal=refusal,
        rules=rules,
        concerned=notices.concerned(row.id),
        montre_creneaux=_as_shown("organiser.save_creneaux", _shown_creneaux(row)),
        montre_ateliers=_as_shown("organiser.save_ateliers", _shown_ateliers(row)),
    )


def _as_shown(endpoint: str, now: list[Row]) -> str:
    """Return what a form showed when it was opened: the one that comes back refused keeps its memory."""
    posted = request.form.get("montre") if request.endpoint == endpoint else None
    return posted or rows.as_shown(now)
