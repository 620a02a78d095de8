"""Changing atelier from the personal page: what a créneau offers, and the sending that takes a place or a rank."""

from typing import Any

from flask import redirect, render_template, request, url_for

from tourpaca import clock
from tourpaca.french import typo
from tourpaca.public import door
from tourpaca.public.my_registration import ASK_THE_TEAM, PRIVATE, act_of, closed
from tourpaca.public.registration_form import CHOICE
from tourpaca.refusal import Refused
from tourpaca.registration import actions, choices, queries
from tourpaca.registration.models import CONFIRMEE
from tourpaca.registration.submission import Wish

WHERE = "/inscriptions/<token>/personnes/<int:participant_id>/creneaux/<int:creneau_id>"


@door.get(WHERE)
def ask_choice(token: str, participant_id: int, creneau_id: int) -> Any:
    """Show the ateliers of a créneau, with what is left in each; nothing is changed."""
    return _page(token, participant_id, creneau_id), 200, PRIVATE


def _page(token: str, participant_id: int, creneau_id: int, refusal: str = "") -> str:
    page = queries.my_registration(token, clock.now())
    choice = choices.choice(page, participant_id, creneau_id)
    return render_template(
        "public/changer.html",
        tour=page.tour,
        page=page,
        token=token,
        choice=choice,
        closed=closed(page, choice.person),
        ask_the_team=ASK_THE_TEAM,
        refusal=typo(refusal),
    )


@door.post(WHERE)
def choose(token: str, participant_id: int, creneau_id: int) -> Any:
    """Take a place, or a rank where waiting was accepted; or show what is true now with why nothing was done."""
    page = queries.my_registration(token, clock.now())
    (person,) = page.people_of(participant_id)
    try:
        state = actions.choose_atelier(act_of(page, person), person.participant_id, _wish(creneau_id))
    except Refused as refusal:
        return _page(token, participant_id, creneau_id, refusal.message), 409, PRIVATE
    said = "choisie" if state == CONFIRMEE else "rang"
    return redirect(url_for("public.my_registration", token=token, fait=said), 303)


def _wish(creneau_id: int) -> Wish:
    """Return what was chosen; what is not a choice is no atelier, which the rule refuses."""
    typed = CHOICE.fullmatch(request.form.get("atelier", ""))
    return Wish(creneau_id, int(typed[1]), bool(typed[2])) if typed else Wish(creneau_id, 0)
