"""Answering an offer, leaving a list, coming back to it, and giving a place by hand, inside the open transaction."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tourpaca import clock, french
from tourpaca.journal.models import Act
from tourpaca.journal.writing import write
from tourpaca.refusal import Refused, Unknown
from tourpaca.registration import files, freeing, joining, passages, promoting, rules, taking
from tourpaca.registration.models import (
    ANNULEE,
    CONFIRMEE,
    EN_ATTENTE,
    LIVE,
    PASSEE,
    PROPOSEE,
    Participant,
    Place,
)
from tourpaca.registration.waiting import Waiting
from tourpaca.tour import revision
from tourpaca.tour.models import PREVU, Atelier, Etape


@dataclass(frozen=True)
class Standing:
    """Where a place stands, its étape's ateliers locked."""

    place_id: int
    participant_id: int
    dossier_id: int
    atelier_id: int
    creneau_id: int
    state: str
    offered_until: datetime | None
    etape: Etape

    def waiting(self, newcomer: bool) -> Waiting:
        """Return it as who waits for a place."""
        return Waiting(self.place_id, self.participant_id, self.dossier_id, self.creneau_id, newcomer)


def locked(session: Session, place_id: int) -> Standing:
    """Hold the ateliers of a place's étape and read where the place stands; refuses (`Unknown`) one that never was."""
    whose = select(Participant.etape_id).join(Place).where(Place.id == place_id)
    etape_id = session.scalar(whose)
    if etape_id is None:
        raise Unknown("Cette place n’existe pas.")
    freeing.lock(session, etape_id)
    asked = (
        select(
            Place.id,
            Place.participant_id,
            Participant.dossier_id,
            Place.atelier_id,
            Place.creneau_id,
            Place.state,
            Place.offered_until,
        )
        .join(Participant, Participant.id == Place.participant_id)
        .where(Place.id == place_id)
    )
    return Standing(*session.execute(asked).one(), files.etape(session, etape_id))


def now_true(each: Standing) -> str:
    """Say what is true of a place now, to somebody who asked for something else."""
    until = french.moment(clock.local(each.offered_until)) if each.offered_until else ""
    return {
        CONFIRMEE: "Cette place est déjà la vôtre : rien n’a été changé.",
        EN_ATTENTE: "Vous êtes sur la liste d’attente : nous vous écrivons dès qu’une place se libère.",
        PROPOSEE: f"Cette place vous est proposée jusqu’au {until}.",
        PASSEE: f"L’offre s’est close le {until} sans réponse : la place est passée à la personne suivante. "
        "Vous pouvez revenir sur la liste d’attente.",
        ANNULEE: "Vous n’attendez plus cette place : rien n’a été changé.",
    }[each.state]


def check_open(each: Standing, now: datetime) -> None:
    """Refuse an offer that is not open any more, with what is true of it."""
    if each.state != PROPOSEE or each.offered_until is None or each.offered_until <= now:
        told = Standing(**{**vars(each), "state": PASSEE}) if each.state == PROPOSEE else each
        raise Refused(now_true(told))


def accept(session: Session, act: Act, each: Standing) -> None:
    """Make an offered place theirs, tell them, and serve those behind what they give back."""
    given = promoting.confirm(session, act, each.etape, each.waiting(newcomer=False), passages.ACCEPTEE)
    promoting.tell(session, act, each.dossier_id, [given])
    _conclude(session, act, each, "accepter", "Une place proposée est acceptée.")


def give(session: Session, act: Act, each: Standing, reason: str) -> None:
    """Give a free place by hand; refuses when none is free."""
    newcomer = each.participant_id not in freeing.holders(session, [each.participant_id])
    connection = session.connection()
    taken = taking.promote(connection, each.atelier_id)
    if not (taken and taking.enter(connection, each.etape.id, int(newcomer))):
        raise Refused("Aucune place n’est libre pour l’instant : la personne garde son rang.")
    if each.state == PASSEE:
        _turn(session, act, each, EN_ATTENTE)
    given = promoting.confirm(session, act, each.etape, each.waiting(newcomer), passages.DONNEE, reason)
    promoting.tell(session, act, each.dossier_id, [given])
    _conclude(session, act, each, "promouvoir", "Une personne en attente reçoit une place.")


def give_up(session: Session, act: Act, each: Standing) -> None:
    """End an offer or a wait; who has nothing else no longer comes."""
    kind = passages.REFUSEE if each.state == PROPOSEE else passages.QUITTEE
    freeing.end(session, act, each.etape.id, files.held(session, Place.id == each.place_id), kind)
    freeing.close_people(session, act, [each.participant_id])
    _conclude(session, act, each, "renoncer", "Une personne renonce à une place attendue ou proposée.")


def wait_again(session: Session, act: Act, each: Standing) -> None:
    """Write a new wait behind the others; the entry that passed stays as it was."""
    if rules.began(each.etape, act.now):
        raise Refused(
            f"L’étape {french.of(each.etape.place_name)} a commencé : la liste d’attente est close."
        )
    if session.get_one(Atelier, each.atelier_id).state != PREVU:
        raise Refused("Cet atelier est annulé : personne ne l’attend plus.")
    there = (Place.participant_id == each.participant_id, Place.atelier_id == each.atelier_id)
    if session.scalar(select(Place.id).where(*there, Place.state.in_(LIVE))):
        raise Refused("Vous êtes déjà sur la liste d’attente de cet atelier, ou vous y avez une place.")
    new = joining.join(session, act, each.etape.id, each.participant_id, (each.creneau_id, each.atelier_id))
    _come_back(session, each)
    passages.write(session, act, passages.REMISE, [each.place_id], other_id=new)
    _conclude(session, act, each, "attendre", "Une personne revient sur une liste d’attente.")


def _come_back(session: Session, each: Standing) -> None:
    whose = update(Participant).where(Participant.id == each.participant_id)
    session.execute(whose.values(cancelled_at=None).execution_options(synchronize_session=False))


def _turn(session: Session, act: Act, each: Standing, state: str) -> None:
    change = update(Place).where(Place.id == each.place_id).values(state=state, changed_at=act.now)
    session.execute(change.execution_options(synchronize_session=False))


def _conclude(session: Session, act: Act, each: Standing, verb: str, text: str) -> None:
    """Write the act in the journal, and serve those who wait for what it left."""
    tour_id = each.etape.tour_id
    write(session, act, verb, f"place:{each.place_id}", text, tour_id, each.etape.id)
    promoting.settle(session, act, each.etape.id)
    revision.bump(session, tour_id)
