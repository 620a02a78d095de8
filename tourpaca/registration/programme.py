"""The programme of one étape as registering needs it: read in two statements, held as plain values."""

from dataclasses import dataclass, replace
from datetime import time
from functools import cached_property
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.engine import Connection

from tourpaca.db import table
from tourpaca.prepared import Asked, Open, Prepared
from tourpaca.refusal import Unknown
from tourpaca.registration.models import EN_ATTENTE, Place
from tourpaca.tour import rules as tour_rules
from tourpaca.tour.models import CAPITALISATION, PREVU, Atelier, Creneau, Etape, Thematique, Tour
from tourpaca.tour.programme import EtapeVue
from tourpaca.tour.told import Told, place_of

ATELIER, CRENEAU, THEME, PLACE = table(Atelier), table(Creneau), table(Thematique), table(Place)
TOUR, ETAPE = table(Tour), table(Etape)


@dataclass(frozen=True)
class Offer:
    """An atelier that can be chosen. `left` is what its limits and the étape's leave (None: no limit).

    `limit` names the one that decides: the table, the room or the étape (row B04).

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
    limit: str

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


@dataclass(frozen=True, slots=True)
class Host:
    """The tour of the étape, as forms and letters name it."""

    id: int
    slug: str
    name: str
    organiser_name: str
    contact_email: str
    registration_retention: str
    proof_retention: str
    proof_reason: str
    promotion: str
    group_rule: str


@dataclass(frozen=True)
class Programme:
    """An étape, its tour, and what can be chosen there."""

    tour: Host
    etape: EtapeVue
    slots: tuple[Slot, ...]

    @property
    def single(self) -> bool:
        """Tell whether everybody takes the one atelier: an event of capitalisation has no choice."""
        return self.etape.kind == CAPITALISATION

    @cached_property
    def offers(self) -> dict[int, Offer]:
        """Every offer by the id of its atelier."""
        return {offer.atelier_id: offer for slot in self.slots for offer in slot.offers}

    def told(self, atelier_id: int) -> str:
        """Return what a calendar is told of an atelier, as a place keeps it."""
        offer = self.offers[atelier_id]
        slot = self.slot_of(offer)
        return Told(self.etape.day, slot.starts_at, slot.ends_at, offer.room, self._place).written()

    @cached_property
    def _place(self) -> str:
        return place_of(self.etape)

    def slot_of(self, offer: Offer) -> Slot:
        """Return the créneau of an offer."""
        return next(slot for slot in self.slots if slot.creneau_id == offer.creneau_id)


# One row: the columns of the tour, then those of the étape, in the order of the two classes.
_HOST, _STOP = Host.__slots__, tuple(name for name in EtapeVue.__slots__ if name != "creneaux")
_ETAPE_ID = len(_HOST) + _STOP.index("id")
_PLACE = (
    select(*(TOUR.c[name] for name in _HOST), *(ETAPE.c[name] for name in _STOP))
    .join_from(ETAPE, TOUR)
    .where(TOUR.c.published_at.is_not(None))
)
_BY_ID = Prepared(_PLACE.where(ETAPE.c.id == bindparam("asked_etape")))
_BY_SLUGS = Prepared(
    _PLACE.where(TOUR.c.slug == bindparam("tour_slug"), ETAPE.c.slug == bindparam("etape_slug"))
)
_WAITING = (
    select(func.count())
    .where(PLACE.c.atelier_id == ATELIER.c.id, PLACE.c.state == EN_ATTENTE)
    .correlate(ATELIER)
    .scalar_subquery()
)
_OFFERS = Prepared(
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
    .where(ATELIER.c.etape_id == bindparam("asked_etape"), ATELIER.c.state == PREVU)
    .order_by(CRENEAU.c.ordre, ATELIER.c.ordre)
)


def of_etape(connection: Open, etape_id: int, inside: bool = False) -> Programme:
    """Return the programme of an étape, or refuse with `Unknown` while its tour is not published.

    For somebody `inside`, who is counted at the étape already, only the limits of the ateliers count.
    """
    row = _BY_ID.ask(connection, {"asked_etape": etape_id})
    offers = _OFFERS.ask(connection, {"asked_etape": etape_id})
    return _programme(row.first(), offers, inside)


def at(connection: Connection, tour_slug: str, etape_slug: str) -> Programme:
    """Return the programme of the étape at this address, or refuse with `Unknown`."""
    row = _BY_SLUGS.first(connection, {"tour_slug": tour_slug, "etape_slug": etape_slug})
    asked = row[_ETAPE_ID] if row else None
    return _programme(row, _OFFERS.ask(connection, {"asked_etape": asked}))


def _programme(row: Any, offers: Asked, inside: bool = False) -> Programme:
    if row is None:
        raise Unknown("Cette étape n’existe pas.")
    tour = Host(*row[: len(_HOST)])
    etape = EtapeVue(**dict(zip(_STOP, row[len(_HOST) :], strict=True)), creneaux=())
    return Programme(tour, etape, _slots(replace(etape, capacity=None) if inside else etape, offers.rows()))


def _slots(etape: EtapeVue, rows: Any) -> tuple[Slot, ...]:
    slots: dict[int, list[Any]] = {}
    for row in rows:
        slots.setdefault(row.creneau_id, []).append(row)
    return tuple(
        Slot(number, held[0].ordre, held[0].starts_at, held[0].ends_at, tuple(_offer(etape, r) for r in held))
        for number, held in slots.items()
    )


def _offer(etape: EtapeVue, row: Any) -> Offer:
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
        limit=free.limit,
    )
