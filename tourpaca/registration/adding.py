"""Registering one person more in a dossier that is there, inside the open transaction, as the form registers many."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourpaca.journal.models import Act
from tourpaca.journal.writing import write
from tourpaca.mail import outbox
from tourpaca.refusal import Refused, Unknown
from tourpaca.registration import addition_letters, dossiers, files, freeing, registering, rules, taking
from tourpaca.registration import programme as programmes
from tourpaca.registration.models import Dossier, Participant
from tourpaca.registration.programme import Programme
from tourpaca.registration.submission import Person, Submission
from tourpaca.tour import revision


def add(session: Session, act: Act, dossier_id: int, seen: int, newcomer: Person) -> None:
    """Register a person more, or see that this sending was received before; see `actions.add_person`."""
    found = _locked(session, dossier_id)
    if len(found.participants) != seen:
        _check_same(found, newcomer)
        return
    plan = programmes.of_etape(session.connection(), found.etape_id)
    rules.check_open(plan, act.now)
    rules.check_own_hand(plan.etape, act)
    form = dossiers.form_of(found, newcomer)
    rules.check_addition(plan, form, sum(person.cancelled_at is None for person in found.participants))
    new = _write(session, act, found, plan, form)
    _tell(session, act, found, plan, new)


def _locked(session: Session, dossier_id: int) -> Dossier:
    etape_id = session.scalar(select(Dossier.etape_id).where(Dossier.id == dossier_id))
    if etape_id is None:
        raise Unknown("Cette inscription n’existe pas.")
    freeing.lock(session, etape_id)
    return files.dossier(session, dossier_id)


def _check_same(found: Dossier, newcomer: Person) -> None:
    """Let the same sending come twice; refuses another one, made before somebody else was added."""
    key = rules.identity_key(newcomer.first_name, newcomer.last_name)
    if all(person.identity_key != key for person in found.participants if person.cancelled_at is None):
        raise Refused("L’inscription a changé entre-temps : voyez qui y est, puis recommencez.")


def _write(session: Session, act: Act, found: Dossier, plan: Programme, form: Submission) -> Participant:
    """Take the places, or the ranks that were accepted, and write the person with them."""
    connection, body = session.connection(), found.organisation_id
    registering.check_newcomers(dossiers.namesakes(connection, plan.etape.id, form, 0, body))
    wishes = registering.all_wishes(plan, form)
    demand = taking.ask(connection, plan.etape.id, wishes)
    taken = registering.take_places(connection, plan, form, wishes, demand)
    (added,) = dossiers.add_people(connection, plan, form, found.id, body)
    new: int = added.value()
    dossiers.add_places(connection, dossiers.plan_places(plan, wishes, taken), [new], act.now)
    session.expire_all()
    return session.get_one(Participant, new)


def _tell(session: Session, act: Act, found: Dossier, plan: Programme, new: Participant) -> None:
    """Write to the contact and to the newcomer, and in the journal."""
    outbox.post(session, addition_letters.of_addition(files.to_tell(session, found.id), new.id), act.now)
    text = "Une personne est ajoutée à une inscription."
    write(session, act, "ajouter", f"dossier:{found.id}", text, plan.tour.id, plan.etape.id)
    revision.bump(session, plan.tour.id)
