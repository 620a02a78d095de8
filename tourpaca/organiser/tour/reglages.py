"""A tour itself: making it, describing it, publishing it and taking it off the public site."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from tourpaca import clock
from tourpaca.organiser import door
from tourpaca.organiser.forms import differences, fields
from tourpaca.organiser.forms.fields import Form
from tourpaca.organiser.tour.programme_fields import ORGANISER_NAME, TOUR, TOUR_NAME, TOUR_PARTS
from tourpaca.organiser.wall import act, open_to
from tourpaca.refusal import Refused, Stale
from tourpaca.tour import checks, programme, queries, rules, words
from tourpaca.tour.actions import tours as actions
from tourpaca.tour.facts import TourFacts


@door.get("/tours/nouvelle")
@open_to("organisation")
def new_tour() -> Any:
    """Ask for the name of a new tour: it is enough."""
    return _new_page(fields.blank([TOUR_NAME]))


@door.post("/tours/nouvelle")
@open_to("organisation")
def create_tour() -> Any:
    """Make the tour, invisible to the public, and go on to its étapes."""
    form = fields.read([TOUR_NAME], request.form)
    form.blame(checks.tour_messages(TourFacts(**form.values)))
    if form.errors:
        return _new_page(form), 422
    slug = actions.create(act(), TourFacts(**form.values))
    flash("La tournée est créée. Personne ne la voit encore. Ajoutez sa première étape.", "fait")
    return redirect(url_for("organiser.new_etape", tour=slug), 303)


def _new_page(form: Form) -> str:
    return render_template("organiser/tour/tour_nouveau.html", fields=[TOUR_NAME], form=form, tour=None)


@door.get("/<tour>/reglages")
@open_to("organisation")
def settings(tour: str) -> Any:
    """Show what the tour says of itself."""
    row = queries.tour(tour)
    return _settings_page(row, fields.shown(TOUR, row))


@door.post("/<tour>/reglages")
@open_to("organisation")
def save_settings(tour: str) -> Any:
    """Change what the tour says of itself, or show what somebody else saved meanwhile."""
    row, form = queries.tour(tour), fields.read(TOUR, request.form)
    form.blame(checks.tour_messages(TourFacts(**form.values)))
    if row.published_at:
        form.blame(checks.publication_messages(form.values["organiser_name"]))
    if form.errors:
        return _settings_page(row, form), 422
    address = url_for("organiser.settings", tour=tour)
    try:
        actions.edit(act(), row.id, fields.version(request.form), TourFacts(**form.values))
    except Stale as stale:
        return differences.of_page(row, stale, TOUR, address, address)
    flash("Les réglages sont enregistrés.", "fait")
    return redirect(address, 303)


def _settings_page(row: Any, form: Form) -> str:
    version = request.form.get("version", row.version)
    montre = request.form.get("montre") or fields.as_shown(form)
    return render_template(
        "organiser/tour/reglages.html", tour=row, parts=TOUR_PARTS, form=form, version=version, montre=montre
    )


@door.get("/<tour>/publication")
@open_to("organisation")
def publication(tour: str) -> Any:
    """Say what publishing, or withdrawing, will change, in numbers, before the button."""
    return _publication_page(tour, fields.blank([ORGANISER_NAME]))


def _publication_page(slug: str, form: Form) -> str:
    tour, seen = queries.tour(slug), programme.of(slug)
    lines = [(rules.heading(etape), words.etape(etape, words.Held(), clock.now())) for etape in seen.etapes]
    people = sum(etape.people for etape in seen.etapes)
    return render_template(
        "organiser/tour/publication.html",
        tour=tour,
        lines=lines,
        people=people,
        form=form,
        organiser=ORGANISER_NAME,
    )


@door.post("/<tour>/publication")
@open_to("organisation")
def publish(tour: str) -> Any:
    """Show the tour to the public, or ask who organises it."""
    form = fields.read([ORGANISER_NAME], request.form)
    try:
        actions.publish(act(), queries.tour(tour).id, **form.values)
    except Refused as refused:
        form.blame({str(refused.field): refused.message})
        return _publication_page(tour, form), 422
    flash("La tournée est publiée. Elle se retire du site public sur cette même page.", "fait")
    return redirect(url_for("organiser.publication", tour=tour), 303)


@door.post("/<tour>/publication/retirer")
@open_to("organisation")
def unpublish(tour: str) -> Any:
    """Hide the tour from the public; nothing is lost."""
    actions.unpublish(act(), queries.tour(tour).id)
    flash("La tournée n’est plus visible du public. Rien n’est effacé.", "fait")
    return redirect(url_for("organiser.publication", tour=tour), 303)
