"""The programme of one étape as registering needs it: read in two statements, held as plain values."""

from dataclasses import dataclass
from datetime import time
from typing import Any

from sqlalchemy import LABEL_STYLE_TABLENAME_PLUS_COL, func, select
from sqlalchemy.engine import Connection

from tourpaca.db import table
from tourpaca.refusal import Unknown
from tourpaca.registration.models import EN_ATTENTE, Place
from tourpaca.tour import rules as tour_rules
from tourpaca.tour.models import CAPITALISATION, PREVU, Atelier, Creneau, Etape, Thematique, Tour

ATELIER, CRENEAU, THEME, PLACE = table(Atelier), table(Creneau), table(Thematique), table(Place)
TOUR, ETAPE = table(Tour), table(Etape)


@dataclass(frozen=True)
class Offer:
    """An atelier that can be chosen. `left` is what its limits and the étape's leave (None: no limit).

    Who comes after a waiting list waits behind it: an offer with people waiting is full, whatever is left.
    """

    atelier_id: int
    creneau_id: int
    title: str
    label: str
    room: str
    minimum: int
    taken: int
    left: int | None
    waiting: int

    @property
    def full(self) -> bool:
        """Tell whether a newcomer would wait."""
        return self.waiting > 0 or (self.left is not None and self.left <= 0)


@dataclass(frozen=True)
class Slot:
    """A créneau with its offers; its hours may be unknown."""

    creneau_id: int
    ordre: int
    starts_at: time | None
    ends_at: time | None
    offers: tuple[Offer, ...]


@dataclass(frozen=True)
class Programme:
    """An étape, its tour, and what can be chosen there. The two objects are copies, bound to no session."""

    tour: Tour
    etape: Etape
    slots: tuple[Slot, ...]

    @property
    def single(self) -> bool:
        """Tell whether everybody takes the one atelier: an event of capitalisation has no choice."""
        return self.etape.kind == CAPITALISATION

    @property
    def offers(self) -> dict[int, Offer]:
        """Every offer by the id of its atelier."""
        return {offer.atelier_id: offer for slot in self.slots for offer in slot.offers}

    def slot_of(self, offer: Offer) -> Slot:
        """Return the créneau of an offer."""
        return next(slot for slot in self.slots if slot.creneau_id == offer.creneau_id)


_PLACE = select(TOUR, ETAPE).join_from(ETAPE, TOUR).set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
_WAITING = (
    select(func.count())
    .where(PLACE.c.atelier_id == ATELIER.c.id, PLACE.c.state == EN_ATTENTE)
    .correlate(ATELIER)
    .scalar_subquery()
)
_OFFERS = (
    select(
        ATELIER.c.id,
        ATELIER.c.creneau_id,
        ATELIER.c.room,
        ATELIER.c.minimum,
        ATELIER.c.taken,
        ATELIER.c.capacity,
        ATELIER.c.room_capacity,
        CRENEAU.c.ordre,
        CRENEAU.c.starts_at,
        CRENEAU.c.ends_at,
        THEME.c.title,
        THEME.c.short_title,
        _WAITING.label("waiting"),
    )
    .join_from(ATELIER, CRENEAU, ATELIER.c.creneau_id == CRENEAU.c.id)
    .outerjoin(THEME, ATELIER.c.thematique_id == THEME.c.id)
    .where(ATELIER.c.state == PREVU)
    .order_by(CRENEAU.c.ordre, ATELIER.c.ordre)
)


def of_etape(connection: Connection, etape_id: int) -> Programme:
    """Return the programme of an étape, or refuse with `Unknown` while its tour is not published."""
    return _read(connection, Etape.id == etape_id)


def at(connection: Connection, tour_slug: str, etape_slug: str) -> Programme:
    """Return the programme of the étape at this address, or refuse with `Unknown`."""
    return _read(connection, Tour.slug == tour_slug, Etape.slug == etape_slug)


def _read(connection: Connection, *where: Any) -> Programme:
    row = connection.execute(_PLACE.where(*where)).mappings().first()
    if row is None or row["tour_published_at"] is None:
        raise Unknown("Cette étape n’existe pas.")
    tour = Tour(**{c.name: row[f"tour_{c.name}"] for c in TOUR.columns})
    etape = Etape(**{c.name: row[f"etape_{c.name}"] for c in ETAPE.columns})
    rows = connection.execute(_OFFERS.where(ATELIER.c.etape_id == etape.id)).all()
    return Programme(tour, etape, _slots(etape, rows))


def _slots(etape: Etape, rows: Any) -> tuple[Slot, ...]:
    slots: dict[int, Slot] = {}
    for row in rows:
        empty = Slot(row.creneau_id, row.ordre, row.starts_at, row.ends_at, ())
        slot = slots.get(row.creneau_id, empty)
        offers = (*slot.offers, _offer(etape, row))
        slots[row.creneau_id] = Slot(slot.creneau_id, slot.ordre, slot.starts_at, slot.ends_at, offers)
    return tuple(slots.values())


def _offer(etape: Etape, row: Any) -> Offer:
    free = tour_rules.blocking_limit(row.taken, row.capacity, row.room_capacity, etape.people, etape.capacity)
    title = row.title or tour_rules.kind_name(etape).capitalize()
    return Offer(
        atelier_id=row.id,
        creneau_id=row.creneau_id,
        title=title,
        label=row.short_title or title,
        room=row.room,
        minimum=row.minimum,
        taken=row.taken,
        left=free.left,
        waiting=row.waiting,
    )
