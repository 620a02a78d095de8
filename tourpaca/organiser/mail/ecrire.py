"""Writing to people: who receives is shown before, with the message as one of them would read it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from tourpaca import french, security
from tourpaca.attendance import actions, audience, letters, modeles, occasions, placeholders, reminders
from tourpaca.attendance.audience import Audience, Criteria
from tourpaca.attendance.letters import Message
from tourpaca.attendance.models import ABSENT, EXCUSE, PRESENT, SANS_REPONSE
from tourpaca.organisations.words import kind_name
from tourpaca.organiser import door
from tourpaca.organiser.forms.fields import one_line
from tourpaca.organiser.wall import act, open_to
from tourpaca.refusal import Refused
from tourpaca.registration.models import ANNULEE, CONFIRMEE, EN_ATTENTE, PROPOSEE
from tourpaca.tour import queries as tour_queries
from tourpaca.tour.models import Etape, Tour

PLACES = [
    ("", "Confirmée, proposée ou en attente"),
    (CONFIRMEE, "Confirmée"),
    (PROPOSEE, "Proposée, sans réponse encore"),
    (EN_ATTENTE, "En liste d’attente"),
    (ANNULEE, "Annulée"),
]
PRESENCES = [
    ("", "Toutes"),
    (PRESENT, "Présence notée"),
    (ABSENT, "Absence"),
    (EXCUSE, "Absence excusée"),
    (SANS_REPONSE, "Rien de noté"),
]
LOOSER = {
    "refusees": "Avec les adresses refusées",
    "type": "Tous les types d’organisation",
    "presence": "Toutes les présences",
    "place": "Places confirmées ou en attente",
    "atelier": "Tous les ateliers",
    "etape": "Toutes les étapes",
}
GREETING = "Bonjour {prénom} {nom},\n\n"


@dataclass(frozen=True)
class Asked:
    """What the form holds: whom to write to, what, the people counted on its button, and whose preview is read."""

    etape: Etape | None
    criteria: Criteria
    message: Message
    expected: int
    shown: int


def _number(name: str) -> int | None:
    text = request.values.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _choice(name: str, options: list[tuple[str, str]]) -> str:
    value = request.values.get(name, "")
    return value if value in dict(options) else ""


def _read(tour: Tour, etapes: Sequence[Etape]) -> Asked:
    """Read the form; a member bound to an étape writes to its people only, whatever was sent."""
    slug = request.values.get("etape", "")
    bound = current_user.etape_id is not None
    etape = next((each for each in etapes if bound or each.slug == slug), None)
    wanted = _number("atelier")
    held = etape is not None and wanted in {atelier.id for atelier in etape.ateliers}
    criteria = Criteria(
        tour.id,
        current_user.etape_id if bound else etape.id if etape else None,
        wanted if held else None,
        _choice("place", PLACES),
        _choice("presence", PRESENCES),
        request.values.get("type", ""),
        "refusees" in request.values,
        "invitation" in request.values or _invites(),
    )
    sent = _message(tour, etape)
    dropped = request.values.get("sans", "")
    if not (bound and dropped == "etape"):
        criteria = audience.without(criteria, dropped)
    shown = _number("personne")
    return Asked(
        etape if criteria.etape_id is not None else None,
        criteria,
        replace(sent, invitation=criteria.invitation),
        _number("attendus") or 0,
        shown if shown is not None else _number("montree") or 0,
    )


def _taken() -> str:
    """Return the model whose text is asked for now, or an empty text."""
    chosen, asked = request.values.get("modele", ""), request.method == "GET" or "prendre" in request.form
    return chosen if asked and chosen in occasions.BY_KEY else ""


def _invites() -> bool:
    taken = _taken()
    return bool(taken) and occasions.BY_KEY[taken].invitation


def _message(tour: Tour, etape: Etape | None) -> Message:
    """Return what was typed, or the text of a model where one was asked for.

    A reminder written by hand takes the reminder's own key: it never leaves a second time by itself.
    """
    key = request.form.get("cle") or security.new_token()
    if chosen := _taken():
        text = modeles.of_occasion(tour.id, chosen)
        if "rappel" in request.args and text.occasion.days is not None and etape is not None:
            key = reminders.send_key(tour.id, chosen, etape.id)
        return Message(text.subject, text.body, key)
    body = request.form.get("texte", GREETING).replace("\r\n", "\n")
    return Message(one_line(request.form.get("objet", "")), body, key)


def _page(
    tour: Tour, etapes: Sequence[Etape], asked: Asked, errors: dict[str, str], tried: bool = False
) -> str:
    chosen, bound = audience.of(asked.criteria), current_user.etape_id is not None
    kinds = sorted(((kind, kind_name(kind)) for kind in audience.kinds(tour.id)), key=lambda named: named[1])
    return render_template(
        "organiser/mail/ecrire.html",
        tour=tour,
        tab="messages",
        asked=asked,
        chosen=chosen,
        reasons=_reasons(chosen),
        looser=_looser(asked.criteria, bound) if not chosen.recipients else [],
        tried=current_user.email if tried else "",
        preview=_preview(chosen, asked, errors),
        options={
            "etapes": [(each.slug, f"{each.place_name}, {_day(each)}") for each in etapes],
            "ateliers": _ateliers(tour, asked.etape),
            "places": PLACES,
            "presences": PRESENCES,
            "kinds": [("", "Tous"), *kinds],
            "modeles": [(each.key, each.name) for each in occasions.OCCASIONS],
        },
        modele=request.values.get("modele", ""),
        fields=placeholders.FIELDS,
        errors=errors,
        bound=bound,
    )


def _day(etape: Etape) -> str:
    return f"{french.day_number(etape.day)}{french.NBSP}{french.month(etape.day)}"


def _ateliers(tour: Tour, etape: Etape | None) -> list[tuple[str, str]]:
    labels = {theme.id: theme.label for theme in tour.thematiques}
    held = etape.ateliers if etape else []
    named = [
        (str(each.id), f"{each.ordre}. {labels[each.thematique_id]}") for each in held if each.thematique_id
    ]
    return [("", "Tous"), *named]


def _reasons(chosen: Audience) -> str:
    """Return "2 places annulées, 1 adresse refusée": who is left out, and why."""
    counts: dict[str, int] = {}
    for person in chosen.left_out:
        counts[person.reason] = counts.get(person.reason, 0) + 1
    return french.listing(f"{french.number(count)}\u00a0{reason}" for reason, count in counts.items())


def _looser(criteria: Criteria, bound: bool) -> list[tuple[str, str]]:
    """Return the criteria to loosen, as buttons: the name, and « Tous les ateliers : 3 personnes »."""
    ways = audience.ways_out(criteria, bound)
    return [
        (name, french.typo(f"{LOOSER[name]} : {french.plural(count, 'personne')}")) for name, count in ways
    ]


def _preview(chosen: Audience, asked: Asked, errors: dict[str, str]) -> dict[str, Any] | None:
    if not chosen.recipients or {"objet", "texte"} & set(errors):
        return None
    person = chosen.at(asked.shown)
    subject, body = letters.preview(asked.message, person)
    return {
        "rank": chosen.rank(asked.shown),
        "person": person,
        "subject": subject,
        "body": body,
        "empty": letters.empty_fields(asked.message, person),
    }


def _field_errors(message: Message) -> dict[str, str]:
    try:
        placeholders.check_fields(message.subject, message.body)
    except Refused as refused:
        return {refused.field or "texte": refused.message}
    return {}


@door.get("/<tour>/messages/ecrire")
@open_to("organisation", "etape")
def write(tour: str) -> Any:
    """Show who would receive, before a word is written; links of other pages may choose the étape or the atelier."""
    found, etapes = tour_queries.tour(tour), tour_queries.etapes(tour, current_user.etape_id)
    return _page(found, etapes, _read(found, etapes), {})


@door.post("/<tour>/messages/ecrire")
@open_to("organisation", "etape")
def send_message(tour: str) -> Any:
    """Send, when the sending button was pressed; otherwise show the list and the preview again, all text kept."""
    found, etapes = tour_queries.tour(tour), tour_queries.etapes(tour, current_user.etape_id)
    asked = _read(found, etapes)
    if not {"envoyer", "essai"} & set(request.form):
        errors = _field_errors(asked.message)
        return _page(found, etapes, asked, errors), 422 if errors else 200
    try:
        if "essai" in request.form:
            mine = (current_user.name, current_user.email)
            actions.try_out(act(), asked.criteria, asked.message, asked.shown, mine)
            return _page(found, etapes, asked, {}, tried=True)
        actions.write_to(act(), asked.criteria, asked.message, asked.expected)
    except Refused as refused:
        errors = {refused.field or "envoi": refused.message}
        return _page(found, etapes, asked, errors), 422 if refused.field else 409
    flash("Le message part dans deux minutes. Vous pouvez encore interrompre.", "fait")
    return redirect(url_for("organiser.messages", tour=tour), 303)
