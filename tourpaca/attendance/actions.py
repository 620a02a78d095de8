"""What can be done about attendance: note marks, welcome on the spot, take presences in and out, write to people.

And cancel an atelier: nobody came to one that is off, which only this room knows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tourpaca import french
from tourpaca.attendance import (
    audience,
    closing,
    counts,
    facts,
    letters,
    modeles,
    presences_plan,
    presences_writing,
    presets,
    reminders,
    rules,
    sending,
    walk_ins,
)
from tourpaca.attendance.attendance_list import Scope
from tourpaca.attendance.audience import Criteria
from tourpaca.attendance.letters import Message
from tourpaca.attendance.models import ABSENT, PRESENT, SANS_REPONSE
from tourpaca.attendance.presences_file import Faults, parse
from tourpaca.attendance.presences_plan import Plan
from tourpaca.attendance.rules import PORTE, Arrival, NewMark
from tourpaca.db import connection_of, hot_transaction, transaction
from tourpaca.journal import writing
from tourpaca.journal.models import Act
from tourpaca.mail import outbox
from tourpaca.prepared import Open
from tourpaca.refusal import Refused, Unknown
from tourpaca.registration import calling_off
from tourpaca.tour.acts import alone_on
from tourpaca.tour.models import ANNULE, Tour


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
    with hot_transaction() as kept:
        return tuple(_note(kept, act, mark) for mark in wanted)


def _note(connection: Open, act: Act, mark: NewMark) -> Noted:
    mark_id = facts.append(connection, act, mark)
    if mark_id is not None:
        return Noted(mark.nonce, mark_id, mark.status)
    known = facts.noted(connection, mark.nonce)
    if known is not None:
        return Noted(mark.nonce, known.id, known.status, again=True)
    raise _why_not(connection, mark)


def _why_not(connection: Open, mark: NewMark) -> Refused:
    if not facts.is_expected(connection, mark):
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
        return _note(connection_of(session), act, mark)


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
        _note(
            connection_of(session),
            act,
            NewMark(nonce, person, atelier_id, PRESENT, source, arrival.reason.strip()),
        )
        told = walk_ins.told(room, arrival, known)
        writing.write(
            session, act, "presences.accueillir", f"atelier:{atelier_id}", told, room.tour_id, room.etape_id
        )
        return Welcomed(person, known)


def close_list(act: Act, atelier_id: int, nonce: str) -> int:
    """Note absent whoever is expected in an atelier and not answered for; return how many.

    The same `nonce` again changes nothing. Refuses a cancelled atelier. What is already noted is never written over.
    """
    with transaction() as session:
        room = walk_ins.room(session, atelier_id)
        if before := closing.closed(session, atelier_id, nonce):
            return before
        source = rules.source_on(room.day, act.now, PORTE)
        silent = closing.silent(session, atelier_id)
        for person in silent:
            _note(
                connection_of(session),
                act,
                NewMark(closing.name(nonce, person), person, atelier_id, ABSENT, source),
            )
        told = f"Liste de l’atelier {room.ordre} close : {french.plural(len(silent), 'absence')}."
        writing.write(
            session, act, "presences.clore", f"atelier:{atelier_id}", told, room.tour_id, room.etape_id
        )
    return len(silent)


def reopen_list(act: Act, atelier_id: int, nonce: str) -> int:
    """Take back the absences of one closing that nobody has changed since; return how many."""
    with transaction() as session:
        room = walk_ins.room(session, atelier_id)
        source = rules.source_on(room.day, act.now, PORTE)
        people = closing.still_absent(session, atelier_id, nonce)
        for person in people:
            _note(
                connection_of(session),
                act,
                NewMark(f"rouvrir-{nonce}-{person}", person, atelier_id, SANS_REPONSE, source),
            )
        told = f"Liste de l’atelier {room.ordre} rouverte."
        writing.write(
            session, act, "presences.rouvrir", f"atelier:{atelier_id}", told, room.tour_id, room.etape_id
        )
    return len(people)


def cancel_atelier(act: Act, atelier_id: int, seen: int, reason: str = "") -> bool:
    """Cancel an atelier and tell at once all who come or wait, with why and what is open instead; tell if it was held.

    Repeating it changes nothing and writes to nobody. Refuses once an answer is noted there, when who comes or waits
    is not the `seen` number any more, and the only atelier of an event.
    """
    with transaction() as session:
        atelier = calling_off.locked(session, atelier_id)
        if atelier.state == ANNULE:
            return False
        rules.check_nobody_noted(counts.noted_in(atelier_id))
        calling_off.call_off(session, act, atelier, seen, reason)
    return True


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


def keep_preset(act: Act, tour_id: int, name: str, columns: Sequence[str]) -> int:
    """Keep the columns of a list under a name for the whole team, and return its id; refuses as `presets.keep`."""
    with transaction() as session:
        kept = presets.keep(session, tour_id, name, columns)
        told = f"Choix de colonnes gardé : {kept.name}."
        writing.write(session, act, "presences.garder_choix", f"tour:{tour_id}", told, tour_id=tour_id)
        return kept.id


def forget_preset(act: Act, tour_id: int, preset_id: int) -> None:
    """Forget the columns kept under a name; repeating it changes nothing."""
    with transaction() as session:
        presets.forget(session, tour_id, preset_id)
        told = "Choix de colonnes oublié."
        writing.write(session, act, "presences.oublier_choix", f"tour:{tour_id}", told, tour_id=tour_id)


def import_presences(act: Act, tour_id: int, data: bytes) -> Plan:
    """Write the presences of a file and return what was done; the same file again changes nothing.

    A person who is not known at an étape comes as added on the spot. Refuses the whole file (`FileRefused`) with
    every fault found, each with its line.
    """
    faults = Faults()
    wanted = parse(data, faults)
    with transaction() as session:
        alone_on(session, tour_id)
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


def try_out(act: Act, criteria: Criteria, message: Message, shown: int, to: tuple[str, str]) -> None:
    """Write one trial letter to the member who wrote (name, address), as the person of rank `shown` would read it.

    It belongs to no send and counts for nobody; the same text again for the same person changes nothing. Refuses
    what `write_to` refuses of a message, and criteria that choose nobody.
    """
    sending.check(message)
    with transaction() as session:
        chosen = audience.of(criteria)
        sending.check_somebody(chosen)
        tour = session.get_one(Tour, criteria.tour_id)
        outbox.post_once(session, letters.trial(message, chosen.at(shown), tour, to), act.now)


def save_modele(act: Act, tour_id: int, occasion: str, version: int, message: Message) -> bool:
    """Keep the text of a tour for an occasion and tell whether it changed.

    Refuses, beside its field, what `write_to` refuses of a message: an unknown field stops here, not at the sending.
    Raises `Stale` when somebody saved first.
    """
    sending.check(message)
    with transaction() as session:
        changed = modeles.save(session, act, tour_id, occasion, version, message)
        if changed:
            told = f"Modèle changé : {modeles.occasion(occasion).name}."
            writing.write(session, act, "modele.changer", f"tour:{tour_id}", told, tour_id=tour_id)
    return changed


def set_reminder(act: Act, tour_id: int, occasion: str, enabled: bool) -> bool:
    """Let a reminder leave by itself from now on, or no more, and tell whether that changed anything.

    What was past when it is enabled never leaves by itself. Refuses an occasion that is not a reminder.
    """
    with transaction() as session:
        changed = reminders.switch(session, act, tour_id, occasion, enabled)
        if changed:
            verb = "activé" if enabled else "arrêté"
            told = f"{modeles.occasion(occasion).name} : envoi automatique {verb}."
            writing.write(session, act, "rappel.regler", f"tour:{tour_id}", told, tour_id=tour_id)
    return changed
