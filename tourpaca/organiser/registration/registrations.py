"""The team's « Inscriptions »: who is registered, who waits; giving a free place, cancelling a person."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from tourpaca.mail import returns
from tourpaca.organiser import door
from tourpaca.organiser.wall import act, open_to
from tourpaca.refusal import Refused, Unknown
from tourpaca.registration import actions, lists, unreachable
from tourpaca.registration.submission import line
from tourpaca.tour import queries as tour_queries


def _asked_etape(tour: str) -> int | None:
    """Return the étape to show: the member's own when bound to one, else the one chosen, else none."""
    if current_user.etape_id is not None:
        return int(current_user.etape_id)
    chosen = request.args.get("etape", "")
    found = tour_queries.etape_id(tour, chosen) if chosen else None
    if chosen and found is None:
        raise Unknown("Cette étape n’existe pas.")
    return found


def _page_number() -> int:
    asked = request.args.get("page", "1")
    return max(int(asked), 1) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 1


@door.get("/<tour>/inscriptions")
@open_to("organisation", "etape", "lecture")
def registrations(tour: str) -> Any:
    """Show the waiting lists, then the people, by search, étape and state."""
    found, etape_id = tour_queries.tour(tour), _asked_etape(tour)
    text, state = request.args.get("q", "")[:100], request.args.get("etat", lists.VIENNENT)
    silent = unreachable.people(found.id, etape_id)
    return render_template(
        "organiser/registration/inscriptions.html",
        tour=found,
        tab="inscriptions",
        page=lists.people(found.id, etape_id, text, state, _page_number(), silent),
        silent=silent,
        queues=lists.queues(found.id, etape_id),
        etapes=[] if current_user.etape_id else found.etapes,
        asked={"q": text, "etat": state, "etape": request.args.get("etape", "")},
        may_act=current_user.role in {"organisation", "etape"},
    )


@door.post("/<tour>/inscriptions/places/<int:place_id>/donner")
@open_to("organisation", "etape")
def give_place(tour: str, place_id: int) -> Any:
    """Give a free place to somebody who waits."""
    place = lists.waiting_place(tour_queries.tour(tour).id, place_id, current_user.etape_id)
    actions.promote(act(), place, line(request.form.get(f"reason-{place_id}", "")))
    flash("La place est donnée. La personne reçoit son message et son rendez-vous.", "fait")
    return redirect(url_for("organiser.registrations", tour=tour), 303)


@door.get("/<tour>/inscriptions/personnes/<int:participant_id>/annuler")
@open_to("organisation", "etape")
def ask_cancel_person(tour: str, participant_id: int) -> Any:
    """Say what goes, who is told and what stays; nothing is changed."""
    found = tour_queries.tour(tour)
    person = lists.person(found.id, participant_id, current_user.etape_id)
    return render_template(
        "organiser/registration/inscription_annuler.html", tour=found, tab="inscriptions", person=person
    )


@door.post("/<tour>/inscriptions/personnes/<int:participant_id>/annuler")
@open_to("organisation", "etape")
def cancel_person(tour: str, participant_id: int) -> Any:
    """Cancel one person, at any time."""
    person = lists.person(tour_queries.tour(tour).id, participant_id, current_user.etape_id)
    actions.cancel_participant(act(), person.participant_id)
    flash("L’inscription est annulée. La personne et son contact reçoivent un message.", "fait")
    return redirect(url_for("organiser.registrations", tour=tour), 303)


@door.post("/<tour>/inscriptions/personnes/<int:participant_id>/adresse-bonne")
@open_to("organisation", "etape")
def trust_address(tour: str, participant_id: int) -> Any:
    """Take the mark off a person's address: it is written to again."""
    found = tour_queries.tour(tour)
    person = lists.person(found.id, participant_id, current_user.etape_id)
    try:
        returns.clear(act(), person.email, found.id, current_user.etape_id)
        flash("L’adresse est tenue pour bonne : elle reçoit de nouveau nos messages.", "fait")
    except Refused as refused:
        flash(refused.message, "refus")
    return redirect(url_for("organiser.registrations", tour=tour), 303)
