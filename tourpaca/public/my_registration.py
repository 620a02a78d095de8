"""The personal page behind a link: what is held, cancelling, the calendar; and finding a lost link again."""

from collections.abc import Callable
from typing import Any

from flask import Response, redirect, render_template, request, url_for

from tourpaca import clock, french
from tourpaca.attendance import received
from tourpaca.french import typo
from tourpaca.journal.models import Act
from tourpaca.public import door
from tourpaca.refusal import Refused, Unknown
from tourpaca.registration import actions, agendas, calendar, choices, feeds, queries
from tourpaca.registration.queries import Coming, LinkExpired, MyRegistration

ANSWERED = {
    "acceptee": ("La place est à vous.", "La confirmation et le rendez-vous partent par courriel."),
    "renonce": ("C’est noté.", "La place, ou le rang, sert à la personne suivante."),
    "choisie": (
        "La place est prise.",
        "La confirmation et le rendez-vous partent par courriel.",
    ),
    "ajoutee": ("La personne est inscrite.", "Le récapitulatif et sa confirmation partent par courriel."),
    "cedee": ("La place est cédée.", "L’ancien lien n’ouvre plus rien, le nouveau part par courriel."),
    "rang": ("C’est noté sur la liste d’attente.", "Ce qui était déjà confirmé le reste."),
    "attend": (
        "Vous êtes de nouveau sur la liste d’attente.",
        "Nous vous écrivons dès qu’une place se libère.",
    ),
}
ASK_THE_TEAM = "L’inscription reste telle quelle. Prévenez l’équipe sur place, elle peut encore le faire."
PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}


def closed(page: MyRegistration, *people: Coming) -> str:
    """Return why these people of a page, together, change nothing by themselves any more, or ""."""
    there = received.among([person.participant_id for person in people])
    return _why_closed(page, [person.name for person in people if person.participant_id in there])


def _why_closed(page: MyRegistration, names: list[str]) -> str:
    if not page.may_cancel:
        return typo(f"L’étape a commencé le {french.moment(page.until)}.")
    return f"La présence {french.of(french.listing(names))} est notée." if names else ""


def _closed_by_person(page: MyRegistration) -> dict[int, str]:
    there = received.among([person.participant_id for person in page.coming])
    names = {person.participant_id: [person.name] for person in page.coming}
    return {each: _why_closed(page, name if each in there else []) for each, name in names.items()}


def act_of(page: MyRegistration, *people: Coming) -> Act:
    """Return the act of whoever holds a personal link, about people of its page; refuses once that is closed."""
    if why := closed(page, *people):
        raise Refused(f"{why} {ASK_THE_TEAM}")
    return Act(clock.now(), f"dossier:{page.dossier_id}", page.organisation or "Une personne inscrite")


@door.app_errorhandler(LinkExpired)
def link_expired(refusal: LinkExpired) -> Any:
    """Offer to send another link; an unknown one and a withdrawn one look alike."""
    return render_template("public/lien_perime.html", tour=None, why=typo(refusal.message)), 404, PRIVATE


@door.get("/inscriptions/<token>")
def my_registration(token: str) -> Any:
    """Show everything that this link opens."""
    return shown(token, request.args.get("fait", "")), 200, PRIVATE


def shown(token: str, said: str, refusal: str = "") -> str:
    """Return the page as it is now, with what was done, or why nothing was."""
    page = queries.my_registration(token, clock.now())
    return render_template(
        "public/mon_inscription.html",
        tour=page.tour,
        page=page,
        token=token,
        said=said,
        refusal=typo(refusal),
        answered=ANSWERED,
        agendas=agendas.offered(page),
        choices=choices.open_to(page),
        closed=_closed_by_person(page),
    )


@door.post("/inscriptions/<token>/places/<int:place_id>/accepter")
def accept_place(token: str, place_id: int) -> Any:
    """Accept a place that is held out."""
    return _answer(token, place_id, actions.accept_offer, "acceptee")


@door.post("/inscriptions/<token>/places/<int:place_id>/renoncer")
def give_up_place(token: str, place_id: int) -> Any:
    """Refuse a place that is held out, or leave a waiting list."""
    return _answer(token, place_id, actions.give_up, "renonce")


