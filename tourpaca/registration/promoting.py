"""Giving free places to those who wait: the one way, whatever freed them, in the order of arrival.

`settle` is called inside the transaction of every act that frees a place (a cancellation, a move, a refusal, a limit
raised, a reserve released), and by a chore for what time alone brings: offers that end, a rule that changed.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tourpaca import clock, french
from tourpaca.db import session as reading
from tourpaca.db import transaction
from tourpaca.journal.models import Act
from tourpaca.journal.writing import write
from tourpaca.mail import outbox
from tourpaca.registration import files, freeing, offer_letters, passages, rules, taking, waiting
from tourpaca.registration.models import (
    CONFIRMEE,
    EN_ATTENTE,
    LIVE,
    PASSEE,
    PROPOSEE,
    TAKING,
    Dossier,
    Participant,
    Place,
)
from tourpaca.registration.offer_letters import Given
from tourpaca.registration.waiting import Block, Turn, Waiting
from tourpaca.tour import changes, revision
from tourpaca.tour import rules as tour_rules
from tourpaca.tour.models import AUTOMATIQUE, PREVU, Atelier, Etape


@dataclass(frozen=True)
class Settled:
    """What was done: how many places were given or offered, and how many offers ended unanswered."""

    given: int = 0
    ended: int = 0


def settle(session: Session, cause: Act, etape_id: int) -> Settled:
    """Serve those who wait at an étape until nobody whose turn it is fits; each place once, each chain to its end.

    It is the house that acts, whoever the `cause` is. A person served stops waiting in the same créneau, and gives
    back the place they held there, which serves the next. Nothing is given at an étape that is off or has begun: on
    the day the team decides at the door.
    """
    act = Act(cause.now)
    freeing.lock(session, etape_id)
    etape = files.etape(session, etape_id)
    ended = _end_offers(session, act, etape)
    given: list[Given] = []
    if until := _may_serve(etape, act.now):
        for round_ in iter(lambda: _round(session, act, etape, until), []):
            given += round_
    _tell(session, act, etape, given)
    if given or ended:
        _conclude(session, act, etape, len(given), ended)
    return Settled(len(given), ended)


def settle_due(now: datetime) -> None:
    """Settle every étape where an offer ended or somebody whose turn it is fits (chore of the worker)."""
    due = _due(now)
    reading().rollback()
    for etape_id in due:
        with transaction() as session:
            settle(session, Act(now), etape_id)


def _due(now: datetime) -> list[int]:
    ended = (Place.state == PROPOSEE) & (Place.offered_until <= now)
    asked = (
        select(Atelier.etape_id, (Place.state == PROPOSEE).label("offer"))
        .join(Place, Place.atelier_id == Atelier.id)
        .where((Place.state == EN_ATTENTE) | ended)
        .distinct()
    )
    rows = reading().execute(asked).all()
    over = {row.etape_id for row in rows if row.offer}
    return [
        etape_id
        for etape_id in sorted({row.etape_id for row in rows})
        if etape_id in over or _ready(etape_id, now)
    ]


def _ready(etape_id: int, now: datetime) -> bool:
    etape = files.etape(reading(), etape_id)
    return bool(_may_serve(etape, now)) and any(_turns(reading(), etape))


def _may_serve(etape: Etape, now: datetime) -> datetime | None:
    """Return until when a place given now may be answered, or None when it is too late to give any."""
    if etape.state != PREVU or rules.began(etape, now):
        return None
    beginning = clock.instant_of(rules.beginning(etape))
    return beginning if etape.tour.promotion == AUTOMATIQUE else waiting.deadline(now, beginning)


def _round(session: Session, act: Act, etape: Etape, until: datetime) -> list[Given]:
    """Serve the one whose turn it is in the first atelier where there is one: its chain may change every other."""
    atelier_id, turn = next(_turns(session, etape), (0, None))
    return _serve(session, act, etape, atelier_id, turn, until) if turn else []


def _turns(session: Session, etape: Etape) -> Iterator[tuple[int, Turn]]:
    """Yield the ateliers of an étape where somebody can be served, by id, with whose turn it is."""
    session.expire_all()
    room = None if etape.capacity is None else etape.capacity - etape.people
    queues = _queues(session, etape.id)
    for atelier in session.scalars(select(Atelier).where(Atelier.id.in_(queues)).order_by(Atelier.id)):
        seats = tour_rules.seats(atelier)
        left = None if seats is None else seats - atelier.taken
        turn = waiting.next_turn(queues[atelier.id], left, room, etape.tour.group_rule)
        if turn and atelier.state == PREVU:
            yield atelier.id, turn


def _queues(session: Session, etape_id: int) -> dict[int, list[Block]]:
    taken = select(Place.participant_id).where(Place.state.in_(TAKING))
    asked = (
        select(
            Place.id,
            Place.participant_id,
            Participant.dossier_id,
            Place.creneau_id,
            Place.participant_id.not_in(taken).label("newcomer"),
            (Dossier.together & (Place.created_at == Dossier.created_at)).label("together"),
            Place.atelier_id,
        )
        .join(Participant, Participant.id == Place.participant_id)
        .join(Dossier, Dossier.id == Participant.dossier_id)
        .where(Participant.etape_id == etape_id, Place.state == EN_ATTENTE)
        .order_by(Place.id)
    )
    queues: dict[int, list[Waiting]] = {}
    for row in session.execute(asked):
        queues.setdefault(row.atelier_id, []).append(Waiting(*row[:-1]))
    return {atelier_id: waiting.blocks(queue) for atelier_id, queue in queues.items()}


def _serve(
    session: Session, act: Act, etape: Etape, atelier_id: int, turn: Turn, until: datetime
) -> list[Given]:
    block = turn.block
    connection = session.connection()
    taken = taking.promote(connection, atelier_id, len(block.people))
    if not (taken and taking.enter(connection, etape.id, block.newcomers)):
        raise RuntimeError("a place counted as free under the lock was not")
    for passed in turn.passed_over:
        reason = f"le groupe de {len(passed.people)} personnes n’entre pas"
        passages.write(
            session,
            act,
            passages.SAUTEE,
            [each.place_id for each in passed.people],
            reason=french.typo(reason),
        )
    if etape.tour.promotion == AUTOMATIQUE:
        return [confirm(session, act, etape, each, passages.PROMUE) for each in block.people]
    return [_offer(session, act, each, until) for each in block.people]


def confirm(session: Session, act: Act, etape: Etape, each: Waiting, kind: str, reason: str = "") -> Given:
    """Make a place theirs: they stop waiting in that créneau, and give back what they held there.

    The place itself is counted as taken before.
    """
    # Taken before the others are given back: somebody who changes atelier does not leave the étape in between.
    _turn_into(session, act, each.place_id, state=PROPOSEE)
    others = files.held(
        session,
        Place.participant_id == each.participant_id,
        Place.creneau_id == each.creneau_id,
        Place.id != each.place_id,
    )
    moved = [place for place in others if place.state == CONFIRMEE]
    freeing.end(session, act, etape.id, moved, passages.DEPLACEE, other_id=each.place_id)
    closed = [place for place in others if place.state != CONFIRMEE]
    freeing.end(session, act, etape.id, closed, passages.FERMEE, other_id=each.place_id)
    atelier_id = session.scalar(select(Place.atelier_id).where(Place.id == each.place_id)) or 0
    told = changes.truth(session, etape.id)[atelier_id].written()
    _turn_into(session, act, each.place_id, state=CONFIRMEE, told=told, offered_until=None)
    passages.write(session, act, kind, [each.place_id], reason=reason)
    return Given(each.place_id, each.participant_id, each.dossier_id, tuple(moved))


def _offer(session: Session, act: Act, each: Waiting, until: datetime) -> Given:
    _turn_into(session, act, each.place_id, state=PROPOSEE, offered_until=until)
    passages.write(session, act, passages.PROPOSEE, [each.place_id])
    return Given(each.place_id, each.participant_id, each.dossier_id, until=until)


def _turn_into(session: Session, act: Act, place_id: int, **facts: object) -> None:
    session.execute(
        update(Place)
        .where(Place.id == place_id, Place.state.in_(LIVE))
        .values(changed_at=act.now, **facts)
        .execution_options(synchronize_session=False)
    )


def _end_offers(session: Session, act: Act, etape: Etape) -> int:
    """End the offers of an étape whose time is over, or that has begun: the place goes on, the entry stays."""
    over = Place.offered_until <= act.now
    ended = files.held(session, Participant.etape_id == etape.id, Place.state == PROPOSEE, over)
    if ended:
        freeing.end(session, act, etape.id, ended, passages.PASSEE, PASSEE)
        for dossier_id, people in _by_dossier(session, ended).items():
            outbox.post(
                session, offer_letters.of_passing(files.to_tell(session, dossier_id), people), act.now
            )
    return len(ended)


def _by_dossier(session: Session, places: Iterable[files.Held]) -> dict[int, list[files.Held]]:
    dossiers = dict(
        session.execute(
            select(Participant.id, Participant.dossier_id).where(
                Participant.id.in_([place.participant_id for place in places])
            )
        ).all()
    )
    found: dict[int, list[files.Held]] = {}
    for place in places:
        found.setdefault(dossiers[place.participant_id], []).append(place)
    return found


def _tell(session: Session, act: Act, etape: Etape, given: Sequence[Given]) -> None:
    """Write to the people of each dossier once, of everything that one settling brought them."""
    dossiers: dict[int, list[Given]] = {}
    for each in given:
        dossiers.setdefault(each.dossier_id, []).append(each)
    for dossier_id, theirs in sorted(dossiers.items()):
        tell(session, act, dossier_id, theirs)


def tell(session: Session, act: Act, dossier_id: int, given: Sequence[Given]) -> None:
    """Write to those of one dossier who were given or offered places."""
    outbox.post(session, offer_letters.of_given(files.to_tell(session, dossier_id), given), act.now)


def _conclude(session: Session, act: Act, etape: Etape, given: int, ended: int) -> None:
    what = "proposées" if etape.tour.promotion != AUTOMATIQUE else "données"
    told = [f"{french.plural(given, 'place')} {what if given > 1 else what[:-1]}"] if given else []
    told += [f"{french.plural(ended, 'offre')} sans réponse"] if ended else []
    text = french.typo(f"Liste d’attente : {french.listing(told)}.")
    write(session, act, "promouvoir", f"etape:{etape.id}", text, etape.tour_id, etape.id)
    revision.bump(session, etape.tour_id)
