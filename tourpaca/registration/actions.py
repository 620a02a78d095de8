"""What can be done about registrations: register, cancel, promote from the waiting list, send a lost link."""

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tourpaca import french
from tourpaca.db import transaction
from tourpaca.journal.models import Act
from tourpaca.journal.writing import write
from tourpaca.mail import outbox
from tourpaca.organisations import attachment
from tourpaca.refusal import Refused, Unknown
from tourpaca.registration import (
    cancelling,
    dossiers,
    files,
    letters,
    links,
    lost_links,
    programme,
    registering,
    rules,
    taking,
)
from tourpaca.registration.models import CONFIRMEE, EN_ATTENTE, Participant, Place
from tourpaca.registration.registering import Known
from tourpaca.registration.submission import Submission, address
from tourpaca.tour import revision


@dataclass(frozen=True)
class Registered:
    """Where the registration is shown; `again` says that this sending had been received before."""

    token: str
    again: bool = False


def register(act: Act, etape_id: int, submission: Submission) -> Registered:
    """Register everybody of a submission, with their letters, or nobody; a repeated key changes nothing.

    Refuses with `Closed` outside the opening hours, with `Incomplete` (one `Fault` a field) whatever can be mended:
    a missing field, two ateliers at once, a full atelier whose waiting list was not accepted, somebody who seems
    registered already (their link then leaves by letter).
    """
    try:
        with transaction() as session:
            return _register(session, act, etape_id, submission)
    except Known as known:
        with transaction() as session:
            plan = programme.of_etape(session.connection(), etape_id)
            lost_links.write_to_participants(session, act, list(known.found.values()))
        raise registering.already_there(plan, submission, known.found) from known


def _register(session: Session, act: Act, etape_id: int, submission: Submission) -> Registered:
    connection = session.connection()
    plan = programme.of_etape(connection, etape_id)
    name = submission.organisation
    organisation_id = attachment.recognise(session, name, act.now) if name else None
    dossier_id = dossiers.open_one(connection, plan, submission, organisation_id, act.now)
    if dossier_id is None:
        return Registered(links.token_of(submission.key), again=True)
    rules.check_open(plan, act.now)
    rules.check(plan, submission)
    wishes = registering.all_wishes(plan, submission)
    taken = registering.take_places(connection, plan, submission, wishes)
    registering.check_newcomers(connection, plan, submission, organisation_id)
    people = dossiers.add_people(connection, plan, submission, dossier_id, organisation_id)
    places = dossiers.plan_places(wishes, taken)
    dossiers.add_places(connection, places, people, act.now)
    dossiers.add_links(connection, plan, submission.key, dossier_id, people)
    file = registering.file_of(plan, submission, dossier_id, people, places)
    outbox.post(session, letters.of_registration(file), act.now)
    told = f"{french.plural(len(people), 'personne inscrite')} ({name or 'sans organisation'})."
    write(session, act, "inscrire", f"dossier:{dossier_id}", told, plan.tour.id, plan.etape.id)
    revision.bump(session, plan.tour.id)
    return Registered(links.token_of(submission.key))


def cancel_participant(act: Act, participant_id: int) -> int:
    """Cancel one person, free their places and tell them and the contact; return how many were still coming.

    Repeating it changes nothing. Refuses (`Refused`) a person's own cancelling once the étape receives people, and
    (`Unknown`) a participant who does not exist.
    """
    with transaction() as session:
        dossier_id = session.scalar(select(Participant.dossier_id).where(Participant.id == participant_id))
        if dossier_id is None:
            raise Unknown("Cette personne n’est pas inscrite.")
        return cancelling.cancel(session, act, dossier_id, [participant_id])


def cancel_dossier(act: Act, dossier_id: int) -> int:
    """Cancel everybody of a dossier in one act, one letter a mailbox; return how many were still coming.

    Refuses as `cancel_participant` does.
    """
    with transaction() as session:
        people = session.scalars(select(Participant.id).where(files.of_live_people(dossier_id))).all()
        return cancelling.cancel(session, act, dossier_id, people)


def promote(act: Act, place_id: int) -> None:
    """Give a free place to somebody who waits for it, with their letter.

    Refuses when the person no longer waits, or when no place is free in the atelier or at the étape.
    """
    with transaction() as session:
        connection = session.connection()
        atelier_id = session.scalar(select(Place.atelier_id).where(Place.id == place_id))
        if atelier_id is None:
            raise Unknown("Cette place n’existe pas.")
        taking.lock(connection, [atelier_id])
        place = session.execute(select(Place).where(Place.id == place_id)).scalar_one()
        if place.state != EN_ATTENTE:
            raise Refused("Cette personne n’attend plus cette place : rien n’a été changé.")
        _take_for(session, act, place)


def _take_for(session: Session, act: Act, place: Place) -> None:
    connection = session.connection()
    person = session.get_one(Participant, place.participant_id)
    others = select(Place.id).where(Place.participant_id == person.id, Place.state == CONFIRMEE)
    newcomers = 0 if session.scalars(others.limit(1)).first() else 1
    if not (
        taking.promote(connection, place.atelier_id) and taking.enter(connection, person.etape_id, newcomers)
    ):
        raise Refused("Aucune place n’est libre pour l’instant : la personne garde son rang.")
    change = update(Place).where(Place.id == place.id).values(state=CONFIRMEE, changed_at=act.now)
    session.execute(change)
    file = files.to_tell(session, person.dossier_id)
    guest = next(guest for guest in file.guests if guest.participant_id == person.id)
    outbox.post(session, letters.of_promotion(file, guest, place.id), act.now)
    told = "Une personne en attente reçoit une place."
    write(session, act, "promouvoir", f"place:{place.id}", told, file.tour.id, file.etape.id)
    revision.bump(session, file.tour.id)


def send_lost_link(act: Act, email: str) -> None:
    """Leave a letter with fresh links in the outbox for a mailbox that has registrations; else the same silence.

    Refuses only an address that cannot be written to.
    """
    mailbox = address(email)
    fault = rules.email_fault(mailbox)
    if fault:
        raise Refused(fault, "email")
    with transaction() as session:
        lost_links.write_to(session, act, mailbox)
