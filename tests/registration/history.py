"""R2: people, the team and the worker at work at once, and what each was answered; then what must be true of it."""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count

from flask import Flask
from sqlalchemy import func, select

from tests.racing import race
from tests.registration import sending
from tests.registration.sending import ACT, TEAM, person, submission
from tests.registration.witness import Seen
from tourpaca.db import session
from tourpaca.journal.models import Act
from tourpaca.refusal import Refused
from tourpaca.registration import actions, promoting
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
from tourpaca.registration.submission import Person, Submission, Wish

THEMES = (5, 6)
OK, REFUSED = "ok", "refused"
# What people do, as often as they do it.
WEIGHTS = {
    "register": 8,
    "cancel": 5,
    "choose": 4,
    "cede": 2,
    "accept": 4,
    "give_up": 3,
    "wait_again": 1,
    "promote": 1,
    "resize": 1,
    "expire": 1,
}


@dataclass
class Log:
    """What clients were answered: for each act, whom it was about (a key, an id) and what became of it."""

    lines: list[tuple[str, object, str]] = field(default_factory=list)

    def about(self, what: str, outcome: str) -> set[object]:
        """Return whom the acts of a kind were about that had this outcome."""
        return {one for act, one, became in self.lines if (act, became) == (what, outcome)}


@dataclass
class Crowd:
    """Clients who act at once on two ateliers of Nice; some answers get lost, and their request is sent again."""

    app: Flask
    seed: int
    clients: int
    operations: int
    log: Log = field(default_factory=Log)
    _minutes: Iterator[int] = field(default_factory=count)

    def run(self) -> list[object]:
        """Let everybody act; return the faults that were not refusals."""
        return [fault for fault in race(self.app, self._client, self.clients) if fault]

    def _client(self, number: int) -> None:
        chance = random.Random(f"{self.seed}-{number}")
        for _ in range(self.operations // self.clients):
            (what,) = chance.choices(list(WEIGHTS), list(WEIGHTS.values()))
            session().rollback()
            getattr(self, f"_{what}")(chance)

    def _act(self, by: Act = ACT) -> Act:
        return replace(by, now=ACT.now + timedelta(minutes=next(self._minutes)))

    def _try(self, what: str, about: object, do: Callable[[], object], again: bool = False) -> None:
        for _ in range(2 if again else 1):
            try:
                do()
            except Refused:
                return self.log.lines.append((what, about, REFUSED))
        return self.log.lines.append((what, about, OK))

    def _some(self, chance: random.Random, *states: str) -> int | None:
        found = session().scalars(select(Place.id).where(Place.state.in_(states)).order_by(Place.id)).all()
        return chance.choice(found) if found else None

    def _register(self, chance: random.Random) -> None:
        sent = self._submission(chance)
        again = chance.random() < 0.05
        self._try(
            "register", sent.key, lambda: actions.register(self._act(), sending.etape_id(), sent), again
        )

    def _submission(self, chance: random.Random) -> Submission:
        number = next(self._minutes)
        themes = chance.choice([(-5,), (-6,)])
        people = [person(f"Lou{n} Client{number}x{n}", *themes) for n in range(chance.choice((1, 1, 1, 2)))]
        return submission(*people, contact_email=f"c{number}@exemple.org")

    def _cancel(self, chance: random.Random) -> None:
        asked = select(Participant.id).where(Participant.cancelled_at.is_(None)).order_by(Participant.id)
        found = session().scalars(asked).all()
        if found:
            one = chance.choice(found)
            self._try(
                "cancel", one, lambda: actions.cancel_participant(self._act(), one), chance.random() < 0.05
            )

    def _choose(self, chance: random.Random) -> None:
        place = self._some(chance, CONFIRMEE, EN_ATTENTE)
        if place:
            found, room = session().get_one(Place, place), sending.atelier(chance.choice(THEMES))
            one, wish = found.participant_id, Wish(room.creneau_id, room.id, chance.random() < 0.7)
            self._try(
                "choose",
                place,
                lambda: actions.choose_atelier(self._act(), one, wish),
                chance.random() < 0.05,
            )

    def _cede(self, chance: random.Random) -> None:
        place = self._some(chance, CONFIRMEE, EN_ATTENTE)
        if place:
            one, number = session().get_one(Place, place).participant_id, next(self._minutes)
            newcomer = Person(f"Noa{number}", f"Collègue{number}", f"n{number}@exemple.org")
            self._try("cede", place, lambda: actions.cede_place(self._act(), one, newcomer))

    def _accept(self, chance: random.Random) -> None:
        self._on_a_place(chance, "accept", actions.accept_offer, PROPOSEE)

    def _give_up(self, chance: random.Random) -> None:
        self._on_a_place(chance, "give_up", actions.give_up, PROPOSEE, EN_ATTENTE)

    def _wait_again(self, chance: random.Random) -> None:
        self._on_a_place(chance, "wait_again", actions.wait_again, PASSEE)

    def _on_a_place(
        self, chance: random.Random, what: str, do: Callable[[Act, int], None], *states: str
    ) -> None:
        place = self._some(chance, *states)
        if place:
            self._try(what, place, lambda: do(self._act(), place))

    def _promote(self, chance: random.Random) -> None:
        place = self._some(chance, EN_ATTENTE)
        if place:
            self._try("promote", place, lambda: actions.promote(self._act(TEAM), place, "par l’équipe"))

    def _resize(self, chance: random.Random) -> None:
        sending.shrink(chance.randint(2, 8), chance.choice(THEMES))
        promoting.settle_due(self._act().now)

    def _expire(self, chance: random.Random) -> None:
        promoting.settle_due(self._act().now + timedelta(days=3))


@dataclass
class Room:
    """An atelier as the witness tells it, until now."""

    capacity: int | None
    taking: set[int] = field(default_factory=set)
    waiting: set[int] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)


