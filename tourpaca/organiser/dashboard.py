"""The team's dashboard: what waits, what happened, and the tour in numbers; and the whole journal."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import render_template
from flask_login import current_user

from tourpaca import clock, french, setting
from tourpaca.attendance import counts as attendance
from tourpaca.attendance.counts import Came
from tourpaca.fiches import queries as fiches
from tourpaca.journal import queries as journal_queries
from tourpaca.mail import queries as mail
from tourpaca.mail.models import REFUSE
from tourpaca.organisations import queries as organisations
from tourpaca.organiser import door, todo
from tourpaca.organiser.wall import open_to
from tourpaca.registration import counts as registration
from tourpaca.registration import unreachable
from tourpaca.registration.counts import Expected
from tourpaca.tour import programme, rules, words
from tourpaca.tour.programme import AtelierVu, EtapeVue, Programme

MAY_ACT = frozenset({"organisation", "etape"})
STEPS = {"modifier": ("organisation", "etape"), "presences": ("organisation", "etape", "accueil")}


@dataclass(frozen=True)
class Leg:
    """An étape on the fil, with its numbers and the next step for it."""

    etape: EtapeVue
    number: int
    state: str
    title: str
    numbers: str
    more: str
    step: str
    href: str


@dataclass(frozen=True)
class Cell:
    """An atelier in the matrix: who came to it, or who is expected."""

    atelier: AtelierVu
    count: int
    capacity: int | None
    waiting: int
    over: bool


@door.get("/<tour>/", strict_slashes=False)
@open_to("organisation", "etape", "accueil", "lecture")
def dashboard(tour: str) -> Any:
    """Show what waits for the member, and the tour in numbers."""
    vue, now = programme.of(tour), clock.now()
    etapes = [etape for etape in vue.etapes if current_user.etape_id in {None, etape.id}]
    numbers = _numbers(vue)
    todos = todo.of(vue, etapes, numbers, now) if current_user.role in MAY_ACT else []
    return render_template(
        "organiser/tableau.html",
        tour=vue,
        today=clock.local(now).date(),
        title=todo.title(len(todos)),
        todos=todos,
        acts=_acts(vue.id, 5, now),
        legs=_legs(vue, etapes, now),
        matinees=[etape for etape in etapes if etape in vue.matinees],
        matrix=_matrix(vue, etapes, numbers, now),
        public_address=f"{setting.base_url()}/tours/{vue.slug}",
        anybody=any(a.taken or a.id in numbers.present for etape in etapes for a in etape.ateliers),
    )


@door.get("/<tour>/journal")
@open_to("organisation", "etape", "lecture")
def journal(tour: str) -> Any:
    """Show the last hundred acts."""
    vue, now = programme.of(tour), clock.now()
    return render_template("organiser/journal.html", tour=vue, acts=_acts(vue.id, 100, now))


def _numbers(vue: Programme) -> todo.Numbers:
    bound = current_user.etape_id
    whole = bound is None and current_user.role == "organisation"
    published = fiches.all_versions(vue.id) if whole else {}
    letters = mail.standings(vue.id, bound)
    return todo.Numbers(
        whole=whole,
        waiting=registration.waiting_by_atelier(vue.id),
        present=attendance.present_by_atelier(vue.id),
        mail_trouble=letters.trouble.words if letters.trouble else "",
        held_letters=letters.trouble.letters if letters.trouble else 0,
        refused_letters=letters.counts[REFUSE],
        unreachable=len(unreachable.people(vue.id, bound)),
        names_to_review=organisations.to_review() if whole else 0,
        fiches_to_publish=sum(not published.get(theme.id) for theme in vue.themes) if whole else 0,
    )


def _acts(tour_id: int, limit: int, now: datetime) -> list[tuple[str, str, str]]:
    """Return the newest acts: who, what, and how long ago."""
    found = journal_queries.latest(tour_id, limit, current_user.etape_id)
    local = clock.local(now)
    return [(entry.actor_name, entry.text, french.ago(clock.local(entry.at), local)) for entry in found]


def _legs(vue: Programme, etapes: list[EtapeVue], now: datetime) -> list[Leg]:
    came, expected = attendance.came_by_etape(vue.id), registration.expected_by_etape(vue.id)
    ordered = {etape.id: number for number, etape in enumerate(vue.etapes, 1)}
    coming = next((etape.id for etape in etapes if not words.over(etape, now) and not etape.cancelled), None)
    return [
        _that_may_be_taken(
            _leg(each, ordered[each.id], each.id == coming, came.get(each.id), expected.get(each.id), now)
        )
        for each in etapes
    ]


def _that_may_be_taken(leg: Leg) -> Leg:
    """Return a leg whose step is open to the member: the étape itself where the page is not theirs."""
    roles = STEPS.get(leg.href.rpartition("/")[2])
    if roles is None or current_user.role in roles:
        return leg
    return replace(leg, step="Voir l’étape", href=f"etapes/{leg.etape.slug}")


def _leg(
    etape: EtapeVue, number: int, here: bool, came: Came | None, expected: Expected | None, now: datetime
) -> Leg:
    page, near = f"etapes/{etape.slug}", todo.in_days(etape, now)
    title = f"{etape.place_name}, {near}" if here and near else etape.place_name
    if words.over(etape, now):
        people = french.plural(came.people if came else 0, "personne venue", "personnes venues")
        more = french.plural(came.presences if came else 0, "présence")
        return Leg(etape, number, "passee", title, people, more, "Relire les présences", f"{page}/presences")
    state = "ici" if here else "a-venir" if etape.town else "a-preciser"
    if etape.cancelled:
        return Leg(etape, number, state, title, "Étape annulée", "", "Voir l’étape", page)
    if not etape.town or not etape.starts_at:
        missing = "Heure à préciser" if etape.town else "Heure et lieu à préciser"
        missing = missing if not etape.starts_at else "Lieu à préciser"
        return Leg(etape, number, state, title, "", missing, "Compléter", f"{page}/modifier")
    people = french.plural(expected.people if expected else 0, "personne inscrite", "personnes inscrites")
    waiting = f"{french.number(expected.waiting)} en attente" if expected and expected.waiting else ""
    if etape.day == clock.local(now).date():
        return Leg(etape, number, state, title, people, waiting, "Marquer les présences", f"{page}/presences")
    return Leg(etape, number, state, title, people, waiting, "Préparer l’étape", page)


def _matrix(
    vue: Programme, etapes: list[EtapeVue], numbers: todo.Numbers, now: datetime
) -> list[tuple[Any, list[Cell | None]]]:
    """Return one row a thématique, one cell a matinée; None where the thématique is not held."""
    held = {(a.theme.id, e.id): (a, e) for e in etapes for a in e.ateliers if a.theme}
    columns = [etape for etape in etapes if etape in vue.matinees]
    return [
        (theme, [_cell(held.get((theme.id, etape.id)), numbers, now) for etape in columns])
        for theme in vue.themes
    ]


def _cell(found: tuple[AtelierVu, EtapeVue] | None, numbers: todo.Numbers, now: datetime) -> Cell | None:
    if found is None:
        return None
    atelier, etape = found
    over = words.over(etape, now)
    count = numbers.present.get(atelier.id, 0) if over else atelier.taken
    return Cell(atelier, count, rules.seats(atelier), numbers.waiting.get(atelier.id, 0), over)
