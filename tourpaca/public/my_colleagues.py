"""Giving a place to a colleague from the personal page."""

from typing import Any

from flask import redirect, render_template, request, url_for

from tourpaca import clock
from tourpaca.french import typo
from tourpaca.public import door, registration_form
from tourpaca.public.my_registration import ASK_THE_TEAM, PRIVATE, act_of, closed, shown
from tourpaca.refusal import Refused, Unknown
from tourpaca.registration import actions, queries
from tourpaca.registration.queries import MyRegistration
from tourpaca.registration.rules import Fault, Incomplete
from tourpaca.registration.submission import Person

WHERE = "/inscriptions/<token>/personnes/<int:participant_id>/ceder"


@door.get(WHERE)
def ask_cede(token: str, participant_id: int) -> Any:
    """Say what the colleague would get and what ends, with the form that names them; nothing is changed."""
    page = queries.my_registration(token, clock.now())
    return _page(page, token, participant_id, Person("", "")), 200, PRIVATE


def _page(
    page: MyRegistration, token: str, participant_id: int, typed: Person, faults: tuple[Fault, ...] = ()
) -> str:
    (person,) = page.people_of(participant_id)
    return render_template(
        "public/ceder.html",
        tour=page.tour,
        page=page,
        token=token,
        person=person,
        closed=closed(page, person),
        ask_the_team=ASK_THE_TEAM,
        typed=typed,
        errors={fault.field: typo(fault.message) for fault in faults},
        summary=[(fault.field, typo(fault.summary)) for fault in faults],
    )


@door.post(WHERE)
def cede(token: str, participant_id: int) -> Any:
    """Give the place; who did it from a page of their own has none any more, and is told so."""
    page = queries.my_registration(token, clock.now())
    giver = next((person for person in page.people if person.participant_id == participant_id), None)
    if giver is None:
        raise Unknown("Cette personne n’est pas dans cette inscription.")
    typed = registration_form.person(request.form, 0)
    try:
        actions.cede_place(act_of(page, giver), participant_id, typed)
    except Incomplete as refusal:
        return _page(page, token, participant_id, typed, refusal.faults), 422, PRIVATE
    except Refused as refusal:
        return shown(token, "", refusal.message), 409, PRIVATE
    if page.whole:
        return redirect(url_for("public.my_registration", token=token, fait="cedee"), 303)
    return render_template("public/cedee.html", tour=page.tour, etape=page.etape), 200, PRIVATE
