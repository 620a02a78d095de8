"""What an organiser may say of the programme: plain values, checked (checks.py) before they are written."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Generic, TypeVar

from tourpaca.tour.models import AUTOMATIQUE, BLOQUER

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Facts = TypeVar("Facts", bound="DataclassInstance")


@dataclass(frozen=True)
class TourFacts:
    """A tour as its settings page writes it; a name is enough."""

    name: str
    poster_kicker: str = ""
    poster_title: str = ""
    pitch: str = ""
    map_name: str = ""
    organiser_name: str = ""
    organiser_address: str = ""
    organiser_siret: str = ""
    contact_email: str = ""
    inclusive_form: str = "participant.e.s"
    registration_retention: str = "12 mois après la fin de la tournée"
    proof_retention: str = "5 ans"
    proof_reason: str = "contrôle des financeurs"
    promotion: str = AUTOMATIQUE
    group_rule: str = BLOQUER


@dataclass(frozen=True)
class EtapeFacts:
    """An étape; a day and a département are enough. Hours and opening are wall-clock times of Paris."""

    day: date | None
    departement: str
    town: str = ""
    welcome_at: time | None = None
    starts_at: time | None = None
    ends_at: time | None = None
    venue: str = ""
    address: str = ""
    transport: str = ""
    access: str = ""
    hearing: str = ""
    break_note: str = ""
    contact_name: str = ""
    contact_email: str = ""
    capacity: int | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None


@dataclass(frozen=True)
class ScheduleFacts:
    """The hours and the registrations of an étape, as the page of all étapes writes them."""

    welcome_at: time | None
    starts_at: time | None
    ends_at: time | None
    opens_at: datetime | None
    closes_at: datetime | None


@dataclass(frozen=True)
class CreneauFacts:
    """A slot; its hours may be unknown."""

    starts_at: time | None = None
    ends_at: time | None = None


@dataclass(frozen=True)
class ThematiqueFacts:
    """A theme, written once for the whole tour; `creneau_ordre` is where the grid puts its ateliers."""

    title: str
    short_title: str = ""
    reference: str = ""
    creneau_ordre: int = 1


@dataclass(frozen=True)
class AtelierFacts:
    """An atelier at its étape: its créneau, its room and its limits (None: no limit)."""

    creneau_id: int
    room: str = ""
    facilitators: str = ""
    capacity: int | None = None
    room_capacity: int | None = None
    minimum: int = 0


@dataclass(frozen=True)
class Edited(Generic[Facts]):
    """One row of a page that saves several: which one, the version it was read at, and what it becomes."""

    id: int
    version: int
    facts: Facts


@dataclass(frozen=True)
class Move:
    """One step up (−1) or down (1) for a thématique, in the order that was `seen` (ids)."""

    id: int
    step: int
    seen: tuple[int, ...]


@dataclass(frozen=True)
class PartenaireFacts:
    """A partner as its page shows it; id 0 for one that is new."""

    id: int
    name: str
