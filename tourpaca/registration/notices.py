"""Whom a change of the programme concerns, before it is saved, until it is told, and once its letters leave."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import and_, func, select

from tourpaca.db import session
from tourpaca.mail.models import PARTI, Letter
from tourpaca.mail.queries import WAITING
from tourpaca.registration import telling
from tourpaca.registration.change_letters import KINDS
from tourpaca.registration.models import CONFIRMEE, EN_ATTENTE
from tourpaca.tour import changes
from tourpaca.tour.models import Changement


@dataclass(frozen=True)
class Concerned:
    """How many people a letter would reach if an étape, one of its créneaux or one of its ateliers moved."""

    people: int
    by_creneau: dict[int, int]
    by_atelier: dict[int, int]


@dataclass(frozen=True)
class Pending:
    """A change saved and not told yet: how many people will be, and when (aware)."""

    people: int
    due_at: datetime


@dataclass(frozen=True)
class Notice:
    """The last change told: when (aware), how many letters left, wait, or did not arrive."""

    told_at: datetime
    sent: int = 0
    waiting: int = 0
    others: int = 0


@dataclass(frozen=True)
class Affected:
    """Somebody who comes to an atelier or waits for it; `reached` when a letter finds them or their contact."""

    name: str
    waiting: bool
    reached: bool


@dataclass
class _Sets:
    people: set[int] = field(default_factory=set)
    by_creneau: dict[int, set[int]] = field(default_factory=dict)
    by_atelier: dict[int, set[int]] = field(default_factory=dict)


def concerned(etape_id: int) -> Concerned:
    """Return whom a change of an étape would be told to: within reach, in an atelier that is held or waiting for it.

    Who waits is not told of a room: `by_atelier` counts who has a place.
    """
    truth, found = changes.truth(session(), etape_id), _Sets()
    places = telling.held(session(), etape_id)
    silent = telling.marked(places)
    for place in places:
        if telling.within_reach(place, silent) and not truth[place.atelier_id].cancelled:
            person = place.participant_id
            found.people.add(person)
            found.by_creneau.setdefault(place.creneau_id, set()).add(person)
            if place.state == CONFIRMEE:
                found.by_atelier.setdefault(place.atelier_id, set()).add(person)
    counts = (
        {key: len(people) for key, people in each.items()} for each in (found.by_creneau, found.by_atelier)
    )
    return Concerned(len(found.people), *counts)


def affected(etape_id: int, atelier_id: int) -> list[Affected]:
    """Return who would be told that an atelier is off: who has a place or an offer, then who waits, in their order."""
    places = [place for place in telling.held(session(), etape_id) if place.atelier_id == atelier_id]
    silent = telling.marked(places)
    found = [
        Affected(
            f"{place.first_name} {place.last_name}".strip(),
            place.state == EN_ATTENTE,
            telling.within_reach(place, silent),
        )
        for place in sorted(places, key=lambda place: place.id)
    ]
    return sorted(found, key=lambda each: each.waiting)


def pending(etape_ids: Collection[int]) -> Pending | None:
    """Return what is about to be told of étapes, people counted once each; None when nobody's place moved.

    The hour is that of the first étape whose people are told.
    """
    asked = select(Changement).where(Changement.etape_id.in_(etape_ids)).order_by(Changement.due_at)
    people: set[int] = set()
    due_at: datetime | None = None
    for noted in session().scalars(asked):
        moved = _moved(noted)
        people |= moved
        due_at = due_at or (noted.due_at if moved else None)
    return Pending(len(people), due_at) if due_at else None


def _moved(noted: Changement) -> set[int]:
    truth = changes.truth(session(), noted.etape_id)
    moved = set()
    places = telling.held(session(), noted.etape_id)
    silent = telling.marked(places)
    for place in places:
        old = telling.was_told(place, noted.before)
        if (
            telling.within_reach(place, silent)
            and old is not None
            and telling.has_moved(place, old, truth[place.atelier_id])
        ):
            moved.add(place.participant_id)
    return moved


def last(tour_id: int, etape_id: int) -> Notice | None:
    """Return where the letters of the last change of an étape are, or None when none was ever told."""
    ours = and_(Letter.tour_id == tour_id, Letter.etape_id == etape_id, Letter.kind.in_(KINDS))
    newest = select(func.max(Letter.created_at)).where(ours).scalar_subquery()
    asked = (
        select(Letter.state, Letter.created_at, func.count())
        .where(ours, Letter.created_at == newest)
        .group_by(Letter.state, Letter.created_at)
    )
    rows = session().execute(asked).all()
    if not rows:
        return None
    counts = {state: number for state, _, number in rows}
    sent, waiting = counts.get(PARTI, 0), sum(counts.get(state, 0) for state in WAITING)
    return Notice(rows[0][1], sent, waiting, sum(counts.values()) - sent - waiting)
