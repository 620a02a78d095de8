"""The team itself: who has access, to what, and inviting or closing an access."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from tourpaca import clock
from tourpaca.accounts import actions, queries, rules
from tourpaca.french import plain_date
from tourpaca.mail import words
from tourpaca.organiser import door
from tourpaca.organiser.forms.fields import one_line
from tourpaca.organiser.wall import act, open_to
from tourpaca.refusal import Refused
from tourpaca.tour import queries as tour_queries


def _page(errors: dict[str, str], status: int = 200) -> Any:
    etapes = tour_queries.all_etapes()
    page = render_template(
        "organiser/accounts/membres.html",
        members=queries.members(),
        letters=queries.last_letters(),
        words=words,
        now=clock.now(),
        roles=rules.ROLE_NAMES,
        etapes=etapes,
        etape_choices=[(each.id, f"{each.place_name}, {plain_date(each.day)}") for each in etapes],
        values=request.form,
        errors=errors,
    )
    return page, status


@door.get("/membres")
@open_to("organisation")
def membres() -> Any:
    """Show the team and the form that invites."""
    return _page({})


@door.post("/membres")
@open_to("organisation")
def invite() -> Any:
    """Invite somebody: the link leaves by letter and is shown once."""
    form = request.form
    etape_id = int(form["etape_id"]) if form.get("etape_id", "").isdigit() else None
    try:
        token = actions.invite(
            act(),
            form.get("email", ""),
            form.get("role", ""),
            one_line(form.get("name", "")),
            etape_id,
            by_letter=True,
        )
    except Refused as refused:
        return _page({refused.field or "email": refused.message}, 422)
    link = url_for("organiser.link", token=token)
    flash(
        f"L’invitation part par courriel. Elle peut aussi être donnée de la main à la main : {link}",
        "fait",
    )
    return redirect(url_for("organiser.membres"), 303)


@door.post("/membres/<int:member_id>/fermer")
@open_to("organisation")
def close_access(member_id: int) -> Any:
    """Close a member's access and end their sessions."""
    actions.disable(act(), queries.member(member_id).id)
    flash("L’accès est fermé, et les sessions ouvertes avec lui.", "fait")
    return redirect(url_for("organiser.membres"), 303)
