"""Who received what: every letter to one person, and the exact list of one send with its criteria in words."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from flask import render_template
from flask_login import current_user

from tourpaca import clock, french
from tourpaca.attendance import exports
from tourpaca.mail import actions, received, words
from tourpaca.organisations.words import kind_name
from tourpaca.organiser import door
from tourpaca.organiser.downloads import download
from tourpaca.organiser.mail.ecrire import PLACES, PRESENCES
from tourpaca.organiser.wall import act, open_to
from tourpaca.registration import lists, passages
from tourpaca.tour import queries as tour_queries
from tourpaca.tour import rules
from tourpaca.tour.models import Tour

LIST = ("Organisation", "Nom", "Courriel", "État", "Parti le", "Réponse du serveur")


@door.get("/<tour>/inscriptions/personnes/<int:participant_id>/messages")
@open_to("organisation", "etape", "lecture")
def person_messages(tour: str, participant_id: int) -> Any:
    """Show every letter that one person was written, with its date and where it is."""
    found, bound = tour_queries.tour(tour), current_user.etape_id
    person = lists.person(found.id, participant_id, bound)
    return render_template(
        "organiser/mail/personne.html",
        tour=found,
        tab="inscriptions",
        person=person,
        life=passages.of_person(participant_id),
        letters=received.of_person(found.id, bound, participant_id, person.email),
        words=words,
        now=clock.now(),
        may_act=current_user.role in {"organisation", "etape"},
    )


@door.get("/<tour>/messages/envois/<int:envoi_id>")
@open_to("organisation", "etape")
def sent(tour: str, envoi_id: int) -> Any:
    """Show one send: its text, whom it was for, and what became of each of its letters."""
    found = tour_queries.tour(tour)
    seen = received.of_send(found.id, current_user.etape_id, envoi_id)
    return render_template(
        "organiser/mail/envoi.html",
        tour=found,
        tab="messages",
        seen=seen,
        criteria=french.listing(_criteria(found, seen.envoi.criteria)),
        words=words,
        now=clock.now(),
    )


@door.post("/<tour>/messages/envois/<int:envoi_id>/liste")
@open_to("organisation", "etape")
def take_sent(tour: str, envoi_id: int) -> Any:
    """Give the list of one send as CSV, and write in the journal that it went out."""
    found = tour_queries.tour(tour)
    seen = received.of_send(found.id, current_user.etape_id, envoi_id)
    actions.note_list(act(), envoi_id)
    rows = [(*_whom(row), words.TAGS[row.state], _left(row), row.answer) for row in seen.letters]
    day = clock.local(seen.envoi.created_at).date().isoformat()
    return download(exports.csv_of(LIST, rows), "text/csv; charset=utf-8", f"Envoi {envoi_id} du {day}.csv")


def _whom(letter: Any) -> tuple[str, str, str]:
    return letter.organisation_name, letter.to_name, letter.to_email


def _left(letter: Any) -> datetime | str:
    """Return the hour, on the clocks of Paris, at which a letter was accepted."""
    return clock.local(letter.sent_at).replace(tzinfo=None) if letter.sent_at else ""


def _criteria(tour: Tour, asked: Mapping[str, Any]) -> Iterator[str]:
    """Yield the criteria of a send, in words: « Nice, mardi 30 janvier », « place confirmée »."""
    etapes = {etape.id: etape for etape in tour.etapes}
    etape = etapes.get(asked.get("etape_id") or 0)
    yield rules.heading(etape) if etape else "toutes les étapes"
    labels = {theme.id: theme.label for theme in tour.thematiques}
    ateliers = etape.ateliers if etape else []
    yield from (
        f"atelier {labels.get(each.thematique_id or 0, each.ordre)}"
        for each in ateliers
        if each.id == asked.get("atelier_id")
    )
    if asked.get("place"):
        yield f"place : {dict(PLACES)[asked['place']].lower()}"
    if asked.get("presence"):
        yield f"présence : {dict(PRESENCES)[asked['presence']].lower()}"
    if asked.get("kind"):
        name = kind_name(asked["kind"])
        yield f"type d’organisation : {name[0].lower()}{name[1:]}"
    if asked.get("refused_too"):
        yield "adresses refusées comprises"
