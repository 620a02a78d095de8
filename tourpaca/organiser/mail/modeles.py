"""The models of the tour's letters: one text for each occasion, read by a real person before it is kept."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from tourpaca.attendance import actions, audience, letters, modeles, placeholders, sending
from tourpaca.attendance.audience import Criteria
from tourpaca.attendance.letters import Message
from tourpaca.attendance.modeles import Text
from tourpaca.organiser import door
from tourpaca.organiser.forms import differences, fields
from tourpaca.organiser.forms.fields import Field
from tourpaca.organiser.wall import act, open_to
from tourpaca.refusal import Refused, Stale
from tourpaca.tour import queries as tour_queries
from tourpaca.tour.models import Tour

SPEC = (Field("objet", "Objet"), Field("texte", "Texte", "lines"))


@door.get("/<tour>/messages/modeles")
@open_to("organisation")
def modeles_page(tour: str) -> Any:
    """Show the occasions, and which texts the team made its own."""
    found = tour_queries.tour(tour)
    return render_template(
        "organiser/mail/modeles.html", tour=found, tab="messages", texts=modeles.of_tour(found.id)
    )


@door.get("/<tour>/messages/modeles/<occasion>")
@open_to("organisation")
def modele(tour: str, occasion: str) -> Any:
    """Show the text of an occasion beside what somebody of the tour would read."""
    found = tour_queries.tour(tour)
    text = modeles.of_occasion(found.id, occasion)
    return _page(found, text, fields.Form({"objet": text.subject, "texte": text.body}))


@door.post("/<tour>/messages/modeles/<occasion>")
@open_to("organisation")
def save_modele(tour: str, occasion: str) -> Any:
    """Keep the text, or show its preview again, or the house's own in its place; all that was typed is kept."""
    found = tour_queries.tour(tour)
    text, form = modeles.of_occasion(found.id, occasion), fields.read(SPEC, request.form)
    if "maison" in request.form:
        house = modeles.of_house(text.occasion)
        return _page(found, text, fields.Form({"objet": house.subject, "texte": house.body}))
    typed = Message(form.values["objet"], form.values["texte"])
    try:
        if "garder" not in request.form:
            sending.check(typed)
            return _page(found, text, form)
        actions.save_modele(act(), found.id, occasion, fields.version(request.form), typed)
    except Stale as stale:
        address = url_for("organiser.modele", tour=tour, occasion=occasion)
        return differences.of_page(found, stale, SPEC, address, address, tab="messages")
    except Refused as refused:
        form.blame({refused.field or "texte": refused.message})
        return _page(found, text, form), 422
    flash(f"Le modèle « {text.occasion.name} » est enregistré.", "fait")
    return redirect(url_for("organiser.modeles_page", tour=tour), 303)


def _page(tour: Tour, text: Text, form: fields.Form) -> str:
    chosen = audience.of(Criteria(tour.id))
    return render_template(
        "organiser/mail/modele.html",
        tour=tour,
        tab="messages",
        text=text,
        form=form,
        version=request.form.get("version", text.version),
        montre=request.form.get("montre") or fields.as_shown(form),
        fields=placeholders.FIELDS,
        people=[(str(rank), person.name) for rank, person in enumerate(chosen.recipients)],
        preview=None if form.errors or not chosen.recipients else _preview(chosen, form),
    )


def _preview(chosen: audience.Audience, form: fields.Form) -> dict[str, Any]:
    asked = request.form.get("personne", "0")
    rank = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 0
    message, person = Message(form.typed["objet"], form.typed["texte"]), chosen.at(rank)
    subject, body = letters.preview(message, person)
    empty = letters.empty_fields(message, person)
    return {"rank": chosen.rank(rank), "person": person, "subject": subject, "body": body, "empty": empty}
