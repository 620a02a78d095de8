"""The étapes of a tour: the list, adding one, editing one, duplicating one, removing an empty one."""

from collections.abc import Collection
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from tourpaca import clock
from tourpaca.french import long_date, typo
from tourpaca.organiser import door
from tourpaca.organiser.forms import differences, fields
from tourpaca.organiser.forms.fields import Form
from tourpaca.organiser.tour import announced
from tourpaca.organiser.tour.programme_fields import ETAPE, ETAPE_PARTS, WHEN_AND_WHERE
from tourpaca.organiser.wall import act, open_to
from tourpaca.refusal import Refused, Stale
from tourpaca.registration import limits, notices
from tourpaca.tour import checks, queries, rules
from tourpaca.tour.actions import duplication
from tourpaca.tour.actions import etapes as actions
from tourpaca.tour.facts import EtapeFacts
from tourpaca.tour.models import CAPITALISATION, MATINEE


@door.get("/<tour>/etapes")
@open_to("organisation", "etape", "accueil", "lecture")
def etapes(tour: str) -> Any:
    """List the étapes; a member bound to one sees only that one."""
    row = queries.tour(tour)
    listed = [
        (etape, rules.opening(etape, clock.now())) for etape in queries.etapes(tour, current_user.etape_id)
    ]
    return render_template("organiser/tour/etapes.html", tour=row, etapes=listed, rules=rules)


@door.get("/<tour>/etapes/nouvelle")
@open_to("organisation")
def new_etape(tour: str) -> Any:
    """Ask for a new étape: a day and a département are enough."""
    return _new_page(queries.tour(tour), fields.blank(WHEN_AND_WHERE))


@door.post("/<tour>/etapes/nouvelle")
@open_to("organisation")
def create_etape(tour: str) -> Any:
    """Add the étape; an event of capitalisation receives its only atelier."""
    row, form = queries.tour(tour), fields.read(WHEN_AND_WHERE, request.form)
    form.blame(checks.etape_messages(EtapeFacts(**form.values)))
    if form.errors:
        return _new_page(row, form), 422
    slug = actions.create(act(), row.id, EtapeFacts(**form.values), _kind())
    flash("L’étape est ajoutée. Tout le reste peut venir plus tard.", "fait")
    return redirect(url_for("organiser.edit_etape", tour=tour, etape=slug), 303)


def _kind() -> str:
    return CAPITALISATION if request.form.get("kind") == CAPITALISATION else MATINEE


def _new_page(tour: Any, form: Form) -> str:
    return render_template(
        "organiser/tour/etape_nouvelle.html", tour=tour, fields=WHEN_AND_WHERE, form=form, kind=_kind()
    )


@door.get("/<tour>/etapes/<etape>/modifier")
@open_to("organisation", "etape")
def edit_etape(tour: str, etape: str) -> Any:
    """Show everything that can be said of an étape."""
    row = queries.etape(tour, etape)
    return _edit_page(row, fields.shown(ETAPE, row))


@door.post("/<tour>/etapes/<etape>/modifier")
@open_to("organisation", "etape")
def save_etape(tour: str, etape: str) -> Any:
    """Change an étape, or show what somebody else saved meanwhile."""
    row, form = queries.etape(tour, etape), fields.read(ETAPE, request.form)
    form.blame(checks.etape_messages(EtapeFacts(**form.values)))
    if form.errors:
        return _edit_page(row, form), 422
    address = url_for("organiser.edit_etape", tour=tour, etape=etape)
    try:
        told = limits.edit_etape(act(), row.id, fields.version(request.form), EtapeFacts(**form.values))
    except Stale as stale:
        return differences.of_page(row.tour, stale, ETAPE, address, address)
    tell("L’étape est enregistrée.", told, [row.id])
    return redirect(address, 303)


def tell(done: str, told: list[str], etape_ids: Collection[int] = ()) -> None:
    """Say after the redirect what was done, who is told of it and when, and what is good to know."""
    soon = announced.soon(etape_ids) if etape_ids else ""
    flash([done, typo(soon)] if soon else done, "fait")  # type: ignore[arg-type]
    for sentence in told:
        flash(sentence, "attention")


def heading(etape: Any) -> str:
    """Return how the team's pages call an étape: "Nice, mardi 30 janvier 2018"."""
    return f"{rules.place(etape)}, {long_date(etape.day)}"


def _edit_page(row: Any, form: Form) -> str:
    version = request.form.get("version", row.version)
    montre = request.form.get("montre") or fields.as_shown(form)
    return _page(
        "organiser/tour/etape_modifier.html",
        row,
        parts=ETAPE_PARTS,
        concerned=notices.concerned(row.id),
        form=form,
        version=version,
        montre=montre,
    )


def _page(template: str, row: Any, **said: Any) -> str:
    return render_template(template, tour=row.tour, etape=row, heading=heading(row), **said)


@door.get("/<tour>/etapes/<etape>/dupliquer")
@open_to("organisation")
def duplicate_form(tour: str, etape: str) -> Any:
    """Ask for the day and the place of the same étape elsewhere."""
    row = queries.etape(tour, etape)
    return _duplicate_page(row, fields.blank(WHEN_AND_WHERE, departement=row.departement))


@door.post("/<tour>/etapes/<etape>/dupliquer")
@open_to("organisation")
def duplicate_etape(tour: str, etape: str) -> Any:
    """Make the same étape on another day, without anybody in it."""
    row, form = queries.etape(tour, etape), fields.read(WHEN_AND_WHERE, request.form)
    form.blame(checks.etape_messages(EtapeFacts(**form.values)))
    if form.errors:
        return _duplicate_page(row, form), 422
    try:
        slug = duplication.duplicate(act(), row.id, duplication.Elsewhere(**form.values))
    except Refused as refused:
        form.blame({"day": refused.message})
        return _duplicate_page(row, form), 422
    flash("L’étape est reprise. Relisez le lieu, l’accès et le contact.", "fait")
    return redirect(url_for("organiser.edit_etape", tour=tour, etape=slug), 303)


def _duplicate_page(row: Any, form: Form) -> str:
    return _page("organiser/tour/etape_dupliquer.html", row, fields=WHEN_AND_WHERE, form=form)


@door.get("/<tour>/etapes/<etape>/retirer")
@open_to("organisation")
def remove_etape_form(tour: str, etape: str) -> Any:
    """Say what removing an étape takes away, before the button."""
    return _page("organiser/tour/etape_retirer.html", queries.etape(tour, etape))


@door.post("/<tour>/etapes/<etape>/retirer")
@open_to("organisation")
def remove_etape(tour: str, etape: str) -> Any:
    """Remove an étape where nobody ever registered."""
    try:
        actions.remove(act(), queries.etape(tour, etape).id)
    except Refused as refused:
        flash(refused.message, "refus")
        return redirect(url_for("organiser.remove_etape_form", tour=tour, etape=etape), 303)
    flash("L’étape est retirée.", "fait")
    return redirect(url_for("organiser.etapes", tour=tour), 303)
