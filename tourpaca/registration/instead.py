"""What is open instead of an atelier: the others of its créneau, and the same thématique in another town."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from tourpaca import setting
from tourpaca.db import session
from tourpaca.registration import programme, rules
from tourpaca.registration.models import EN_ATTENTE, Place
from tourpaca.registration.programme import Offer
from tourpaca.tour import rules as tour_rules
from tourpaca.tour.models import PREVU, Atelier, Etape


@dataclass(frozen=True)
class Elsewhere:
    """The same thématique at another étape, where somebody can register now; `left` is None without a limit."""

    place_name: str
    day: date
    left: int | None
    address: str


@dataclass(frozen=True)
class Instead:
    """What people of an atelier that is off may turn to, and why it is off.

    `inside` are the open ateliers of its créneau for who has a place at the étape, `outside` for who only waits: the
    étape itself may be full for them.
    """

    reason: str = ""
    inside: tuple[Offer, ...] = ()
    outside: tuple[Offer, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()


NOTHING_SAID = Instead()


def of(atelier: Atelier, now: datetime, reason: str = "") -> Instead:
    """Return what is open instead of an atelier; nothing at an étape where nobody may change by themselves any more."""
    if atelier.etape.tour.published_at is None:
        return Instead(reason)
    began = rules.began(atelier.etape, now)
    inside, outside = (() if began else _here(atelier, inside) for inside in (True, False))
    return Instead(reason, inside, outside, tuple(_elsewhere(atelier, now)))


def _here(atelier: Atelier, inside: bool) -> tuple[Offer, ...]:
    plan = programme.of_etape(session().connection(), atelier.etape_id, inside)
    others = (offer for offer in plan.offers.values() if offer.atelier_id != atelier.id)
    return tuple(offer for offer in others if offer.creneau_id == atelier.creneau_id and not offer.full)


def _elsewhere(atelier: Atelier, now: datetime) -> Iterator[Elsewhere]:
    awaited = select(Place.id).where(Place.atelier_id == Atelier.id, Place.state == EN_ATTENTE).exists()
    asked = (
        select(Atelier)
        .join(Etape, Etape.id == Atelier.etape_id)
        .where(Atelier.thematique_id == atelier.thematique_id, Atelier.etape_id != atelier.etape_id)
        .where(Atelier.state == PREVU, Etape.state == PREVU, ~awaited)
        .order_by(Etape.day, Etape.ordre)
    )
    for other in session().scalars(asked):
        etape, free = other.etape, tour_rules.free_places(other, other.etape)
        if tour_rules.opening(etape, now).open and not free.full:
            address = f"{setting.base_url()}/tours/{etape.tour.slug}/etapes/{etape.slug}"
            yield Elsewhere(etape.place_name, etape.day, free.left, address)
