"""Moving a person to another atelier of their étape, in the name of the team, even once the étape has begun."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from tourpaca import clock
from tourpaca.french import typo
from tourpaca.organiser import door
from tourpaca.organiser.forms import rows
from tourpaca.organiser.wall import act, open_to
from tourpaca.refusal import Refused
from tourpaca.registration import actions, choices, lists, queries
from tourpaca.registration.models import CONFIRMEE
from tourpaca.registration.submission import Wish, line
from tourpaca.tour import queries as tour_queries

WHERE = "/<tour>/inscriptions/personnes/<int:participant_id>/ateliers"


@door.get(WHERE)
@open_to("organisation", "etape")
def ask_move_person(tour: str, participant_id: int) -> Any:
    """Show the ateliers of each créneau, what is left there and which limit blocks; nothing is changed."""
    return _page(tour, participant_id)


@door.post(WHERE)
@open_to("organisation", "etape")
def move_person(tour: str, participant_id: int) -> Any:
    """Give the person another atelier, or a rank where it is full; or show what is true now, with why not."""
    person = lists.person(tour_queries.tour(tour).id, participant_id, current_user.etape_id)
    reason = line(request.form.get("reason", ""))
    try:
        state = actions.choose_atelier(act(), person.participant_id, _wish(), reason)
    except Refused as refused:
        return _page(tour, participant_id, refused.message, reason), 409
    told = "La place est prise" if state == CONFIRMEE else "Le rang est pris sur la liste d’attente"
    flash(typo(f"{told} : la personne reçoit son message."), "fait")
    return redirect(url_for("organiser.registrations", tour=tour), 303)


def _wish() -> Wish:
    """Return what was pressed: "créneau-atelier", with "-attente" where waiting was accepted."""
    creneau, atelier, *waits = (*request.form.get("atelier", "").split("-"), "", "")[:3]
    return Wish(rows.number(creneau), rows.number(atelier), waits == ["attente"])


def _page(tour: str, participant_id: int, refusal: str = "", reason: str = "") -> str:
    found = tour_queries.tour(tour)
    person = lists.person(found.id, participant_id, current_user.etape_id)
    page = queries.of_participant(person.participant_id, clock.now())
    return render_template(
        "organiser/registration/changer.html",
        tour=found,
        tab="inscriptions",
        person=person,
        page=page,
        choices=choices.of_person(page, person.participant_id),
        refusal=typo(refusal),
        reason=reason,
    )
