"""Adding a person to a dossier from the contact's page: the card of the registration form, for one."""

from typing import Any

from flask import redirect, render_template, request, url_for

from tourpaca import clock
from tourpaca.french import typo
from tourpaca.public import door, registration_form
from tourpaca.public.my_registration import PRIVATE, act_of, shown
from tourpaca.refusal import Refused, Unknown
from tourpaca.registration import actions, queries, rules
from tourpaca.registration.programme import Programme
from tourpaca.registration.queries import MyRegistration
from tourpaca.registration.rules import Closed, Incomplete
from tourpaca.registration.submission import Person

NOBODY = Incomplete(())


def _whole(token: str) -> MyRegistration:
    """Return the page of a whole dossier; a person's own page adds nobody."""
    page = queries.my_registration(token, clock.now())
    if not page.whole:
        raise Unknown("Seule la personne à contacter ajoute quelqu’un à l’inscription.")
    return page


@door.get("/inscriptions/<token>/personnes")
def ask_person(token: str) -> Any:
    """Show the card of one person more, or why nobody can be added."""
    page = _whole(token)
    return _form(page, token, Person("", "")), 200, PRIVATE


def _form(page: MyRegistration, token: str, typed: Person, refusal: Incomplete = NOBODY) -> str:
    plan = queries.programme(page.tour.slug, page.etape.slug)
    return render_template(
        "public/ajouter.html",
        tour=page.tour,
        page=page,
        token=token,
        plan=plan,
        typed=typed,
        seen=len(page.people),
        errors={fault.field: typo(fault.message) for fault in reversed(refusal.faults)},
        summary=[(fault.field, typo(fault.summary)) for fault in refusal.faults],
        crowded=refusal.crowded,
        focus="",
        closed=_closed(plan),
    )


def _closed(plan: Programme) -> str:
    try:
        rules.check_open(plan, clock.now())
    except Closed as refusal:
        return typo(refusal.message)
    return ""


@door.post("/inscriptions/<token>/personnes")
def add_person(token: str) -> Any:
    """Register the person and lead back to the page; or show the card again with what is to mend."""
    page = _whole(token)
    typed, seen = registration_form.person(request.form, 0), request.form.get("vues", "")
    try:
        number = int(seen) if seen.isdecimal() else -1
        actions.add_person(act_of(page), page.dossier_id, number, typed)
    except Incomplete as refusal:
        return _form(page, token, typed, refusal), 422, PRIVATE
    except Refused as refusal:
        return shown(token, "", refusal.message), 409, PRIVATE
    return redirect(url_for("public.my_registration", token=token, fait="ajoutee"), 303)
