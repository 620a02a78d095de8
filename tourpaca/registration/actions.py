"""What can be done about registrations: register, add, cancel, choose, cede, promote, find again, correct."""

from dataclasses import dataclass

from sqlalchemy import select

from tourpaca import french
from tourpaca.db import hot_transaction, transaction
from tourpaca.journal.models import Act
from tourpaca.journal.writing import write
from tourpaca.kept.connection import Kept
from tourpaca.mail import addresses as mail_addresses
from tourpaca.mail import outbox
from tourpaca.mail.models import REFUSE, REVENU, Letter
from tourpaca.organisations import attachment
from tourpaca.refusal import Refused, Unknown
from tourpaca.registration import (
    adding,
    addresses,
    cancelling,
    ceding,
    choosing,
    dossiers,
    files,
    known_people,
    letters,
    links,
    lost_links,
    offers,
    programme,
    registering,
    rules,
    taking,
)
from tourpaca.registration.models import EN_ATTENTE, PASSEE, PROPOSEE, Participant
from tourpaca.registration.registering import Known
from tourpaca.registration.submission import Person, Submission, Wish, address
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
        with hot_transaction() as kept:
            return _register(kept, act, etape_id, submission)
    except Known as known:
        with transaction() as session:
            plan = programme.of_etape(session.connection(), etape_id)
            lost_links.write_to_participants(session, act, list(known.found.values()))
        raise registering.already_there(plan, submission, known.found) from known


def _register(kept: Kept, act: Act, etape_id: int, submission: Submission) -> Registered:
    name = submission.organisation
    holders = attachment.ask_holders(kept, name) if name else None
    plan = programme.of_etape(kept, etape_id)
    registering.refuse_if_full(kept, plan, submission, act.now)
    organisation_id = attachment.recognise(kept, name, act.now, asked=holders) if name else None
    dossier_id = dossiers.open_one(kept, plan, submission, organisation_id, act.now)
    if dossier_id is None:
        return Registered(dossiers.link_again(kept, submission.key), again=True)
    rules.check_open(plan, act.now)
    rules.check(plan, submission)
    wishes = registering.all_wishes(plan, submission)
    # Asked together, before any answer is read: one exchange with the server instead of one each (decision 0014).
    people = dossiers.add_people(kept, plan, submission, dossier_id, organisation_id)
    # From here on rows are held that every registration of the étape waits for: what can be done before is done.
    demand = taking.ask(kept, plan.etape.id, wishes)
    namesakes = dossiers.namesakes(kept, plan.etape.id, submission, dossier_id, organisation_id)
    taken = registering.take_places(kept, plan, submission, wishes, demand)
    registering.check_newcomers(namesakes)
    ids = [person.value() for person in people]
    places = dossiers.plan_places(plan, wishes, taken)
    dossiers.add_places(kept, places, ids, act.now)
    dossiers.add_links(kept, plan, submission.key, dossier_id, ids)
    file = registering.file_of(plan, submission, dossier_id, ids, places)
    outbox.post(kept, letters.of_registration(file), act.now)
    told = f"{french.plural(len(ids), 'personne inscrite')} ({name or 'sans organisation'})."
    write(kept, act, "inscrire", f"dossier:{dossier_id}", told, plan.tour.id, plan.etape.id)
    revision.bump(kept, plan.tour.id)
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


def choose_atelier(act: Act, participant_id: int, wish: Wish, reason: str = "") -> str:
    """Give somebody another atelier of a créneau, and what they held there to the next; return the place’s state.

    Full, or waited for by others: they keep what they hold and wait, if the wish accepts it. Repeating it changes
    nothing. Refuses an atelier that the créneau does not offer, or at the hour of another of theirs; a full one
    without waiting; a cancelled étape; somebody’s own choice once the étape receives people. The team may choose for
    them at any time: who did it and its `reason` are kept in the life of the place.
    """
    with transaction() as session:
        return choosing.choose(session, act, participant_id, wish, reason)


