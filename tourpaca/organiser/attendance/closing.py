"""The end of an atelier: who was not answered for becomes absent, and the way back is offered at once."""

from typing import Any

from flask import flash, redirect, request, url_for

from tourpaca import french
from tourpaca.attendance import actions
from tourpaca.organiser import door
from tourpaca.organiser.attendance.presences import room
from tourpaca.organiser.forms import undoing
from tourpaca.organiser.wall import act, open_to
from tourpaca.security import new_token


@door.post("/<tour>/etapes/<etape>/presences/<int:atelier_id>/clore")
@open_to("organisation", "etape", "accueil")
def clore(tour: str, etape: str, atelier_id: int) -> Any:
    """Close the list of an atelier."""
    here, nonce = room(tour, etape, atelier_id), request.form.get("nonce") or new_token()
    absent = actions.close_list(act(), here.atelier.id, nonce)
    where: dict[str, Any] = {"tour": tour, "etape": etape, "atelier_id": atelier_id}
    undoing.offer(
        f"Liste close : {french.plural(absent, 'absence notée', 'absences notées')}.",
        url_for("organiser.rouvrir", **where),
        nonce=nonce,
    )
    return redirect(url_for("organiser.appel", **where), 303)


@door.post("/<tour>/etapes/<etape>/presences/<int:atelier_id>/rouvrir")
@open_to("organisation", "etape", "accueil")
def rouvrir(tour: str, etape: str, atelier_id: int) -> Any:
    """Take back the absences of a closing, but those that somebody has changed since."""
    here = room(tour, etape, atelier_id)
    back = actions.reopen_list(act(), here.atelier.id, request.form.get("nonce", ""))
    again = "personne est de nouveau sans réponse", "personnes sont de nouveau sans réponse"
    flash(french.typo(f"Liste rouverte : {french.plural(back, *again)}."), "fait")
    return redirect(url_for("organiser.appel", tour=tour, etape=etape, atelier_id=atelier_id), 303)
