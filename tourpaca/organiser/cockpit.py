"""The cockpit of an étape: what to do next for it, its numbers, and each atelier with its filling."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template
from flask_login import current_user

from tourpaca import clock
from tourpaca.attendance import counts as attendance
from tourpaca.attendance.counts import Came
from tourpaca.organiser import door, todo
from tourpaca.organiser.tour import announced
from tourpaca.organiser.wall import open_to
from tourpaca.registration import counts as registration
from tourpaca.registration import notices
from tourpaca.registration.counts import Expected
from tourpaca.tour import programme, rules, words
from tourpaca.tour.programme import AtelierVu, EtapeVue

PRINT, MARK, REVIEW, SEE = "emargement", "presences", "relire", "inscriptions"


@dataclass(frozen=True)
class Row:
    """An atelier in the cockpit."""

    atelier: AtelierVu
    count: int
    capacity: int | None
    waiting: int
    state: str
    may_cancel: bool


@door.get("/<tour>/etapes/<etape>")
@open_to("organisation", "etape", "accueil", "lecture")
def etape(tour: str, etape: str) -> Any:
    """Show an étape to the team."""
    vue, now = programme.of(tour), clock.now()
    row = vue.etape(etape)
    notice = notices.last(vue.id, row.id)
    waiting, present = registration.waiting_by_atelier(vue.id), attendance.present_by_atelier(vue.id)
    return render_template(
        "organiser/etape.html",
        tour=vue,
        etape=row,
        number=vue.etapes.index(row) + 1,
        rules=rules,
        primary=_primary(row, now),
        over=words.over(row, now),
        came=attendance.came_by_etape(vue.id).get(row.id, Came()),
        expected=registration.expected_by_etape(vue.id).get(row.id, Expected()),
        free=_free(row),
        under=[a for a in row.ateliers if _under(a) and not words.over(row, now)],
        decide=todo.decide(row, now),
        creneaux=[
            (c, [_row(row, a, waiting.get(a.id, 0), present.get(a.id, 0), now) for a in c.ateliers])
            for c in row.creneaux
        ],
        role=current_user.role,
        soon=announced.soon([row.id]),
        so_far=announced.so_far(notice, now) if notice and not words.over(row, now) else "",
    )


def _free(row: EtapeVue) -> int | None:
    """Return how many places are left; None where an atelier counts none: no number would be true."""
    left = [rules.free_places(atelier, row).left for atelier in row.ateliers if not atelier.cancelled]
    return None if None in left else sum(number or 0 for number in left)


def _primary(row: EtapeVue, now: datetime) -> str:
    """Return the action that the calendar calls for: registrations, sheets from J−2, marks on the day, review after."""
    today = clock.local(now).date()
    if words.over(row, now) or today > row.day:
        return REVIEW
    if today == row.day:
        return MARK
    return PRINT if row.day - today <= todo.SIGN_IN_SHEETS else SEE


def _under(atelier: AtelierVu) -> bool:
    return not atelier.cancelled and 0 < atelier.taken < atelier.minimum


def _row(row: EtapeVue, atelier: AtelierVu, waiting: int, present: int, now: datetime) -> Row:
    over = words.over(row, now)
    count = present if over else atelier.taken
    may_cancel = bool(atelier.theme) and not (over or atelier.cancelled or row.cancelled)
    return Row(atelier, count, rules.seats(atelier), waiting, _state(row, atelier, present, over), may_cancel)


def _state(row: EtapeVue, atelier: AtelierVu, present: int, over: bool) -> str:
    if atelier.cancelled or row.cancelled:
        return "Annulé"
    if over:
        return "Tenu" if present else "Sans réponse"
    if rules.free_places(atelier, row).full:
        return "Complet"
    return "Sous le minimum" if _under(atelier) else "Prévu"
