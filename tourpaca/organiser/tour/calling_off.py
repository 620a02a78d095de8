"""Cancelling an atelier, by hand alone: who comes, who waits and what is open instead are read first."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from tourpaca import clock
from tourpaca.attendance import actions, counts
from tourpaca.french import typo
from tourpaca.organiser import door
from tourpaca.organiser.forms import rows
from tourpaca.organiser.tour.etapes import heading
from tourpaca.organiser.wall import act, open_to
from tourpaca.refusal import Refused, Unknown
from tourpaca.registration import instead, notices
from tourpaca.registration.submission import line
from tourpaca.tour import queries, rules

WHERE = "/<tour>/etapes/<etape>/ateliers/<int:atelier_id>/annuler"


@door.get(WHERE)
@open_to("organisation", "etape")
def ask_cancel_atelier(tour: str, etape: str, atelier_id: int) -> Any:
    """Say who comes and waits, what each receives, and what is open instead; nothing is changed."""
    return _page(_atelier(tour, etape, atelier_id))


def _atelier(tour: str, etape: str, atelier_id: int) -> Any:
    """Return an atelier of the étape in the address; any other looks missing, and so does the whole of an event."""
    ateliers = (
        each for each in queries.etape(tour, etape).ateliers if each.id == atelier_id and each.thematique
    )
    found = next(ateliers, None)
    if found is None:
        raise Unknown("Cet atelier n’est plus au programme de cette étape.")
    return found


@door.post(WHERE)
@open_to("organisation", "etape")
def cancel_atelier(tour: str, etape: str, atelier_id: int) -> Any:
    """Cancel and tell everybody; or show what is true now, with why nothing was done."""
    atelier = _atelier(tour, etape, atelier_id)
    reason, seen = line(request.form.get("reason", "")), rows.number(request.form.get("seen", ""))
    try:
        done = actions.cancel_atelier(act(), atelier.id, seen, reason)
    except Refused as refused:
        return _page(_atelier(tour, etape, atelier_id), refused.message, reason), 409
    told = (
        "L’atelier est annulé : les messages partent."
        if done
        else "Cet atelier était déjà annulé : rien n’est parti."
    )
    flash(typo(told), "fait")
    return redirect(url_for("organiser.etape", tour=tour, etape=etape), 303)


def _page(atelier: Any, refusal: str = "", reason: str = "") -> str:
    etape, now = atelier.etape, clock.now()
    people = notices.affected(etape.id, atelier.id)
    return render_template(
        "organiser/tour/atelier_annuler.html",
        tour=etape.tour,
        etape=etape,
        heading=heading(etape),
        atelier=atelier,
        over=rules.end(etape) <= now,
        noted=counts.noted_in(atelier.id),
        coming=[each for each in people if not each.waiting],
        waiting=[each for each in people if each.waiting],
        instead=instead.of(atelier, now),
        refusal=typo(refusal),
        reason=reason,
    )
