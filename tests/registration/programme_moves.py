"""What the team does to the programme in the tests of changes, and the minutes that pass."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from tests.registration import sending
from tourpaca.db import session, transaction
from tourpaca.journal.models import Act
from tourpaca.registration import limits, telling
from tourpaca.registration.models import Place
from tourpaca.tour import changes, queries
from tourpaca.tour.actions import creneaux
from tourpaca.tour.facts import AtelierFacts, CreneauFacts, Edited, EtapeFacts
from tourpaca.tour.models import Atelier, Etape


def at(minutes: float = 0) -> Act:
    """Somebody of the team acts, so many minutes after the registrations."""
    return Act(sending.ACT.now + timedelta(minutes=minutes), "membre:1", "Dominique")


def move_room(ordre: int, room: str, etape: str = "nice", minutes: float = 0) -> list[str]:
    """Give the atelier of a theme another room."""
    stored = sending.atelier(ordre, etape)
    kept = {name: getattr(stored, name) for name in AtelierFacts.__dataclass_fields__}
    facts = AtelierFacts(**{**kept, "room": room})
    return limits.save_ateliers(at(minutes), stored.etape_id, [Edited(stored.id, stored.version, facts)])


def move_hours(number: int, start: Any, end: Any, etape: str = "nice", minutes: float = 0) -> None:
    """Give a créneau other hours."""
    slot = stop(etape).creneaux[number - 1]
    edited = Edited(slot.id, slot.version, CreneauFacts(start, end))
    creneaux.save(at(minutes), slot.etape_id, [edited])


def move_etape(etape: str = "nice", minutes: float = 0, **changed: Any) -> None:
    """Say something else of an étape."""
    row = stop(etape)
    kept = {name: getattr(row, name) for name in EtapeFacts.__dataclass_fields__}
    limits.edit_etape(at(minutes), row.id, row.version, EtapeFacts(**{**kept, **changed}))


def set_state(ordre: int, state: str, etape: str = "nice", minutes: float = 0) -> None:
    """Cancel an atelier, or hold it after all."""
    stored = sending.atelier(ordre, etape)
    with transaction() as current, changes.watched(current, at(minutes), [stored.etape_id]):
        current.get_one(Atelier, stored.id).state = state


def stop(etape: str = "nice") -> Etape:
    """An étape as it is stored now."""
    session().rollback()
    return queries.etape("tour-paca", etape)


def ten_minutes_later(minutes: float = 10) -> datetime:
    """Let the chore see what is due, and return when it did."""
    telling.tell_due(at(minutes).now)
    return at(minutes).now


def sequences() -> dict[str, int]:
    """The sequence of each place, by uid."""
    session().rollback()
    return dict(session().execute(select(Place.uid, Place.calendar_sequence)).all())
