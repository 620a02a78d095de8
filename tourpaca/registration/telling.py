"""Telling people that the programme moved, ten minutes after the first edit: the net change, or nothing."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tourpaca import french
from tourpaca.db import session, transaction
from tourpaca.journal.models import Act
from tourpaca.journal.writing import write
from tourpaca.mail import outbox, returns
from tourpaca.registration import change_letters, files, links, taking
from tourpaca.registration.change_letters import Move
from tourpaca.registration.instead import NOTHING_SAID, Instead
from tourpaca.registration.models import EN_ATTENTE, LIVE, Dossier, Participant, Place
from tourpaca.tour import changes, rules, told
from tourpaca.tour.models import Atelier, Changement, Etape
from tourpaca.tour.told import Told

# Dossiers told in one transaction: on SQLite nobody registers meanwhile.
AT_ONCE = 10


def tell_due(now: datetime) -> None:
    """Tell the people of every étape whose ten minutes are over (chore of the worker)."""
    due = session().scalars(select(Changement.etape_id).where(Changement.due_at <= now)).all()
    session().rollback()
    for etape_id in due:
        while tell(Act(now), etape_id):
            pass


def tell(act: Act, etape_id: int) -> bool:
    """Write to those of an étape whose places moved since they were told; tell whether others are left to write to.

    Somebody whose place moved and moved back receives nothing; nor does anybody once the étape is over. Two workers
    at once, or a worker killed in between, write no letter twice and forget nobody.
    """
    with transaction() as current:
        taking.lock(current.connection(), current.scalars(_ateliers(etape_id)).all())
        due = (Changement.etape_id == etape_id) & (Changement.due_at <= act.now)
        noted = current.scalar(select(Changement).where(due).with_for_update())
        if noted is None:
            return False
        etape = files.etape(current, etape_id)
        places = held(current, etape_id) if rules.end(etape) > act.now else ()
        moves, silent = _moves(current, etape_id, noted.before, places), marked(places)
        now = list(moves)[:AT_ONCE]
        for dossier_id in now:
            _tell_dossier(current, act, dossier_id, moves[dossier_id], silent)
        if now:
            _conclude(current, act, etape, [move for dossier_id in now for move in moves[dossier_id]])
        if len(moves) > len(now):
            return True
        links.follow(current, etape_id, etape.day)
        current.execute(delete(Changement).where(Changement.id == noted.id))
        return False


def tell_off(
    current: Session, act: Act, etape: Etape, before: dict[str, str], off: Instead, atelier_id: int
) -> None:
    """Write at once, in the act that called an atelier off, to all who come or wait there; to nobody once it is over.

    `before` is what was true of the étape before. What else moved there is told at its own hour.
    """
    if rules.end(etape) <= act.now:
        return
    places = held(current, etape.id)
    theirs = [place for place in places if place.atelier_id == atelier_id]
    silent = marked(theirs)
    for dossier_id, moves in _moves(current, etape.id, before, theirs).items():
        _tell_dossier(current, act, dossier_id, moves, silent, off)


def _ateliers(etape_id: int) -> Any:
    return select(Atelier.id).where(Atelier.etape_id == etape_id)


def _moves(
    current: Session, etape_id: int, before: dict[str, str], places: Iterable[Any]
) -> dict[int, list[Move]]:
    """Return the places of an étape that are not what they were told, by dossier."""
    truth = changes.truth(current, etape_id)
    found: dict[int, list[Move]] = {}
    for row in places:
        old, new = was_told(row, before), truth[row.atelier_id]
        if old is not None and has_moved(row, old, new):
            found.setdefault(row.dossier_id, []).append(Move(row.id, row.uid, old, new))
    return found


def held(current: Session, etape_id: int) -> Sequence[Any]:
    """Return the live places of an étape with their dossier and the mailboxes that serve them, in one order."""
    asked = (
        select(
            Place.id,
            Place.uid,
            Place.told,
            Place.state,
            Place.atelier_id,
            Place.creneau_id,
            Place.participant_id,
            Participant.dossier_id,
            Participant.first_name,
            Participant.last_name,
            Participant.email,
            Dossier.contact_email,
        )
        .join(Participant, Participant.id == Place.participant_id)
        .join(Dossier, Dossier.id == Participant.dossier_id)
        .where(Participant.etape_id == etape_id, Place.state.in_(LIVE))
        .order_by(Participant.dossier_id, Place.id)
    )
    return current.execute(asked).all()


def marked(places: Iterable[Any]) -> Collection[str]:
    """Return the mailboxes of places where nothing arrives any more."""
    return returns.marked(
        {email for place in places for email in (place.email, place.contact_email) if email}
    )


def within_reach(place: Any, marked: Collection[str]) -> bool:
    """Tell whether a mailbox serves a place: the person's own, or the contact's."""
    own = place.email, place.contact_email
    return any(email and email.lower() not in marked for email in own)


def was_told(place: Any, before: dict[str, str]) -> Told | None:
    """Return what a place was told last; without a trace of it, what was true before the first edit of the burst."""
    text = place.told or before.get(str(place.atelier_id), "")
    return told.read(text) if text else None


def has_moved(place: Any, old: Told, new: Told) -> bool:
    """Tell whether a place moved: its calendar must follow; of an atelier that is off, nothing more is told.

    Who waits is told of what decides whether they could come, not of a room where they have no chair.
    """
    if place.state == EN_ATTENTE:
        old, new = replace(old, room=""), replace(new, room="")
    return old != new and not (old.cancelled and new.cancelled)


def _tell_dossier(
    current: Session,
    act: Act,
    dossier_id: int,
    moves: Sequence[Move],
    silent: Collection[str],
    off: Instead = NOTHING_SAID,
) -> None:
    for move in moves:
        current.execute(
            update(Place)
            .where(Place.id == move.place_id)
            .values(
                told=move.new.written(),
                calendar_sequence=Place.calendar_sequence + 1,
                changed_at=act.now,
            )
            .execution_options(synchronize_session=False)
        )
    file = files.to_tell(current, dossier_id)
    outbox.post(current, change_letters.of_change(file, moves, silent, off), act.now)


def _conclude(current: Session, act: Act, etape: Etape, moves: Sequence[Move]) -> None:
    told_of = french.plural(len(moves), "place")
    text = french.typo(f"Un changement du programme est annoncé : {told_of} à jour dans les agendas.")
    write(current, act, "prevenir", f"etape:{etape.id}", text, etape.tour_id, etape.id)
