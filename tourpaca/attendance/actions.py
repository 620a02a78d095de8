"""What can be done about attendance: note marks, welcome on the spot, take presences in and out, write to people."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourpaca import french
from tourpaca.attendance import audience, facts, presences_plan, presences_writing, rules, sending, walk_ins
from tourpaca.attendance.attendance_list import Scope
from tourpaca.attendance.audience import Criteria
from tourpaca.attendance.letters import Message
from tourpaca.attendance.models import PRESENT, Mark
from tourpaca.attendance.presences_file import Faults, parse
from tourpaca.attendance.presences_plan import Plan
from tourpaca.attendance.rules import PORTE, Arrival, NewMark
from tourpaca.db import transaction
from tourpaca.journal import writing
from tourpaca.journal.models import Act
from tourpaca.refusal import Refused, Unknown
from tourpaca.registration.models import Participant
from tourpaca.tour.models import Atelier, Tour


@dataclass(frozen=True)
class Welcomed:
    """A person welcomed on the spot; `known` when they were on a list of the étape already."""

    participant_id: int
    known: bool = False
    again: bool = False


@dataclass(frozen=True)
class Noted:
    """The answer to a mark; a repeated sending gets the first answer again (`again`)."""

    nonce: str
    mark_id: int
    status: str
    again: bool = False


def record(act: Act, marks: Iterable[NewMark]) -> tuple[Noted, ...]:
    """Note marks, all or none, and return one answer each, in order.

    A nonce seen before changes nothing and gets its first answer. Refuses (`Unknown`) a person of another étape,
    and (`Refused`) an atelier or an étape that is cancelled. An annulment is the status `sans_reponse`.
    """
    wanted = tuple(marks)
    for mark in wanted:
        rules.check_mark(mark)
    with transaction() as session:
        return tuple(_note(session, act, mark) for mark in wanted)


def _note(session: Session, act: Act, mark: NewMark) -> Noted:
    mark_id = facts.append(session, act, mark)
    if mark_id is not None:
        return Noted(mark.nonce, mark_id, mark.status)
    known = session.execute(select(Mark.id, Mark.status).where(Mark.nonce == mark.nonce)).first()
    if known is not None:
        return Noted(mark.nonce, known.id, known.status, again=True)
    raise _why_not(session, mark)


def _why_not(session: Session, mark: NewMark) -> Refused:
    etape_id = session.scalar(select(Participant.etape_id).where(Participant.id == mark.participant_id))
    atelier = session.get(Atelier, mark.atelier_id)
    if atelier is None or etape_id != atelier.etape_id:
        return Unknown("Cette personne n’est pas attendue à cette étape : rien n’a été noté.")
    return Refused(
        "Cet atelier est annulé : aucune présence ne peut y être notée. Les présences déjà notées sont gardées."
    )


def welcome(act: Act, mark: NewMark) -> Noted:
    """Note the presence of a person of the étape who was expected in another atelier.

    Refuses (field `reason`) one person over the number of the room when the mark gives no reason.
    """
    rules.check_mark(mark)
    with transaction() as session:
        room = walk_ins.room(session, mark.atelier_id)
        walk_ins.check_number(session, room, mark.participant_id, mark.reason)
        return _note(session, act, mark)


def walk_in(act: Act, atelier_id: int, arrival: Arrival, nonce: str) -> Welcomed:
    """Add a person who was not expected, present in an atelier; the same `nonce` again changes nothing.

    Somebody of that name and organisation who is known at the étape is not added twice: their presence is noted.
    Refuses what is missing, a cancelled atelier, and one person over the number of the room without a reason.
    """
    rules.check_arrival(arrival)
    with transaction() as session:
        room = walk_ins.room(session, atelier_id)
        before = walk_ins.added_by(session, nonce)
        if before is not None:
            return Welcomed(before, again=True)
        person, known = walk_ins.find_or_add(session, act, room, arrival, nonce)
        source = rules.source_on(room.day, act.now, PORTE)
        _note(session, act, NewMark(nonce, person, atelier_id, PRESENT, source, arrival.reason.strip()))
        told = walk_ins.told(room, arrival, known)
        writing.write(
            session, act, "presences.accueillir", f"atelier:{atelier_id}", told, room.tour_id, room.etape_id
        )
        return Welcomed(person, known)


def note_export(act: Act, scope: Scope, file_format: str, columns: Sequence[str], where: str) -> None:
    """Write in the journal that a list with personal data was taken out, and which columns it had."""
    told = f"Liste de présence sortie en {file_format.upper()}, {where}."
    with transaction() as session:
        writing.write(
            session,
            act,
            "presences.exporter",
            f"tour:{scope.tour_id}",
            told,
            tour_id=scope.tour_id,
            etape_id=scope.etape_id,
            colonnes=list(columns),
        )


def import_presences(act: Act, tour_id: int, data: bytes) -> Plan:
    """Write the presences of a file and return what was done; the same file again changes nothing.

    A person who is not known at an étape comes as added on the spot. Refuses the whole file (`FileRefused`) with
    every fault found, each with its line.
    """
    faults = Faults()
    wanted = parse(data, faults)
    with transaction() as session:
        done = presences_plan.plan(tour_id, wanted, faults)
        if done.changes:
            presences_writing.write(session, act, done.changes)
            told = f"{french.plural(len(done.changes), 'présence importée', 'présences importées')} d’un fichier."
            writing.write(session, act, "presences.importer", f"tour:{tour_id}", told, tour_id=tour_id)
    return done


def write_to(act: Act, criteria: Criteria, message: Message, expected: int) -> int:
    """Write to the people the criteria choose, one letter a person, and return the id of the send.

    Sending the same key again changes nothing and returns the first send. Refuses, before anything is written,
    a field that does not exist and a list that is no longer the `expected` number of people.
    """
    sending.check(message)
    with transaction() as session:
        envoi_id = sending.open_envoi(session, act, criteria, message)
        if envoi_id is None:
            return sending.known_envoi(session, message.send_key)
        chosen = audience.of(criteria)
        sending.check_count(chosen, expected)
        tour = session.get_one(Tour, criteria.tour_id)
        sending.post(session, act.now, envoi_id, message, tour, chosen.recipients)
        text = f"Un message a été écrit à {french.plural(expected, 'personne')}."
        writing.write(session, act, "ecrire", f"envoi:{envoi_id}", text, criteria.tour_id, criteria.etape_id)
    return envoi_id
