"""Choosing another atelier of a créneau, inside the open transaction: the new place first, then the old one back.

Nothing is given back before something is taken: who finds the atelier full keeps what they hold, and may wait for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourpaca import french
from tourpaca.journal.models import Act
from tourpaca.journal.writing import write
from tourpaca.refusal import Refused, Unknown
from tourpaca.registration import (
    files,
    freeing,
    joining,
    offers,
    passages,
    programme,
    promoting,
    rules,
    taking,
)
from tourpaca.registration.models import EN_ATTENTE, PROPOSEE, Participant, Place
from tourpaca.registration.offer_letters import Given
from tourpaca.registration.programme import Offer, Programme
from tourpaca.registration.submission import Wish
from tourpaca.registration.waiting import Waiting
from tourpaca.tour import revision
from tourpaca.tour.models import Etape


@dataclass(frozen=True)
class Chooser:
    """Somebody who comes to an étape, whose ateliers are locked; `newcomer` when no place of theirs is taken.

    `reason` is why somebody else chooses for them.
    """

    participant_id: int
    dossier_id: int
    etape: Etape
    newcomer: bool
    reason: str = ""


def choose(session: Session, act: Act, participant_id: int, wish: Wish, reason: str = "") -> str:
    """Give somebody the atelier they wish, or put them on its list, and return the state of their place there.

    Repeating it changes nothing. Refuses with what is possible instead: see `actions.choose_atelier`.
    """
    who = replace(_locked(session, participant_id), reason=reason)
    rules.check_own_hand(who.etape, act)
    rules.check_takes_place(who.etape)
    held = files.held(session, Place.participant_id == participant_id)
    there = next((place for place in held if place.atelier_id == wish.atelier_id), None)
    if there:
        return _already(session, there)
    plan = programme.of_etape(session.connection(), who.etape.id, inside=not who.newcomer)
    offer = _wanted(plan, wish)
    _check_hours(plan, offer, held)
    if _take(session, who, offer):
        return _change(session, act, who, offer)
    return _wait(session, act, who, offer, wish)


def _locked(session: Session, participant_id: int) -> Chooser:
    etape_id = session.scalar(select(Participant.etape_id).where(Participant.id == participant_id))
    if etape_id is None:
        raise Unknown("Cette personne n’est pas inscrite.")
    freeing.lock(session, etape_id)
    coming = (Participant.id == participant_id, Participant.cancelled_at.is_(None))
    dossier_id = session.scalar(select(Participant.dossier_id).where(*coming))
    if dossier_id is None:
        raise Refused("L’inscription de cette personne est annulée. Inscrivez-la de nouveau.")
    newcomer = not freeing.holders(session, [participant_id])
    return Chooser(participant_id, dossier_id, files.etape(session, etape_id), newcomer)


def _already(session: Session, place: files.Held) -> str:
    """Return the state of a place that somebody asks for again; an offer is answered on its own terms."""
    if place.state == PROPOSEE:
        raise Refused(offers.now_true(offers.locked(session, place.place_id)))
    return place.state


def _wanted(plan: Programme, wish: Wish) -> Offer:
    offer = plan.offers.get(wish.atelier_id)
    if offer is None or offer.creneau_id != wish.creneau_id:
        raise Refused("Cet atelier n’est pas proposé dans ce créneau. Choisissez dans la liste.")
    return offer


def _check_hours(plan: Programme, wanted: Offer, held: Sequence[files.Held]) -> None:
    """Refuse an atelier at the hour of another that somebody holds or waits for in another créneau."""
    here = plan.slot_of(wanted)
    for place in held:
        other = plan.offers.get(place.atelier_id)
        if other is None or other.creneau_id == here.creneau_id:
            continue
        there = plan.slot_of(other)
        if rules.overlap(here, there):
            hours = f", de {french.hours(there.starts_at, there.ends_at)}" if there.starts_at else ""
            raise Refused(
                f"« {wanted.label} » a lieu en même temps que « {other.label} »{hours}. "
                "Changez plutôt d’atelier dans ce créneau-là."
            )


def _take(session: Session, who: Chooser, offer: Offer) -> bool:
    """Take a place that nobody waits for, and enter the étape; tell whether both could be."""
    connection = session.connection()
    if not taking.claim(connection, offer.atelier_id):
        return False
    if taking.enter(connection, who.etape.id, int(who.newcomer)):
        return True
    taking.give_back(connection, {offer.atelier_id: 1})
    return False


def _change(session: Session, act: Act, who: Chooser, offer: Offer) -> str:
    place_id = _join(session, act, who, offer)
    place = Waiting(place_id, who.participant_id, who.dossier_id, offer.creneau_id, who.newcomer)
    given = promoting.confirm(session, act, who.etape, place, passages.CHOISIE, who.reason)
    told = replace(given, chosen=True, by_team=act.member_id is not None)
    promoting.tell(session, act, who.dossier_id, [told])
    return _conclude(session, act, who, place_id, "Une personne change d’atelier.")


def _wait(session: Session, act: Act, who: Chooser, offer: Offer, wish: Wish) -> str:
    """Put somebody on the list of a full atelier, who keeps what they hold; refuses while it was not accepted."""
    if not wish.waits:
        who_waits = "Vous pouvez" if act.member_id is None else "La personne peut"
        raise Refused(
            f"« {offer.label} » vient de se remplir : rien n’a été changé. {who_waits} l’attendre "
            f"(n° {offer.waiting + 1} sur la liste d’attente) ou choisir un autre atelier."
        )
    place_id = _join(session, act, who, offer)
    passages.write(session, act, passages.ATTENDUE, [place_id], reason=who.reason)
    state = _conclude(session, act, who, place_id, "Une personne attend un autre atelier.")
    if state == EN_ATTENTE:
        by_team = act.member_id is not None
        waits = Given(place_id, who.participant_id, who.dossier_id, chosen=True, by_team=by_team)
        promoting.tell(session, act, who.dossier_id, [waits])
    return state


def _join(session: Session, act: Act, who: Chooser, offer: Offer) -> int:
    atelier = offer.creneau_id, offer.atelier_id
    return joining.join(session, act, who.etape.id, who.participant_id, atelier)


def _conclude(session: Session, act: Act, who: Chooser, place_id: int, text: str) -> str:
    """Write the act in the journal, serve those who wait for what it left, and return the state of the place."""
    write(session, act, "choisir", f"place:{place_id}", text, who.etape.tour_id, who.etape.id)
    promoting.settle(session, act, who.etape.id)
    revision.bump(session, who.etape.tour_id)
    return session.scalar(select(Place.state).where(Place.id == place_id)) or ""
