"""The grid thématique × étape: a cell ticked is an atelier; one save for the whole grid."""

from collections.abc import Iterable
from typing import Any

from flask import redirect, render_template, request, url_for

from tourpaca.organiser import door
from tourpaca.organiser.forms import fields
from tourpaca.organiser.tour.etapes import tell
from tourpaca.organiser.tour.programme_fields import NEW_ATELIERS
from tourpaca.organiser.wall import act, open_to
from tourpaca.refusal import Refused
from tourpaca.tour import checks, queries, rules
from tourpaca.tour.actions import ateliers as actions
from tourpaca.tour.actions.ateliers import Cell, NewLimits
from tourpaca.tour.models import MATINEE


@door.get("/<tour>/programme")
@open_to("organisation")
def programme(tour: str) -> Any:
    """Show the grid."""
    return _page(tour, fields.blank(NEW_ATELIERS))


@door.post("/<tour>/programme")
@open_to("organisation")
def save_programme(tour: str) -> Any:
    """Make the ateliers of the cells ticked, remove those of the cells unticked."""
    form = fields.read(NEW_ATELIERS, request.form)
    limits = NewLimits(**form.values)
    form.blame(checks.limits_messages(limits.capacity, None, limits.minimum))
    if form.errors:
        return _page(tour, form), 422
    before, after = _cells("avant"), _cells("cellule")
    try:
        actions.save_grid(act(), queries.tour(tour).id, after - before, before - after, limits)
    except Refused as refused:
        return _page(tour, form, refused.message), 409
    tell("Le programme est enregistré.", [])
    return redirect(url_for("organiser.programme", tour=tour), 303)


def _cells(name: str) -> set[Cell]:
    """Read cells written "étape-thématique"; anything else was not written by this page."""
    pairs = (text.split("-") for text in request.form.getlist(name))
    return {
        Cell(int(pair[0]), int(pair[1])) for pair in pairs if len(pair) == 2 and all(map(str.isdigit, pair))
    }


def _page(tour: str, form: fields.Form, refusal: str = "") -> str:
    row = queries.tour(tour)
    etapes = [etape for etape in queries.etapes(tour) if etape.kind == MATINEE]
    held = {(a.etape_id, a.thematique_id): a for etape in etapes for a in etape.ateliers}
    ticked = (
        {(cell.etape_id, cell.thematique_id) for cell in _cells("cellule")} if request.form else set(held)
    )
    return render_template(
        "organiser/tour/programme.html",
        tour=row,
        etapes=etapes,
        bands=_bands(row.thematiques),
        held=held,
        ticked=ticked,
        before={(cell.etape_id, cell.thematique_id) for cell in _cells("avant")}
        if request.form
        else set(held),
        fields=NEW_ATELIERS,
        form=form,
        refusal=refusal,
        rules=rules,
    )


def _bands(thematiques: Iterable[Any]) -> list[tuple[int, list[Any]]]:
    numbers = sorted({each.creneau_ordre for each in thematiques})
    return [(number, [each for each in thematiques if each.creneau_ordre == number]) for number in numbers]
