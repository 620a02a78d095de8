"""Coming in and going out: password, one-time link, forgotten password."""

import re
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_login import current_user

from tourpaca import clock
from tourpaca.accounts import actions, queries
from tourpaca.journal.models import Act
from tourpaca.organiser import door
from tourpaca.organiser.accounts.sessions import close_session, open_session
from tourpaca.organiser.wall import act, open_to
from tourpaca.refusal import Refused

INSIDE = re.compile(r"/equipe/(?!/)[\w./?=&%-]*")


def _stranger() -> Act:
    return Act(clock.now(), "public", "Une personne non connectée")


def inside(address: str) -> str:
    """Return an address of this door, or its first page when the one asked for could lead off the site."""
    return address if INSIDE.fullmatch(address) else url_for("organiser.tours")


@door.get("/connexion")
@open_to("tous")
def sign_in() -> Any:
    """Show the sign-in form."""
    return render_template("organiser/accounts/connexion.html", values=request.args, errors={})


@door.post("/connexion")
@open_to("tous")
def do_sign_in() -> Any:
    """Open a session, or say beside the field what does not go together."""
    form = request.form
    try:
        token = actions.sign_in(
            _stranger(), form.get("email", ""), form.get("password", ""), request.remote_addr or ""
        )
    except Refused as refused:
        errors = {refused.field: refused.message}
        return render_template("organiser/accounts/connexion.html", values=form, errors=errors), 422
    open_session(token)
    return redirect(inside(form.get("suite", "")), 303)


@door.post("/lien")
@open_to("tous")
def ask_link() -> Any:
    """Send a sign-in link; the answer is the same whether the address is known or not."""
    try:
        actions.send_link(_stranger(), request.form.get("adresse", ""), request.remote_addr or "")
    except Refused as refused:
        return render_template(
            "organiser/accounts/connexion.html", values=request.form, errors={"email": refused.message}
        ), 429
    return render_template("organiser/accounts/lien_demande.html")


@door.get("/lien/<token>")
@open_to("tous")
def link(token: str) -> Any:
    """Show the page that chooses a password; opening it uses nothing up (mail scanners open every link)."""
    found = queries.link(token, clock.now())
    return render_template("organiser/accounts/lien.html", token=token, email=found.member.email, errors={})


@door.post("/lien/<token>")
@open_to("tous")
def use_link(token: str) -> Any:
    """Set the password and sign in: the link has served."""
    try:
        opened = actions.redeem(_stranger(), token, request.form.get("password", ""))
    except Refused as refused:
        if refused.field is None:
            raise
        found = queries.link(token, clock.now())
        errors = {refused.field: refused.message}
        return render_template(
            "organiser/accounts/lien.html", token=token, email=found.member.email, errors=errors
        ), 422
    open_session(opened)
    return redirect(url_for("organiser.tours"), 303)


@door.post("/quitter")
@open_to("organisation", "etape", "accueil", "lecture")
def sign_out() -> Any:
    """End the session on this browser, for the server too."""
    leaving = act()
    actions.sign_out(leaving, close_session())
    return redirect(url_for("organiser.sign_in"), 303)


@door.post("/quitter-partout")
@open_to("organisation", "etape", "accueil", "lecture")
def sign_out_everywhere() -> Any:
    """End every session of this member."""
    leaving, member_id = act(), current_user.id
    close_session()
    actions.sign_out_everywhere(leaving, member_id)
    return redirect(url_for("organiser.sign_in"), 303)
