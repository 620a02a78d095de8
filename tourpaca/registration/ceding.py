"""Giving one's place to a colleague, inside the open transaction: the rows stay, with their ranks; the person changes.

A calendar entry belongs to a person and an atelier: the newcomer gets entries of their own, and the old ones stay
with who held them, as places that ended.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from tourpaca.journal.models import Act
from tourpaca.journal.writing import write
from tourpaca.mail import outbox
from tourpaca.refusal import Refused, Unknown
from tourpaca.registration import (
    agendas,
    cession_letters,
    dossiers,
    files,
    freeing,
    letters,
    links,
    passages,
    registering,
    rules,
)
from tourpaca.registration import programme as programmes
from tourpaca.registration.models import ANNULEE, Dossier, Participant, Place
from tourpaca.registration.programme import Programme
from tourpaca.registration.submission import Person
from tourpaca.tour import changes


@dataclass(frozen=True)
class Giver:
    """Somebody of a dossier, with everything its letters told until now; the ateliers of the étape are locked."""

    person: Participant
    dossier: Dossier
    plan: Programme
    file: letters.File


def cede(session: Session, act: Act, participant_id: int, newcomer: Person) -> None:
    """Give the places and ranks of somebody to a colleague; see `actions.cede_place` for what is refused."""
    giver = _locked(session, participant_id)
    person = giver.person
    if person.cancelled_at is not None:
        _check_same(session, giver, newcomer)
        return
    rules.check_own_hand(giver.file.etape, act)
    rules.check_takes_place(giver.file.etape)
    form = dossiers.form_of(giver.dossier, newcomer)
    rules.check_newcomer(form, rules.identity_key(person.first_name, person.last_name))
    places = files.held(session, Place.participant_id == participant_id)
    if not places:
        raise Refused("Il n’y a plus de place à céder : aucune n’est tenue ni attendue.")
    _leave(session, act, participant_id)
    connection = session.connection()
    body = person.organisation_id
    registering.check_newcomers(dossiers.namesakes(connection, giver.plan.etape.id, form, 0, body))
    (added,) = dossiers.add_people(connection, giver.plan, form, giver.dossier.id, body)
    new: int = added.value()
    _hand_over(session, act, places, new)
    _tell(session, act, giver, new)


def _locked(session: Session, participant_id: int) -> Giver:
    etape_id = session.scalar(select(Participant.etape_id).where(Participant.id == participant_id))
    if etape_id is None:
        raise Unknown("Cette personne n’est pas inscrite.")
    freeing.lock(session, etape_id)
    person = session.get_one(Participant, participant_id)
    file = files.to_tell(session, person.dossier_id)
    plan = programmes.of_etape(session.connection(), etape_id)
    return Giver(person, files.dossier(session, person.dossier_id), plan, file)


def _check_same(session: Session, giver: Giver, newcomer: Person) -> None:
    """Let the same sending come twice; refuses to give what is not held any more."""
    there = select(Participant.id).where(
        Participant.dossier_id == giver.dossier.id,
        Participant.cancelled_at.is_(None),
        Participant.identity_key == rules.identity_key(newcomer.first_name, newcomer.last_name),
    )
    if not session.scalar(there):
        raise Refused("Cette place est déjà cédée ou annulée : rien n’a été changé.")


def _leave(session: Session, act: Act, participant_id: int) -> None:
    """Say that somebody no longer comes, and end the link and the calendar that were theirs."""
    gone = update(Participant).where(Participant.id == participant_id).values(cancelled_at=act.now)
    session.execute(gone.execution_options(synchronize_session=False))
    links.revoke(session, participant_id, act.now)
    agendas.revoke(session, participant_id, act.now)


def _hand_over(session: Session, act: Act, places: Sequence[files.Held], new: int) -> None:
    """Give each place to the newcomer under another name for the calendar, and leave the old name where it was."""
    for place in places:
        row = session.get_one(Place, place.place_id, populate_existing=True)
        ended = _copy(row, act)
        told = changes.truth(session, row.participant.etape_id)[row.atelier_id].written()
        taken = {"participant_id": new, "uid": dossiers.new_uid(), "calendar_sequence": 0, "told": told}
        change = update(Place).where(Place.id == row.id).values(**taken, changed_at=act.now)
        session.execute(change.execution_options(synchronize_session=False))
        old = session.execute(insert(Place).returning(Place.id), [ended]).scalar_one()
        passages.write(session, act, passages.CEDEE, [old], other_id=row.id)
        passages.write(session, act, passages.REPRISE, [row.id], other_id=old)
    session.expire_all()


def _copy(row: Place, act: Act) -> dict[str, object]:
    kept = ("participant_id", "atelier_id", "creneau_id", "uid", "told", "created_at")
    ended = {"state": ANNULEE, "calendar_sequence": row.calendar_sequence + 1, "changed_at": act.now}
    return {name: getattr(row, name) for name in kept} | ended


def _tell(session: Session, act: Act, giver: Giver, new: int) -> None:
    """Write to both and to the contact, and in the journal."""
    gone = [guest for guest in giver.file.guests if guest.participant_id == giver.person.id]
    file = files.to_tell(session, giver.dossier.id)
    (newcomer,) = [guest for guest in file.guests if guest.participant_id == new]
    drafts = cession_letters.of_cession(file, files.leaving(gone)[0], newcomer)
    outbox.post(session, drafts, act.now)
    text = "Une place est cédée à une autre personne."
    write(session, act, "ceder", f"participant:{giver.person.id}", text, file.tour.id, file.etape.id)
