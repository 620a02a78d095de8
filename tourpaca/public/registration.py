"""The registration form of an étape: one page, two requests, nothing typed is lost."""

from typing import Any

from flask import redirect, render_template, request, url_for

from tourpaca import clock
from tourpaca.french import typo
from tourpaca.journal.models import Act
from tourpaca.public import door, registration_form
from tourpaca.registration import actions, queries, rules
from tourpaca.registration.programme import Programme
from tourpaca.registration.rules import Closed, Incomplete
from tourpaca.registration.submission import Submission

NOBODY = Incomplete(())


def _form(
    plan: Programme, typed: Submission, refusal: Incomplete = NOBODY, focus: str = "", status: int = 200
) -> Any:
    page = render_template(
        "public/inscription.html",
        tour=plan.tour,
        etape=plan.etape,
        plan=plan,
        typed=typed,
        errors={fault.field: typo(fault.message) for fault in reversed(refusal.faults)},
        summary=[(fault.field, typo(fault.summary)) for fault in refusal.faults],
        crowded=refusal.crowded,
        focus=focus,
        most=rules.PEOPLE,
        blank=registration_form.NOBODY_YET,
    )
    return page, status, {"Cache-Control": "no-store"}


def _closed(plan: Programme, refusal: Closed, status: int) -> Any:
    page = render_template(
        "public/inscription_close.html",
        tour=plan.tour,
        etape=plan.etape,
        why=typo(refusal.message),
        others=queries.other_open_etapes(plan, clock.now()),
    )
    return page, status, {"Cache-Control": "no-store"}


@door.get("/tours/<tour>/etapes/<etape>/inscription")
def registration(tour: str, etape: str) -> Any:
    """Show the blank form, or why and since when nobody can register."""
    plan = queries.programme(tour, etape)
    try:
        rules.check_open(plan, clock.now())
    except Closed as refusal:
        return _closed(plan, refusal, 200)
    return _form(plan, registration_form.blank())


@door.post("/tours/<tour>/etapes/<etape>/inscription")
def register(tour: str, etape: str) -> Any:
    """Register everybody of the form and lead to their page; add or remove a person keeping what was typed."""
    typed = registration_form.read(request.form)
    changed = registration_form.rearranged(request.form, typed)
    if changed:
        focus = registration_form.next_field(request.form, changed)
        return _form(queries.programme(tour, etape), changed, focus=focus)
    try:
        done = actions.register(Act(clock.now(), "public", "Le public"), queries.etape_id(tour, etape), typed)
    except Incomplete as refusal:
        return _form(refusal.seen or queries.programme(tour, etape), typed, refusal, status=422)
    except Closed as refusal:
        return _closed(queries.programme(tour, etape), refusal, 409)
    said = "deja" if done.again else "inscription"
    return redirect(url_for("public.my_registration", token=done.token, fait=said), 303)
