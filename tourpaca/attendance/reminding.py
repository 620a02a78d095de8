"""The reminders that leave by themselves: what is due is written once, whoever looks and however often."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourpaca import clock, french
from tourpaca.attendance import audience, modeles, reminders, sending
from tourpaca.attendance.models import Depart, Rappel
from tourpaca.attendance.occasions import BY_KEY
from tourpaca.attendance.sending import Leaving
from tourpaca.db import insert_on, session, table, transaction
from tourpaca.journal.models import Act
from tourpaca.journal.writing import write
from tourpaca.tour.models import ANNULE, Etape, Tour

_DEPART = table(Depart)
# Nothing leaves earlier than this before an étape, nor later than this after it: what is read stays short.
REACH = timedelta(days=8)


def leave_due(now: datetime) -> None:
    """Send every reminder whose hour has come (chore of the worker), each in a transaction of its own.

    One whose hour is long past is missed: nothing is written, and nothing leaves.
    """
    due = _due(now)
    session().rollback()
    for rappel_id, etape_id in due:
        _leave(Act(now), rappel_id, etape_id)


def _due(now: datetime) -> list[tuple[int, int]]:
    today = clock.local(now).date()
    asked = (
        select(Rappel, Etape, Depart)
        .join(Etape, Etape.tour_id == Rappel.tour_id)
        .outerjoin(Depart, (Depart.rappel_id == Rappel.id) & (Depart.etape_id == Etape.id))
        .where(Rappel.enabled_at.is_not(None), Etape.day.between(today - REACH, today + REACH))
        .order_by(Etape.day, Rappel.id)
    )
    return [
        (rappel.id, etape.id)
        for rappel, etape, depart in session().execute(asked)
        if _is_due(rappel, etape, depart, now)
    ]


def _is_due(rappel: Rappel, etape: Etape, depart: Depart | None, now: datetime) -> bool:
    """Tell whether a reminder leaves now: its hour has come for the étape's present day, and not for nothing."""
    due = reminders.due_at(etape, rappel.days)
    if depart is not None and (depart.state == reminders.PARTI or depart.due_at == due):
        return False
    return reminders.state(etape, due, rappel.enabled_at, now) == reminders.EN_DEPART


def _leave(act: Act, rappel_id: int, etape_id: int) -> None:
    """Write the letters of one reminder, unless another worker, a hand or a change of the day came first."""
    with transaction() as current:
        rappel = current.scalars(select(Rappel).where(Rappel.id == rappel_id).with_for_update()).one()
        etape = current.scalar(select(Etape).where(Etape.id == etape_id, Etape.state != ANNULE))
        depart = _depart(current, rappel_id, etape_id)
        if etape is not None and _is_due(rappel, etape, depart, act.now):
            _write(current, act, rappel, etape)


def _write(current: Session, act: Act, rappel: Rappel, etape: Etape) -> None:
    occasion = BY_KEY[rappel.occasion]
    text = modeles.of_occasion(rappel.tour_id, occasion.key).message
    key = reminders.send_key(rappel.tour_id, occasion.key, etape.id)
    message = replace(text, send_key=key, by_itself=True)
    criteria = reminders.criteria(rappel.tour_id, occasion, etape.id)
    people = reminders.expected(occasion, audience.of(criteria).recipients)
    if not people:
        return _note(current, act, rappel, etape, reminders.SANS_OBJET, None)
    envoi_id = sending.open_envoi(current, act, criteria, message)
    if envoi_id is None:
        known = sending.known_envoi(current, message.send_key)
        return _note(current, act, rappel, etape, reminders.PARTI, known)
    tour = current.get_one(Tour, rappel.tour_id)
    leaving = Leaving(act.now, reminders.expires_at(occasion, etape))
    sending.post(current, act.now, envoi_id, message, tour, people, leaving)
    told = f"{occasion.name} : parti à {french.plural(len(people), 'personne')}."
    write(current, act, "rappel.partir", f"envoi:{envoi_id}", told, rappel.tour_id, etape.id)
    return _note(current, act, rappel, etape, reminders.PARTI, envoi_id)


def _note(current: Session, act: Act, rappel: Rappel, etape: Etape, state: str, envoi_id: int | None) -> None:
    """Write what became of it, over what was needless for another day only."""
    values = {
        "state": state,
        "due_at": reminders.due_at(etape, rappel.days),
        "done_at": act.now,
        "envoi_id": envoi_id,
    }
    noted = insert_on(current.get_bind().dialect.name)(_DEPART).values(
        rappel_id=rappel.id, etape_id=etape.id, **values
    )
    current.execute(noted.on_conflict_do_update(index_elements=["rappel_id", "etape_id"], set_=values))


def _depart(current: Session, rappel_id: int, etape_id: int) -> Depart | None:
    mine = (Depart.rappel_id == rappel_id, Depart.etape_id == etape_id)
    return current.scalar(select(Depart).where(*mine))
