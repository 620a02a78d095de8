"""What can be asked about registrations, by the people themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from tourpaca.db import read_number, session
from tourpaca.refusal import Refused, Unknown
from tourpaca.registration import files, passages, rules
from tourpaca.registration import programme as programmes
from tourpaca.registration.models import CONFIRMEE, Lien, Participant, Passage, Place
from tourpaca.registration.programme import Programme
from tourpaca.security import hash_token
from tourpaca.tour import rules as tour_rules
from tourpaca.tour.models import PREVU, Etape, Tour

_ETAPE_ID = (
    "SELECT etape.id FROM etape JOIN tour ON tour.id = etape.tour_id WHERE tour.slug = $1 AND etape.slug = $2"
)


class LinkExpired(Refused):
    """A personal link opens nothing: never made, withdrawn, or past its day."""


@dataclass(frozen=True)
class Coming:
    """A person of the page, with the places they hold; `cancelled` keeps the name of who no longer comes.

    `passed` are the offers that ended unanswered, `life` the turns of their places.
    """

    participant_id: int
    first_name: str
    last_name: str
    email: str
    cancelled: bool
    places: tuple[files.Held, ...]
    passed: tuple[files.Held, ...] = ()
    life: tuple[passages.Moment, ...] = ()

    @property
    def name(self) -> str:
        """Prénom Nom."""
        return f"{self.first_name} {self.last_name}".strip()

    def confirmed_in(self, creneau_id: int) -> files.Held | None:
        """Return the place that is theirs in a créneau."""
        places = (place for place in self.places if place.creneau_id == creneau_id)
        return next((place for place in places if place.state == CONFIRMEE), None)


@dataclass(frozen=True)
class MyRegistration:
    """What a personal link opens: a whole dossier, or one person of it."""

    dossier_id: int
    whole: bool
    tour: Tour
    etape: Etape
    organisation: str
    organisation_id: int | None
    contact_email: str
    people: tuple[Coming, ...]
    may_cancel: bool
    until: datetime

    @property
    def coming(self) -> tuple[Coming, ...]:
        """The people who still come."""
        return tuple(person for person in self.people if not person.cancelled)

    @property
    def places(self) -> tuple[files.Held, ...]:
        """Every place held."""
        return tuple(place for person in self.coming for place in person.places)

    @property
    def confirmed(self) -> tuple[files.Held, ...]:
        """The places that are theirs, those waited for left out, and those of ateliers that do not take place."""
        return tuple(place for place in self.places if place.state == CONFIRMEE and not place.off)

    def holder_of(self, place_id: int) -> Coming:
        """Return who of this page holds a place; refuses (`Unknown`) any other place."""
        for each in self.people:
            if place_id in {place.place_id for place in (*each.places, *each.passed)}:
                return each
        raise Unknown("Cette place n’est plus sur cette page.")

    def people_of(self, participant_id: int | None) -> tuple[Coming, ...]:
        """Return one person of the page, or all who come; refuses (`Unknown`) who is not on it or no longer comes."""
        chosen = tuple(p for p in self.coming if participant_id in {None, p.participant_id})
        if not chosen:
            raise Unknown("Cette personne n’est plus dans cette inscription.")
        return chosen


def programme(tour: str, etape: str) -> Programme:
    """Return what can be chosen at an étape, or refuse with `Unknown`."""
    return programmes.at(session().connection(), tour, etape)


def etape_id(tour: str, etape: str) -> int:
    """Return the id of an étape named by its address, or refuse with `Unknown`."""
    found = read_number(_ETAPE_ID, tour, etape)
    if found is None:
        raise Unknown("Cette étape n’existe pas.")
    return found


def other_open_etapes(plan: Programme, now: datetime) -> list[Etape]:
    """Return the étapes of the same tour where somebody can register now."""
    asked = select(Etape).where(
        Etape.tour_id == plan.tour.id, Etape.id != plan.etape.id, Etape.state == PREVU
    )
    etapes = session().scalars(asked.order_by(Etape.day, Etape.ordre))
    return [etape for etape in etapes if tour_rules.opening(etape, now).open]


def my_registration(token: str, now: datetime) -> MyRegistration:
    """Return what a link opens, or refuse with `LinkExpired`."""
    link = session().scalar(select(Lien).where(Lien.token_hash == hash_token(token)))
    if link is not None and link.revoked_at is not None and _was_ceded(link):
        raise LinkExpired(
            "La place que ce lien ouvrait est cédée à une autre personne, qui a son propre lien. "
            "Vous venez aussi ? Inscrivez-vous de nouveau. Vous n’en saviez rien ? Répondez au message reçu. "
            "Pour une autre inscription, indiquez votre courriel."
        )
    if link is None or link.revoked_at is not None or link.expires_at <= now:
        raise LinkExpired(
            "Ce lien n’est plus valable. Indiquez votre courriel : nous vous en envoyons un autre si une "
            "inscription s’y rattache."
        )
    return _registration(link.dossier_id, link.participant_id, now)


def of_participant(participant_id: int, now: datetime) -> MyRegistration:
    """Return the registration of one person, as the team sees it; refuses (`Unknown`) who is not registered."""
    dossier_id = session().scalar(select(Participant.dossier_id).where(Participant.id == participant_id))
    if dossier_id is None:
        raise Unknown("Cette personne n’est pas inscrite.")
    return _registration(dossier_id, participant_id, now)


def _registration(dossier_id: int, participant_id: int | None, now: datetime) -> MyRegistration:
    found = files.dossier(session(), dossier_id)
    etape = files.etape(session(), found.etape_id)
    return MyRegistration(
        dossier_id=found.id,
        whole=participant_id is None,
        tour=etape.tour,
        etape=etape,
        organisation=found.organisation_typed,
        organisation_id=found.organisation_id,
        contact_email=found.contact_email,
        people=_people(found.participants, participant_id),
        may_cancel=not rules.began(etape, now),
        until=rules.beginning(etape),
    )


def _was_ceded(link: Lien) -> bool:
    """Tell whether the person of a link gave their place to somebody else."""
    given = select(Passage.id).join(Place, Place.id == Passage.place_id)
    theirs = (Place.participant_id == link.participant_id, Passage.kind == passages.CEDEE)
    return session().scalar(given.where(*theirs).limit(1)) is not None


def _people(participants: Sequence[Participant], participant_id: int | None) -> tuple[Coming, ...]:
    shown = [p for p in participants if participant_id in {None, p.id}]
    ours = Participant.id.in_([p.id for p in shown])
    places, passed = files.held(session(), ours), files.passed(session(), ours)
    lives = passages.of_people([p.id for p in shown])
    return tuple(
        Coming(
            p.id,
            p.first_name,
            p.last_name,
            p.email,
            p.cancelled_at is not None,
            tuple(place for place in places if place.participant_id == p.id),
            tuple(place for place in passed if place.participant_id == p.id),
            tuple(lives.get(p.id, ())),
        )
        for p in shown
    )