@door.post("/inscriptions/<token>/places/<int:place_id>/attendre")
def wait_again(token: str, place_id: int) -> Any:
    """Come back to a waiting list after an offer that passed."""
    return _answer(token, place_id, actions.wait_again, "attend")


def _answer(token: str, place_id: int, do: Callable[[Act, int], None], said: str) -> Any:
    """Do it for a place of this page, or show the page as it is now with why nothing was done."""
    page = queries.my_registration(token, clock.now())
    try:
        do(act_of(page, page.holder_of(place_id)), place_id)
    except Refused as refusal:
        return shown(token, "", refusal.message), 409, PRIVATE
    return redirect(url_for("public.my_registration", token=token, fait=said), 303)


@door.post("/inscriptions/<token>/agendas/<int:number>")
def subscribe(token: str, number: int) -> Any:
    """Give one of the page's calendars an address, or another in place of the one it had."""
    offered = agendas.offered(queries.my_registration(token, clock.now()))
    if number >= len(offered):
        raise Unknown("Cet agenda n’est plus sur cette page.")
    seen = request.form.get("vus", "")
    agendas.subscribe(
        Act(clock.now(), "public", "Le public"), offered[number].owner, int(seen) if seen.isdecimal() else -1
    )
    return redirect(url_for("public.my_registration", token=token, fait="agenda") + "#agendas", 303)


@door.get("/agendas/<token>.ics")
def agenda(token: str) -> Any:
    """Give a calendar to those who subscribe to it; unchanged, it is not sent again."""
    answer = Response(feeds.feed(token, clock.now()), content_type=calendar.CONTENT_TYPE)
    answer.headers.update({"Cache-Control": "private, no-cache", "X-Robots-Tag": "noindex, nofollow"})
    answer.add_etag()
    return answer.make_conditional(request)


@door.get("/inscriptions/<token>/annuler", defaults={"participant_id": None})
@door.get("/inscriptions/<token>/annuler/<int:participant_id>")
def ask_cancel(token: str, participant_id: int | None) -> Any:
    """Say what goes, who is told and what stays; nothing is changed."""
    page = queries.my_registration(token, clock.now())
    people = page.people_of(participant_id)
    shown = render_template(
        "public/annuler.html",
        tour=page.tour,
        page=page,
        token=token,
        people=people,
        whole=participant_id is None,
        closed=closed(page, *people),
        ask_the_team=ASK_THE_TEAM,
    )
    return shown, 200, PRIVATE


@door.post("/inscriptions/<token>/annuler", defaults={"participant_id": None})
@door.post("/inscriptions/<token>/annuler/<int:participant_id>")
def cancel(token: str, participant_id: int | None) -> Any:
    """Cancel one person, or everybody this link opens, and lead back to the page."""
    page = queries.my_registration(token, clock.now())
    people = page.people_of(participant_id)
    try:
        act = act_of(page, *people)
    except Refused as refusal:
        return shown(token, "", refusal.message), 409, PRIVATE
    if page.whole and participant_id is None:
        actions.cancel_dossier(act, page.dossier_id)
    else:
        actions.cancel_participant(act, people[0].participant_id)
    return redirect(url_for("public.my_registration", token=token, fait="annulation"), 303)


@door.get("/inscriptions/<token>/calendrier.ics")
def my_calendar(token: str) -> Response:
    """Give the confirmed places as one calendar file."""
    page = queries.my_registration(token, clock.now())
    text = calendar.of_registration(page, clock.now())
    named = {"Content-Disposition": f'attachment; filename="{page.etape.slug}.ics"'}
    return Response(text, mimetype="text/calendar", headers={**PRIVATE, **named})


@door.get("/retrouver")
def find_again() -> Any:
    """Show the form that asks for a lost link."""
    said = request.args.get("fait", "")
    return render_template("public/retrouver.html", tour=None, said=said, email="", error=""), 200, PRIVATE


@door.post("/retrouver")
def send_lost_link() -> Any:
    """Send the links of a mailbox to itself; the answer is the same whether it is known or not."""
    email = request.form.get("email", "")
    try:
        actions.send_lost_link(Act(clock.now(), "public", "Le public"), email)
    except Refused as refusal:
        error = typo(refusal.message)
        page = render_template("public/retrouver.html", tour=None, said="", email=email, error=error)
        return page, 422, PRIVATE
    return redirect(url_for("public.find_again", fait="envoi"), 303)
