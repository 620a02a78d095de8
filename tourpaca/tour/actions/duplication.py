"""Duplicating an étape on another date."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourpaca.db import transaction
from tourpaca.journal.models import Act
from tourpaca.tour import acts, checks
from tourpaca.tour.facts import EtapeFacts
from tourpaca.tour.models import Atelier, Creneau, Etape

# What a duplicate takes over, named one by one: a new column is not copied until somebody decides that it is
# not personal. The contact and the facilitators are persons: they stay with their étape.
TEXTS = ("venue", "address", "transport", "access", "hearing", "break_note", "capacity")
HOURS = ("welcome_at", "starts_at", "ends_at")
OF_CRENEAU = ("ordre", "starts_at", "ends_at")
OF_ATELIER = ("thematique_id", "ordre", "room", "capacity", "room_capacity", "minimum")


@dataclass(frozen=True)
class Elsewhere:
    """When and where the duplicate is held."""

    day: date | None
    departement: str
    town: str = ""


def duplicate(act: Act, etape_id: int, elsewhere: Elsewhere) -> str:
    """Make the same étape on another date and return its slug.

    Créneaux, ateliers, rooms, capacities and texts are copied; the opening and the closing of registrations
    move by as many days as the étape. Nothing personal is: no registration, no contact, no facilitator.
    """
    with transaction() as session:
        source = acts.found(session, Etape, etape_id)
        facts = _facts(source, elsewhere)
        checks.refuse(checks.etape_messages(facts))
        etape = acts.add_etape(session, source.tour_id, facts, source.kind)
        session.flush()
        _copy_programme(session, source, etape)
        slug = etape.slug
        text = f"Reprend l’étape {acts.named(source)} en {acts.named(etape)}"
        acts.conclude_etape(session, act, "etape.duplicate", etape, text, source=source.id)
    return slug


def _facts(source: Etape, elsewhere: Elsewhere) -> EtapeFacts:
    shift = elsewhere.day - source.day if elsewhere.day else timedelta()
    return EtapeFacts(
        day=elsewhere.day,
        departement=elsewhere.departement,
        town=elsewhere.town,
        opens_at=_shifted(source.opens_at, shift),
        closes_at=_shifted(source.closes_at, shift),
        **_taken_over(source, TEXTS + HOURS),
    )


def _shifted(wall: datetime | None, shift: timedelta) -> datetime | None:
    """Move by whole days on the wall clock: 8 h stays 8 h when the legal time changes in between."""
    return wall + shift if wall else None


def _copy_programme(session: Session, source: Etape, etape: Etape) -> None:
    for creneau in source.creneaux:
        copy = Creneau(etape_id=etape.id, **_taken_over(creneau, OF_CRENEAU))
        session.add(copy)
        session.flush()
        asked = select(Atelier).where(Atelier.creneau_id == creneau.id).order_by(Atelier.ordre)
        session.add_all(
            Atelier(etape_id=etape.id, creneau_id=copy.id, **_taken_over(atelier, OF_ATELIER))
            for atelier in session.scalars(asked).all()
        )


def _taken_over(source: object, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(source, name) for name in names}
