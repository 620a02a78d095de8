"""The hours and the registrations of every étape of a tour: one table, one save."""

from typing import Any

from flask import redirect, render_template, request, url_for

from tourpaca.organiser import door
from tourpaca.organiser.forms import differences, rows
from tourpaca.organiser.forms.rows import Row
from tourpaca.organiser.tour.etapes import tell
from tourpaca.organiser.tour.programme_fields import SCHEDULE
from tourpaca.organiser.wall import act, open_to
from tourpaca.refusal import Stale
from tourpaca.tour import checks, queries, rules
from tourpaca.tour.actions import etapes as actions
from tourpaca.tour.facts import ScheduleFacts


@door.get("/<tour>/horaires")
@open_to("organisation")
def schedule(tour: str) -> Any:
    """Show the hours, the opening and the closing of every étape."""
    row = queries.tour(tour)
    return _page(row, rows.shown(SCHEDULE, queries.etapes(tour)))


@door.post("/<tour>/horaires")
@open_to("organisation")
def save_schedule(tour: str) -> Any:
    """Set them all at once, or show what somebody else saved meanwhile."""
    row, etapes = queries.tour(tour), queries.etapes(tour)
    typed = rows.read(SCHEDULE, request.form, etapes)
    for each in typed:
        each.form.blame(checks.schedule_messages(each.stored.day, ScheduleFacts(**each.form.values)))
    if rows.errors(typed, rules.place):
        return _page(row, typed), 422
    address = url_for("organiser.schedule", tour=tour)
    try:
        told = actions.save_schedules(act(), row.id, rows.edited(typed, ScheduleFacts))
    except Stale as stale:
        labels = {str(etape.id): rules.place(etape) for etape in etapes}
        return differences.of_rows(row, stale, SCHEDULE, labels, address, address)
    tell("Les horaires et les inscriptions sont enregistrés.", told, [etape.id for etape in etapes])
    return redirect(address, 303)


def _page(row: Any, typed: list[Row]) -> str:
    return render_template(
        "organiser/tour/horaires.html",
        tour=row,
        fields=SCHEDULE,
        rows=typed,
        errors=rows.errors(typed, rules.place),
        rules=rules,
        montre=request.form.get("montre") or rows.as_shown(typed),
    )
