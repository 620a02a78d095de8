"""The reminders of the tour: which leave by themselves, when for each étape, and what became of them."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from tourpaca import clock
from tourpaca.attendance import actions, reminders
from tourpaca.attendance.reminders import Leg
from tourpaca.french import plural, typo
from tourpaca.mail import words
from tourpaca.organiser import door
from tourpaca.organiser.wall import act, open_to
from tourpaca.tour import queries as tour_queries

TAGS = {
    reminders.PREVU: "Prévu",
    reminders.EN_DEPART: "En cours",
    reminders.PARTI: "Parti",
    reminders.MANQUE: "Manqué",
    reminders.SANS_OBJET: "Sans objet",
    reminders.ARRETE: "Interrompu",
}


@door.get("/<tour>/messages/rappels")
@open_to("organisation")
def rappels(tour: str) -> Any:
    """Show each reminder, whether it leaves by itself, and étape by étape what became of it."""
    found, now = tour_queries.tour(tour), clock.now()
    return render_template(
        "organiser/mail/rappels.html",
        tour=found,
        tab="messages",
        plans=reminders.plans(found.id, now),
        tag_of=TAGS.__getitem__,
        said=lambda leg: _said(leg, words.when(leg.due_at, now), words.when(leg.done_at or now, now)),
    )


@door.post("/<tour>/messages/rappels/<occasion>")
@open_to("organisation")
def set_rappel(tour: str, occasion: str) -> Any:
    """Let a reminder leave by itself, or stop it."""
    enabled = "activer" in request.form
    actions.set_reminder(act(), tour_queries.tour(tour).id, occasion, enabled)
    if enabled:
        flash("Le rappel partira de lui-même aux dates ci-dessous.", "fait")
    else:
        flash("Le rappel ne part plus de lui-même. Ce qui est parti reste parti.", "fait")
    return redirect(url_for("organiser.rappels", tour=tour), 303)


def _said(leg: Leg, due: str, done: str) -> str:
    """Return what is said of a reminder at an étape, in a few words after its tag."""
    hand = " à la main" if leg.by_hand else ""
    return typo(
        {
            reminders.PREVU: f"Prévu {due}",
            reminders.EN_DEPART: f"Attendu {due} : il part",
            reminders.PARTI: f"Parti{hand} {done}, à {plural(leg.letters, 'personne')}",
            reminders.MANQUE: f"Manqué : il devait partir {due}",
            reminders.SANS_OBJET: "Sans objet",
            reminders.ARRETE: "Pas activé",
        }[leg.state]
    )
