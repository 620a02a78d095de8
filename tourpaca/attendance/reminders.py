"""What becomes of each reminder at each étape: coming, sent, missed or needless, and to how many."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tourpaca import clock
from tourpaca.attendance.audience import Criteria, Recipient
from tourpaca.attendance.models import Depart, Rappel
from tourpaca.attendance.occasions import BY_KEY, REMINDER, REMINDERS, USEFUL, Occasion
from tourpaca.db import insert_on, session, table
from tourpaca.journal.models import Act
from tourpaca.mail.models import Envoi, Letter
from tourpaca.refusal import Unknown
from tourpaca.registration.models import CONFIRMEE, Dossier, Participant, Place
from tourpaca.tour import rules as tour_rules
from tourpaca.tour.models import ANNULE, Etape

HOUR = time(9)
# What a departure row says, and what is deduced while there is none.
PARTI, SANS_OBJET = "parti", "sans_objet"
PREVU, EN_DEPART, MANQUE, ARRETE = "prevu", "en_depart", "manque", "arrete"

_RAPPEL = table(Rappel)


@dataclass(frozen=True)
class Leg:
    """A reminder at one étape: when it leaves, what became of it, how many letters, and who registered since.

    `recoverable` when it did not leave and would still make sense, sent by hand.
    """

    etape: Etape
    state: str
    due_at: datetime
    done_at: datetime | None = None
    letters: int = 0
    since: int = 0
    by_hand: bool = False
    recoverable: bool = False
    envoi_id: int | None = None


@dataclass(frozen=True)
class Plan:
    """A reminder of a tour, and its étapes in the order of their days."""

    occasion: Occasion
    enabled: bool
    legs: tuple[Leg, ...]


def due_at(etape: Etape, days: int) -> datetime:
    """Return the instant of 9 h, Paris, so many days from an étape; resolved late, so legal time is followed."""
    return clock.instant(etape.day + timedelta(days=days), HOUR)


def useful_until(due: datetime) -> datetime:
    """Return the instant from which a reminder that could not leave is missed."""
    return due + USEFUL


def send_key(tour_id: int, occasion: str, etape_id: int) -> str:
    """Return the key under which a reminder of an étape is sent, by itself or by hand: once for ever."""
    return f"{REMINDER}:{tour_id}:{occasion}:{etape_id}"


def criteria(tour_id: int, occasion: Occasion, etape_id: int) -> Criteria:
    """Return whom a reminder is for: never who cancelled, nor who only waits for a place."""
    return Criteria(tour_id, etape_id, place=occasion.place, presence=occasion.presence)


def expected(occasion: Occasion, people: Sequence[Recipient]) -> list[Recipient]:
    """Return those who have a reason to come: nobody is told « à demain » for ateliers that do not take place."""
    ahead = (occasion.days or 0) < 0
    return [one for one in people if not ahead or any(not (held.off or held.waiting) for held in one.places)]


def expires_at(occasion: Occasion, etape: Etape) -> datetime | None:
    """Return the instant from which a reminder announces something that is over; thanks never do."""
    return tour_rules.end(etape) if (occasion.days or 0) < 0 else None


def switch(session: Session, act: Act, tour_id: int, key: str, enabled: bool) -> bool:
    """Enable or stop a reminder in the open transaction; tell whether that changed anything."""
    occasion = BY_KEY.get(key)
    if occasion is None or occasion.days is None:
        raise Unknown("Ce rappel n’existe pas.")
    values = {"tour_id": tour_id, "occasion": key, "days": occasion.days}
    known = insert_on(session.get_bind().dialect.name)(_RAPPEL).values(values)
    session.execute(known.on_conflict_do_nothing(index_elements=["tour_id", "occasion"]))
    mine = (Rappel.tour_id == tour_id, Rappel.occasion == key)
    row = session.scalars(select(Rappel).where(*mine).with_for_update()).one()
    if (row.enabled_at is not None) == enabled:
        return False
    row.enabled_at = act.now if enabled else None
    return True


def plans(tour_id: int, now: datetime) -> list[Plan]:
    """Return every reminder of a tour with its étapes, in four statements whatever their number."""
    etapes = session().scalars(select(Etape).where(Etape.tour_id == tour_id).order_by(Etape.day, Etape.ordre))
    found, sends = etapes.all(), _sends(tour_id)
    rappels = {
        row.occasion: row for row in session().scalars(select(Rappel).where(Rappel.tour_id == tour_id))
    }
    departs = _departs(tour_id)
    since = _since(tour_id)
    plans = []
    for occasion in REMINDERS:
        rappel = rappels.get(occasion.key)
        enabled_at = rappel.enabled_at if rappel else None
        legs = []
        for etape in found:
            send = sends.get(send_key(tour_id, occasion.key, etape.id))
            depart = departs.get((occasion.key, etape.id))
            leg = _leg(etape, occasion, enabled_at, send, depart, now)
            legs.append(_with_since(leg, since[etape.id], now))
        plans.append(Plan(occasion, enabled_at is not None, tuple(legs)))
    return plans


def state(etape: Etape, due: datetime, enabled_at: datetime | None, now: datetime) -> str:
    """Return what becomes of a reminder that has not left, at an instant."""
    if etape.state == ANNULE:
        return SANS_OBJET
    if enabled_at is None:
        return ARRETE
    if enabled_at > due or now >= useful_until(due):
        return MANQUE
    return PREVU if now < due else EN_DEPART


def _leg(
    etape: Etape,
    occasion: Occasion,
    enabled_at: datetime | None,
    send: Any,
    depart: Depart | None,
    now: datetime,
) -> Leg:
    due = due_at(etape, occasion.days or 0)
    if send is not None:
        by_hand = send.member_id is not None
        return Leg(etape, PARTI, due, send.created_at, send.letters, by_hand=by_hand, envoi_id=send.id)
    known = depart is not None and depart.due_at == due
    found = depart.state if depart is not None and known else state(etape, due, enabled_at, now)
    didnt = found in (MANQUE, SANS_OBJET) and etape.state != ANNULE and now >= due
    sensible = (occasion.days or 0) > 0 or now < tour_rules.end(etape)
    return Leg(etape, found, due, recoverable=didnt and sensible)


def _with_since(leg: Leg, arrivals: list[datetime], now: datetime) -> Leg:
    """Add how many registered since a reminder left, while the étape is still to come."""
    if leg.state != PARTI or leg.done_at is None or tour_rules.end(leg.etape) <= now:
        return leg
    number = sum(arrival > leg.done_at for arrival in arrivals)
    return replace(leg, since=number)


def _sends(tour_id: int) -> dict[str, Any]:
    """Return the sends of the reminders of a tour by their key, each with the number of its letters."""
    asked = (
        select(
            Envoi.id,
            Envoi.send_key,
            Envoi.created_at,
            Envoi.member_id,
            func.count(Letter.id).label("letters"),
        )
        .outerjoin(Letter, Letter.envoi_id == Envoi.id)
        .where(Envoi.tour_id == tour_id, Envoi.send_key.startswith(f"rappel:{tour_id}:", autoescape=True))
        .group_by(Envoi.id)
    )
    return {row.send_key: row for row in session().execute(asked)}


def _departs(tour_id: int) -> dict[tuple[str, int], Depart]:
    asked = select(Rappel.occasion, Depart).join(Rappel, Rappel.id == Depart.rappel_id)
    rows = session().execute(asked.where(Rappel.tour_id == tour_id))
    return {(occasion, depart.etape_id): depart for occasion, depart in rows}


def _since(tour_id: int) -> dict[int, list[datetime]]:
    """Return when the people who hold a place registered, by étape."""
    held = select(Place.id).where(Place.participant_id == Participant.id, Place.state == CONFIRMEE)
    asked = (
        select(Participant.etape_id, Dossier.created_at)
        .join(Dossier, Dossier.id == Participant.dossier_id)
        .join(Etape, Etape.id == Participant.etape_id)
        .where(Etape.tour_id == tour_id, held.exists())
    )
    found: dict[int, list[datetime]] = defaultdict(list)
    for etape_id, registered_at in session().execute(asked):
        found[etape_id].append(registered_at)
    return found
