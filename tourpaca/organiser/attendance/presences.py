"""The door: choosing an atelier, the list of its people, one tap each, and somebody found on another list."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for

from tourpaca import clock, french
from tourpaca.attendance import actions, queries, rules
from tourpaca.attendance.models import PRESENT
from tourpaca.attendance.queries import Line
from tourpaca.attendance.rules import NewMark
from tourpaca.organiser import door
from tourpaca.organiser.wall import act, open_to
from tourpaca.refusal import Refused
from tourpaca.registration import unreachable
from tourpaca.security import new_token
from tourpaca.tour import queries as tour_queries
from tourpaca.tour.models import Atelier, Etape

WORDS = {
    "present": "présence notée", "absent": "absence notée", "excuse": "absence excusée", "sans_reponse": "sans réponse",
}  # fmt: skip


@dataclass(frozen=True)
class Room:
    """An atelier at the door, with the words its page opens with."""

    etape: Etape
    atelier: Atelier

    @property
    def title(self) -> str:
        """« 5. Le lien avec les utilisateurs », or the name of an event without thématique."""
        theme = self.atelier.thematique
        if theme is None:
            return f"Événement {french.at(self.etape.place_name)}"
        return f"{self.atelier.ordre}. {french.typo(theme.title)}"

    @property
    def hours(self) -> str:
        """« 11 h à 12 h 15 », or nothing while the hours are unknown."""
        slot = self.atelier.creneau
        start, end = (
            (slot.starts_at, slot.ends_at) if slot.starts_at else (self.etape.starts_at, self.etape.ends_at)
        )
        return french.hours(start, end) if start else ""


@dataclass(frozen=True)
class Found:
    """Somebody whom a search finds on other lists; `where` says their organisation, which ateliers and which rooms."""

    participant: int
    last_name: str
    first_name: str
    where: str


def room(tour: str, etape: str, atelier_id: int) -> Room:
    """Return an atelier of the étape in the address; another one is unknown here."""
    found = tour_queries.etape(tour, etape)
    return Room(found, queries.atelier(found, atelier_id))


def header(here: Room, lines: tuple[Line, ...]) -> dict[str, Any]:
    """Return what the frame of the door pages shows."""
    etape = here.etape
    return {
        "tour": etape.tour,
        "etape": etape,
        "atelier": here.atelier,
        "atelier_title": here.title,
        "hours": here.hours,
        "back_href": url_for("organiser.presences", tour=etape.tour.slug, etape=etape.slug),
        "back_label": f"{etape.place_name}, {french.day_number(etape.day)}{french.NBSP}{french.month(etape.day)}",
        "present": sum(line.status == PRESENT for line in lines),
        "expected": len(lines),
        "may_close": clock.local(clock.now()).date() >= etape.day,
    }


@door.get("/<tour>/etapes/<etape>/presences")
@open_to("organisation", "etape", "accueil")
def presences(tour: str, etape: str) -> Any:
    """Choose the atelier whose presences are to be marked."""
    found = tour_queries.etape(tour, etape)
    return render_template(
        "organiser/attendance/presences.html", tour=found.tour, etape=found, counts=queries.counts(found.id)
    )


@door.get("/<tour>/etapes/<etape>/presences/<int:atelier_id>")
@open_to("organisation", "etape", "accueil")
def appel(tour: str, etape: str, atelier_id: int) -> Any:
    """Show the list of an atelier; `q` keeps the people a search finds, here and on the other lists.

    The script of the page asks for the people of the other lists alone, as data.
    """
    here, typed = room(tour, etape, atelier_id), request.args.get("q", "").strip()
    if request.accept_mimetypes.best == "application/json":
        return jsonify([{**asdict(found), "nonce": new_token()} for found in _elsewhere(here, typed)])
    return _list_page(here, typed)


def _list_page(here: Room, typed: str, refused: Refused | None = None, whose: int = 0) -> Any:
    lines = queries.lines(here.atelier.id, here.etape.id)
    page = render_template(
        "organiser/attendance/appel.html",
        **header(here, lines),
        lines=lines,
        silent=unreachable.people(here.etape.tour_id, here.etape.id),
        shown={
            line.participant_id
            for line in lines
            if rules.matches(typed, line.last_name, line.first_name, line.organisation)
        },
        elsewhere=_elsewhere(here, typed),
        typed=typed,
        sentence=_sentence,
        nonce=new_token,
        refused=refused,
        whose=whose,
    )
    return page, 409 if refused else 200


def _elsewhere(here: Room, typed: str) -> list[Found]:
    """Return who a search finds on the other lists of the étape, each with where they are expected."""
    if not typed:
        return []
    named = {each.id: _where(each) for each in here.etape.ateliers}
    return [
        Found(
            person.participant_id,
            person.last_name.upper(),
            person.first_name,
            ", ".join(filter(None, [person.organisation, *(named[id_] for id_ in person.atelier_ids)])),
        )
        for person in queries.elsewhere(here.etape.id, here.atelier.id, typed)
    ]


def _where(atelier: Atelier) -> str:
    """Return "atelier 6 « Diversité », Salle Tramontane": which list, and the room to send the person to."""
    theme = f" « {atelier.thematique.label} »" if atelier.thematique else ""
    room = f", {atelier.room}" if atelier.room else ""
    return french.typo(f"atelier {atelier.ordre}{theme}{room}")


def _sentence(line: Line) -> str:
    """Say under a name what was last noted, when and by whom."""
    if line.marked_at is None:
        return ""
    at = clock.local(line.marked_at)
    when = "saisi après coup" if line.late else f"à {french.hour(at)}"
    said = f"{WORDS[line.status]} {when} par {line.author}" if line.author else f"{WORDS[line.status]} {when}"
    return f"{said}. {line.reason}" if line.reason else said


@door.post("/<tour>/etapes/<etape>/presences/<int:atelier_id>")
@open_to("organisation", "etape", "accueil")
def mark(tour: str, etape: str, atelier_id: int) -> Any:
    """Note one mark; a script gets the answer as data, a plain form comes back to the same name."""
    wanted = _mark_of_form(atelier_id, queries.day_of(tour, etape, atelier_id))
    noted = actions.record(act(), [wanted])[0]
    if request.accept_mimetypes.best == "application/json":
        return jsonify(status=noted.status, nonce=new_token(), sentence=_just_now(wanted))
    return redirect(_back_to(wanted.participant_id, request.form.get("q", "")), 303)


def _mark_of_form(atelier_id: int, day: date) -> NewMark:
    form = request.form
    return NewMark(
        nonce=form.get("nonce", ""),
        participant_id=form.get("participant", 0, int),
        atelier_id=atelier_id,
        status=form.get("status", ""),
        source=rules.source_on(day, clock.now(), rules.PORTE),
        reason=" ".join(form.get("reason", "").split())[: rules.LONGEST_REASON],
    )


def _just_now(mark: NewMark) -> str:
    by = act()
    return _sentence(
        Line(
            0,
            mark.participant_id,
            "",
            "",
            "",
            "",
            True,
            mark.status,
            by.name,
            by.now,
            mark.reason,
            mark.source,
        )
    )


def _back_to(participant_id: int, typed: str) -> str:
    where = request.view_args or {}
    return url_for("organiser.appel", **where, q=typed or None, _anchor=f"p{participant_id}")


@door.post("/<tour>/etapes/<etape>/presences/<int:atelier_id>/accueillir")
@open_to("organisation", "etape", "accueil")
def accueillir(tour: str, etape: str, atelier_id: int) -> Any:
    """Welcome somebody who stands on another list of the étape."""
    here = room(tour, etape, atelier_id)
    wanted = _mark_of_form(atelier_id, here.etape.day)
    try:
        actions.welcome(act(), wanted)
    except Refused as refused:
        if refused.field is None:
            raise
        return _list_page(here, request.form.get("q", ""), refused, wanted.participant_id)
    flash("Présence notée : cette personne est maintenant sur cette liste.", "fait")
    return redirect(_back_to(wanted.participant_id, ""), 303)
