"""The outbox: every letter of the tour with its state and the server's answer; reading one, sending it again."""

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from tourpaca import clock, setting
from tourpaca.french import plural
from tourpaca.mail import actions, punctuality, queries, words
from tourpaca.organiser import door
from tourpaca.organiser.wall import act, open_to
from tourpaca.refusal import Refused
from tourpaca.registration import actions as registration_actions
from tourpaca.registration import addresses
from tourpaca.tour import queries as tour_queries


def _page_number() -> int:
    asked = request.args.get("page", "1")
    return max(int(asked), 1) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1


def _sought(tour: str) -> queries.Sought:
    """Return what the outbox is asked for; a day that is none and an étape that is not there narrow nothing."""
    text, etape, day = (request.args.get(name, "")[:100].strip() for name in ("q", "etape", "jour"))
    try:
        asked = date.fromisoformat(day) if day else None
    except ValueError:
        asked = None
    return queries.Sought(text, tour_queries.etape_id(tour, etape) if etape else None, asked)


@door.get("/<tour>/messages")
@open_to("organisation", "etape", "lecture")
def messages(tour: str) -> Any:
    """Show the sends under way, then the letters by state, reader, étape and day; a bound member sees only its own."""
    found, now, bound = tour_queries.tour(tour), clock.now(), current_user.etape_id
    sought = _sought(tour)
    state = request.args.get("etat", "")
    state = state if state in words.TABS else ""
    return render_template(
        "organiser/mail/messages.html",
        tour=found,
        tab="messages",
        listed=queries.outbox(found.id, bound, state, _page_number(), sought),
        sought=sought,
        etapes=[] if bound else found.etapes,
        sends=queries.sends(found.id, bound),
        state=state,
        tabs_of_states=words.TABS,
        words=words,
        now=now,
        punctual=punctuality.last_day(now),
        server_is_set=setting.mail_is_set(),
        may_act=current_user.role in {"organisation", "etape"},
        may_write_models=current_user.role == "organisation",
    )


@door.get("/<tour>/messages/<int:letter_id>")
@open_to("organisation", "etape")
def message(tour: str, letter_id: int) -> Any:
    """Show one letter as its reader has it: addresses, text, files, and where it is."""
    found = tour_queries.tour(tour)
    reading = queries.reading(found.id, current_user.etape_id, letter_id)
    standing = words.standing(reading.letter, clock.now())
    return render_template(
        "organiser/mail/message.html", tour=found, tab="messages", reading=reading, standing=standing
    )


@door.post("/<tour>/messages/<int:letter_id>/renvoyer")
@open_to("organisation", "etape")
def resend_message(tour: str, letter_id: int) -> Any:
    """Send a letter again, or say why not."""
    found = tour_queries.tour(tour)
    queries.reading(found.id, current_user.etape_id, letter_id)
    try:
        actions.resend(act(), letter_id)
        flash("Le message est remis à l’envoi.", "fait")
    except Refused as refused:
        flash(refused.message, "refus")
    return redirect(url_for("organiser.messages", tour=tour), 303)


def _address_page(tour: str, letter_id: int, typed: str = "", errors: dict[str, str] | None = None) -> str:
    found, bound = tour_queries.tour(tour), current_user.etape_id
    letter = queries.reading(found.id, bound, letter_id).letter
    return render_template(
        "organiser/mail/adresse.html",
        tour=found,
        tab="messages",
        letter=letter,
        standing=words.standing(letter, clock.now()),
        served=addresses.served(found.id, bound, letter.to_email),
        typed=typed or letter.to_email,
        errors=errors or {},
    )


@door.get("/<tour>/messages/<int:letter_id>/adresse")
@open_to("organisation", "etape")
def ask_address(tour: str, letter_id: int) -> Any:
    """Show the refused address, whom it serves, and what leaves once it is corrected."""
    return _address_page(tour, letter_id)


@door.post("/<tour>/messages/<int:letter_id>/adresse")
@open_to("organisation", "etape")
def correct_address(tour: str, letter_id: int) -> Any:
    """Replace the address wherever this member may, and send what did not arrive."""
    found, typed = tour_queries.tour(tour), request.form.get("email", "")
    queries.reading(found.id, current_user.etape_id, letter_id)
    try:
        leaving = registration_actions.correct_address(act(), letter_id, typed, current_user.etape_id)
    except Refused as refused:
        page = _address_page(tour, letter_id, typed, {refused.field or "email": refused.message})
        return page, 422 if refused.field else 409
    flash(f"L’adresse est corrigée : {plural(leaving, 'message')} en route vers elle.", "fait")
    return redirect(url_for("organiser.messages", tour=tour), 303)


@door.post("/<tour>/messages/envois/<int:envoi_id>/interrompre")
@open_to("organisation", "etape")
def interrupt_send(tour: str, envoi_id: int) -> Any:
    """Stop a send: what has not left stays, and can be taken up again one by one."""
    found = tour_queries.tour(tour)
    stopped = actions.interrupt(act(), queries.envoi(found.id, current_user.etape_id, envoi_id))
    flash(
        f"L’envoi est interrompu : {plural(stopped, 'message')} en attente. « Reprendre » les fait partir.",
        "fait",
    )
    return redirect(url_for("organiser.sent", tour=tour, envoi_id=envoi_id), 303)
