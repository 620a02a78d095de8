"""What somebody may choose in the créneaux of their étape, as the personal page shows it."""

from dataclasses import dataclass

from tourpaca.db import session
from tourpaca.refusal import Unknown
from tourpaca.registration import files, programme, rules
from tourpaca.registration.models import CONFIRMEE, TAKING
from tourpaca.registration.programme import Offer, Programme, Slot
from tourpaca.registration.queries import Coming, MyRegistration
from tourpaca.tour.models import PREVU


@dataclass(frozen=True)
class Option:
    """An atelier of the créneau; `held` is the place, or the rank, that the person has in it already."""

    offer: Offer
    held: files.Held | None


@dataclass(frozen=True)
class Choice:
    """What one person may choose in one créneau; `kept` is what they hold there now."""

    person: Coming
    slot: Slot
    options: tuple[Option, ...]
    kept: files.Held | None


def open_to(page: MyRegistration) -> dict[int, tuple[Slot, ...]]:
    """Return the créneaux in which each person of a page has a choice, by participant; none once it is too late."""
    plans = {inside: _plan(page, inside) for inside in {_inside(person) for person in page.coming}}
    return {
        person.participant_id: _slots(plan, person)
        for person in page.coming
        if (plan := plans[_inside(person)])
    }


def _inside(person: Coming) -> bool:
    """Tell whether somebody is counted at the étape already."""
    return any(place.state in TAKING for place in person.places)


def choice(page: MyRegistration, participant_id: int, creneau_id: int) -> Choice:
    """Return what a person of a page may choose in a créneau; refuses (`Unknown`) where there is nothing."""
    found = (each for each in of_person(page, participant_id) if each.slot.creneau_id == creneau_id)
    here = next(found, None)
    if here is None:
        raise Unknown("Il n’y a pas d’autre atelier à choisir dans ce créneau.")
    return here


def of_person(page: MyRegistration, participant_id: int) -> list[Choice]:
    """Return what a person of a page may choose, créneau after créneau."""
    (person,) = page.people_of(participant_id)
    plan = _plan(page, _inside(person))
    return [_choice(person, slot) for slot in _slots(plan, person)] if plan else []


def _choice(person: Coming, slot: Slot) -> Choice:
    here = {place.atelier_id: place for place in person.places}
    options = tuple(Option(offer, here.get(offer.atelier_id)) for offer in slot.offers)
    return Choice(person, slot, options, person.confirmed_in(slot.creneau_id))


def _plan(page: MyRegistration, inside: bool) -> Programme | None:
    """Return the programme while there is a choice: not at an event, nor where nothing takes place any more."""
    if page.etape.state != PREVU or page.tour.published_at is None:
        return None
    plan = programme.of_etape(session().connection(), page.etape.id, inside)
    return None if plan.single else plan


def _slots(plan: Programme, person: Coming) -> tuple[Slot, ...]:
    """Return the créneaux with another atelier than theirs, at no hour at which they hold or wait for something."""
    busy = {place.creneau_id for place in person.places}
    taken = [slot for slot in plan.slots if slot.creneau_id in busy]
    return tuple(
        slot
        for slot in plan.slots
        if _has_another(slot, person)
        and (slot.creneau_id in busy or not any(rules.overlap(slot, other) for other in taken))
    )


def _has_another(slot: Slot, person: Coming) -> bool:
    theirs = {place.atelier_id for place in person.places if place.state == CONFIRMEE}
    return any(offer.atelier_id not in theirs for offer in slot.offers)