def anomalies(seen: Sequence[Seen], log: Log, capacity: int) -> Iterator[str]:
    """Yield what is wrong with a history: sold twice, out of turn, lost, done twice, or left empty while one waits."""
    rooms: dict[int, Room] = defaultdict(lambda: Room(capacity))
    people = _dossiers()
    by_hand = log.about("promote", OK)
    for event in seen:
        room = rooms[event.atelier_id]
        if event.place_id is None:
            room.capacity = event.capacity
        else:
            yield from _turn(room, event, event.place_id, people, by_hand)
    for number, room in rooms.items():
        yield from _left_empty(number, room, people)
    yield from _answers(log)


def _turn(room: Room, event: Seen, place: int, people: dict[int, int], by_hand: set[object]) -> Iterator[str]:
    room.waiting.discard(place)
    if event.after in TAKING and event.before not in TAKING:
        room.taking.add(place)
        if room.capacity is not None and len(room.taking) > room.capacity:
            yield f"atelier {event.atelier_id}: {len(room.taking)} places taken of {room.capacity}"
        before = {other for other in room.waiting if other < place and people[other] != people[place]}
        if before and place not in by_hand:
            yield f"place {place} is served before {sorted(before)}"
        if place in room.gone:
            yield f"place {place} is given to somebody who left"
    if event.after not in TAKING:
        room.taking.discard(place)
    if event.after == EN_ATTENTE:
        room.waiting.add(place)
    if event.after not in (*LIVE, PASSEE):
        room.gone.add(place)


def _left_empty(number: int, room: Room, people: dict[int, int]) -> Iterator[str]:
    if room.waiting and room.capacity is not None:
        first = people[min(room.waiting)]
        group = sum(people[place] == first for place in room.waiting)
        if room.capacity - len(room.taking) >= group:
            yield f"atelier {number}: a place is free and {len(room.waiting)} wait"


def _dossiers() -> dict[int, int]:
    asked = select(Place.id, Participant.dossier_id).join(Participant)
    return dict(session().execute(asked).all())  # type: ignore[arg-type]


def _answers(log: Log) -> Iterator[str]:
    keys: Counter[object] = Counter(session().scalars(select(Dossier.submission_key)))
    for outcome, times in ((OK, 1), (REFUSED, 0)):
        for key in log.about("register", outcome):
            if keys[key] != times:
                yield f"a registration answered {outcome} is there {keys[key]} times"
    live = select(Place.participant_id).where(Place.state.in_(LIVE))
    for one in log.about("cancel", OK) & set(session().scalars(live)):
        yield f"person {one} cancelled and still has a place"
    accepted = select(func.count()).where(
        Place.id.in_(log.about("accept", OK)), Place.state.in_((EN_ATTENTE, PROPOSEE))
    )
    if session().scalar(accepted):
        yield "an accepted place waits again"
    held = (
        select(Place.participant_id)
        .where(Place.state == CONFIRMEE)
        .group_by(Place.participant_id, Place.creneau_id)
    )
    for one in session().scalars(held.having(func.count() > 1)):
        yield f"person {one} is twice in one créneau"
