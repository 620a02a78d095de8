"""At the door: a person who was not expected, in one form of at most four fields."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from tourpaca import french
from tourpaca.attendance import actions, queries, rules
from tourpaca.attendance.rules import Arrival
from tourpaca.organisations.queries import suggest
from tourpaca.organiser import door
from tourpaca.organiser.attendance.presences import Room, header, room
from tourpaca.organiser.forms.fields import one_line
from tourpaca.organiser.wall import act, open_to
from tourpaca.refusal import Refused
from tourpaca.security import new_token


@door.get("/<tour>/etapes/<etape>/presences/<int:atelier_id>/arrivee")
@open_to("organisation", "etape", "accueil")
def arrivee(tour: str, etape: str, atelier_id: int) -> Any:
    """Show the form that adds a person on the spot."""
    return _page(room(tour, etape, atelier_id), Arrival(request.args.get("nom", "")), new_token(), {}), 200


@door.post("/<tour>/etapes/<etape>/presences/<int:atelier_id>/arrivee")
@open_to("organisation", "etape", "accueil")
def add_arrival(tour: str, etape: str, atelier_id: int) -> Any:
    """Add the person, present; what is missing, and a room over its number, are said with all that was typed."""
    here, arrival = room(tour, etape, atelier_id), _read()
    nonce = request.form.get("nonce") or new_token()
    errors = rules.faults(arrival)
    if errors:
        return _page(here, arrival, nonce, errors), 422
    try:
        done = actions.walk_in(act(), here.atelier.id, arrival, nonce)
    except Refused as refused:
        if refused.field is None:
            raise
        return _page(here, arrival, nonce, {refused.field: refused.message}), 409
    flash(
        "Cette personne était attendue à cette étape : sa présence est notée."
        if done.known
        else "Présence notée, sur place.",
        "fait",
    )
    after = "organiser.saisie" if request.form.get("papier") else "organiser.appel"
    return redirect(
        url_for(after, tour=tour, etape=etape, atelier_id=atelier_id, _anchor=f"p{done.participant_id}"), 303
    )


def _read() -> Arrival:
    form = request.form
    return Arrival(*(one_line(form.get(name, "")) for name in ("name", "organisation", "email", "reason")))


def _page(here: Room, arrival: Arrival, nonce: str, errors: dict[str, str]) -> str:
    lines = queries.lines(here.atelier.id, here.etape.id)
    asked = arrival.organisation or request.args.get("organisation", "")
    return render_template(
        "organiser/attendance/arrivee.html",
        **header(here, lines),
        arrival=arrival,
        nonce=nonce,
        errors={name: french.typo(said) for name, said in errors.items()},
        names=[found.name for found in suggest(asked)] if asked else [],
        paper=bool(request.values.get("papier")),
    )
