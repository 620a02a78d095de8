"""The thématiques of a tour: one table, one save."""

from typing import Any

from flask import redirect, render_template, request, url_for

from tourpaca.organiser import door
from tourpaca.organiser.forms import differences, rows
from tourpaca.organiser.forms.rows import Row
from tourpaca.organiser.tour.etapes import tell
from tourpaca.organiser.tour.programme_fields import THEMATIQUE
from tourpaca.organiser.wall import act, open_to
from tourpaca.refusal import Refused, Stale
from tourpaca.tour import checks, queries
from tourpaca.tour.actions import thematiques as actions
from tourpaca.tour.facts import Move, ThematiqueFacts

BLANKS = 4
STEPS = {"monter": -1, "descendre": 1}
BLANK = {"creneau_ordre": "1"}


@door.get("/<tour>/thematiques")
@open_to("organisation")
def thematiques(tour: str) -> Any:
    """Show the thématiques and a few blank rows."""
    row = queries.tour(tour)
    return _page(row, rows.shown(THEMATIQUE, row.thematiques, BLANKS, **BLANK))


@door.post("/<tour>/thematiques")
@open_to("organisation")
def save_thematiques(tour: str) -> Any:
    """Change, add, remove and move thématiques in one save; a title changed is changed at every étape."""
    row = queries.tour(tour)
    typed = _read(row)
    if rows.errors(typed, _name):
        return _page(row, typed), 422
    address = url_for("organiser.thematiques", tour=tour)
    try:
        _save(row, typed)
    except Stale as stale:
        labels = {str(each.id): _name(each) for each in row.thematiques}
        return differences.of_rows(row, stale, THEMATIQUE, labels, address, address)
    except Refused as refused:
        return _page(row, _read(row), refused.message), 409
    tell("Les thématiques sont enregistrées.", [])
    return redirect(address, 303)


def _read(row: Any) -> list[Row]:
    typed = rows.read(THEMATIQUE, request.form, row.thematiques, BLANKS, **BLANK)
    for each in typed:
        if each.changed:
            each.form.blame(checks.thematique_messages(ThematiqueFacts(**each.form.values)))
    return typed


def _save(row: Any, typed: list[Row]) -> None:
    removed = {int(each) for each in request.form.getlist("retirer") if each.isdigit()}
    kept = [each for each in typed if each.stored is None or each.stored.id not in removed]
    edited, added = rows.edited(kept, ThematiqueFacts), rows.added(kept, ThematiqueFacts)
    actions.save(act(), row.id, edited, added, removed, _move())


def _move() -> Move | None:
    """Return the step that an arrow asks for: its button says the verb and the thématique, « monter:3 »."""
    verb, _, number = request.form.get("geste", "").partition(":")
    if verb not in STEPS:
        return None
    seen = tuple(rows.number(each) for each in request.form.get("ordre", "").split(","))
    return Move(rows.number(number), STEPS[verb], seen)


def _name(thematique: Any) -> str:
    return str(thematique.label)


def _page(row: Any, typed: list[Row], refusal: str = "") -> str:
    return render_template(
        "organiser/tour/thematiques.html",
        tour=row,
        fields=THEMATIQUE,
        rows=typed,
        errors=rows.errors(typed, _name),
        refusal=refusal,
        montre=request.form.get("montre") or rows.as_shown(typed),
    )
