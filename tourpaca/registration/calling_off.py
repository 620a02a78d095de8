"""Calling an atelier off inside the open transaction: its places stay where they are, and their people know at once.

Nobody loses a place by it: somebody keeps theirs, off, until they choose another atelier of that créneau, so that
their seat at the étape waits for them and the atelier could be held again with the same people.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourpaca.french import typo
from tourpaca.journal.models import Act
from tourpaca.refusal import Refused, Unknown
from tourpaca.registration import files, freeing, instead, passages, promoting, telling
from tourpaca.registration.models import EN_ATTENTE, PROPOSEE, Place
from tourpaca.tour import acts, changes
from tourpaca.tour.models import ANNULE, CAPITALISATION, Atelier, Etape


def locked(session: Session, atelier_id: int) -> Atelier:
    """Hold the ateliers of an étape and return one of them; refuses (`Unknown`) one that is not there."""
    etape_id = session.scalar(select(Atelier.etape_id).where(Atelier.id == atelier_id))
    if etape_id is None:
        raise Unknown("Cet atelier n’est plus au programme.")
    freeing.lock(session, etape_id)
    return session.get_one(Atelier, atelier_id)


def call_off(session: Session, act: Act, atelier: Atelier, seen: int, reason: str = "") -> None:
    """Call an atelier off, write it in the life of its places, and tell everybody who comes or waits.

    Refuses when they are no longer the `seen` number, and where it is the étape itself that should be cancelled.
    """
    etape = files.etape(session, atelier.etape_id)
    check(etape)
    places = files.held(session, Place.atelier_id == atelier.id)
    _check_seen(places, seen)
    before = {str(each): told.written() for each, told in changes.truth(session, etape.id).items()}
    atelier.state = ANNULE
    session.flush()
    _write_lives(session, act, etape.id, places, reason)
    telling.tell_off(session, act, etape, before, instead.of(atelier, act.now, reason), atelier.id)
    _conclude(session, act, atelier, etape)


def check(etape: Etape) -> None:
    """Refuse to call off the only atelier of an event, and one of an étape that is cancelled whole."""
    if etape.kind == CAPITALISATION:
        raise Refused("Cet événement n’a qu’un atelier : l’annuler, c’est annuler l’étape.")
    if etape.state == ANNULE:
        raise Refused("Toute l’étape est annulée, cet atelier avec elle.")


def _check_seen(places: Sequence[files.Held], seen: int) -> None:
    if len(places) != seen:
        raise Refused(
            "Entre-temps, quelqu’un s’est inscrit ou s’est désisté : rien n’a été annulé. "
            "Relisez qui vient, puis décidez."
        )


def _write_lives(
    session: Session, act: Act, etape_id: int, places: Sequence[files.Held], reason: str
) -> None:
    """Write it in the life of places; what was held out is only waited for again: there is nothing to accept."""
    offers = [place for place in places if place.state == PROPOSEE]
    freeing.end(session, act, etape_id, offers, passages.HORS, EN_ATTENTE, reason=reason)
    others = [place.place_id for place in places if place.state != PROPOSEE]
    passages.write(session, act, passages.HORS, others, reason=reason)


def _conclude(session: Session, act: Act, atelier: Atelier, etape: Etape) -> None:
    """Serve those to whom an offer given back leaves room at the étape, and write the act in the journal."""
    promoting.settle(session, act, etape.id)
    name = atelier.thematique.label if atelier.thematique else "L’événement"
    text = typo(f"Annule l’atelier « {name} » de l’étape {acts.named(etape)}")
    acts.conclude_etape(session, act, "atelier.cancel", etape, text, ateliers=[atelier.id])