def add_person(act: Act, dossier_id: int, seen: int, newcomer: Person) -> None:
    """Register one person more in a dossier, by the rules and with the letters of a registration.

    `seen` is how many people it had had when the form was shown: the same sending twice adds one. Refuses as
    `register` does, and once the dossier has other people than were seen.
    """
    try:
        with transaction() as session:
            adding.add(session, act, dossier_id, seen, newcomer)
    except Known as known:
        raise known_people.refusal(act, newcomer, known) from known


def cede_place(act: Act, participant_id: int, newcomer: Person) -> None:
    """Give everything somebody holds or waits for to a colleague, who takes their rank; tell both and the contact.

    The old personal link and calendar are dead. The same sending twice changes nothing. Refuses with `Incomplete`
    what a registration would (somebody who seems registered gets their link by letter), and (`Refused`) a place given
    or cancelled before, and one’s own giving once the étape receives people.
    """
    try:
        with transaction() as session:
            ceding.cede(session, act, participant_id, newcomer)
    except Known as known:
        raise known_people.refusal(act, newcomer, known) from known


def promote(act: Act, place_id: int, reason: str = "") -> None:
    """Give a free place to somebody who waits or whose offer passed, whatever their turn, with their letter.

    Who did it and why is kept in the life of the place. Refuses when the person no longer waits, and when no place is
    free in the atelier or at the étape.
    """
    with transaction() as session:
        each = offers.locked(session, place_id)
        if each.state not in (EN_ATTENTE, PASSEE):
            raise Refused("Cette personne n’attend plus cette place : rien n’a été changé.")
        offers.give(session, act, each, reason)


def accept_offer(act: Act, place_id: int) -> None:
    """Make an offered place theirs, with its letter and calendar entry; what they held in that créneau serves others.

    Refuses, saying what is true now, an offer that ended, was refused, or was accepted before.
    """
    with transaction() as session:
        each = offers.locked(session, place_id)
        offers.check_open(each, act.now)
        offers.accept(session, act, each)


def give_up(act: Act, place_id: int) -> None:
    """Refuse an offer, or leave a waiting list: the place serves the next, and who has no other no longer comes.

    Refuses a place that is neither offered nor waited for: cancelling is another act.
    """
    with transaction() as session:
        each = offers.locked(session, place_id)
        if each.state not in (PROPOSEE, EN_ATTENTE):
            raise Refused(offers.now_true(each))
        offers.give_up(session, act, each)


def wait_again(act: Act, place_id: int) -> None:
    """Put somebody whose offer passed unanswered back on the list, at its end.

    Refuses when they wait or come already, and once the étape has begun.
    """
    with transaction() as session:
        each = offers.locked(session, place_id)
        if each.state != PASSEE:
            raise Refused(offers.now_true(each))
        offers.wait_again(session, act, each)


def send_lost_link(act: Act, email: str) -> None:
    """Leave a letter with fresh links in the outbox for a mailbox that has registrations; else the same silence.

    Refuses only an address that cannot be written to.
    """
    mailbox = address(email)
    fault = mail_addresses.fault(mailbox)
    if fault:
        raise Refused(fault, "email")
    with transaction() as session:
        lost_links.write_to(session, act, mailbox)


def correct_address(act: Act, letter_id: int, email: str, etape_id: int | None = None) -> int:
    """Give those whom a refused letter was for another address, wherever the tour (or the étape) holds the old one.

    The letters that did not arrive leave for the new one; return how many. Refuses (field `email`) an address that
    cannot be written to, and a letter that is no longer refused: somebody has corrected it.
    """
    new = address(email)
    with transaction() as session:
        letter = session.scalar(select(Letter).where(Letter.id == letter_id).with_for_update())
        if letter is None or letter.tour_id is None:
            raise Unknown("Ce message n’existe pas.")
        if letter.state not in (REFUSE, REVENU):
            raise Refused("Ce message n’est plus refusé : rien n’a été changé.")
        addresses.check(letter.to_email, new)
        leaving = addresses.change(session, letter.tour_id, etape_id, letter.to_email, new, act.now)
        told = f"Une adresse refusée est corrigée : {french.plural(leaving, 'message')} en route."
        write(
            session,
            act,
            "corriger",
            f"letter:{letter_id}",
            french.typo(told),
            letter.tour_id,
            letter.etape_id,
        )
    return leaving
