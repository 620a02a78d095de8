"""Typing in a signed sheet: the numbers of the people present, their names shown back, then one key to save."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from tourpaca import clock, french
from tourpaca.attendance import actions, queries, rules
from tourpaca.attendance.models import ABSENT, PRESENT, SANS_REPONSE
from tourpaca.attendance.queries import Line
from tourpaca.attendance.rules import NewMark
from tourpaca.organiser import door
from tourpaca.organiser.attendance.presences import Room, header, room
from tourpaca.organiser.wall import act, open_to
from tourpaca.refusal import Refused
from tourpaca.security import new_token


@door.get("/<tour>/etapes/<etape>/presences/<int:atelier_id>/saisie")
@open_to("organisation", "etape", "accueil")
def saisie(tour: str, etape: str, atelier_id: int) -> Any:
    """Ask for the numbers of the sheet, or show back the names that the numbers say."""
    here, typed = room(tour, etape, atelier_id), request.args.get("numbers", "").strip()
    lines = queries.lines(here.atelier.id, here.etape.id)
    try:
        numbers = rules.read_numbers(typed, len(lines))
    except Refused as refused:
        return _page(here, lines, typed, (), french.typo(refused.message)), 422
    chosen = tuple(line for line in lines if line.number in set(numbers))
    return _page(here, lines, typed, chosen, "")


def _page(here: Room, lines: tuple[Line, ...], typed: str, chosen: tuple[Line, ...], error: str) -> str:
    return render_template(
        "organiser/attendance/saisie.html",
        **header(here, lines),
        lines=lines,
        typed=typed,
        chosen=chosen,
        others=[line for line in lines if line not in chosen and line.status == SANS_REPONSE],
        error=error,
        nonce=new_token(),
    )


@door.post("/<tour>/etapes/<etape>/presences/<int:atelier_id>/saisie")
@open_to("organisation", "etape", "accueil")
def save_sheet(tour: str, etape: str, atelier_id: int) -> Any:
    """Note the people shown back as present, and the others as absent when asked."""
    here = room(tour, etape, atelier_id)
    noted = actions.record(act(), _marks(here))
    present = sum(answer.status == PRESENT for answer in noted)
    absent = len(noted) - present
    told = f"C’est enregistré : {french.plural(present, 'présence')}, {french.plural(absent, 'absence')}."
    flash(french.typo(told), "fait")
    return redirect(url_for("organiser.saisie", tour=tour, etape=etape, atelier_id=atelier_id), 303)


def _marks(here: Room) -> list[NewMark]:
    form = request.form
    source = rules.source_on(here.etape.day, clock.now(), rules.PAPIER)
    wanted = [(person, PRESENT) for person in form.getlist("present", int)]
    if form.get("absents"):
        wanted += [(person, ABSENT) for person in form.getlist("other", int)]
    return [
        NewMark(f"{form.get('nonce', '')}-{person}", person, here.atelier.id, status, source)
        for person, status in dict(wanted).items()
    ]
