"""R23 and R18, random lives of the lists of one créneau: whatever people do, in any order, their turn is kept."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.registration import sending
from tests.registration.sending import ACT, person, submission
from tests.registration.test_histories import clean_slate
from tests.registration.test_promoting import BESIDE, HALL, rules_of_the_tour
from tourpaca.db import session
from tourpaca.journal.models import Act
from tourpaca.refusal import Refused
from tourpaca.registration import actions, invariants, promoting
from tourpaca.registration.models import CONFIRMEE, EN_ATTENTE, LIVE, PASSEE, PROPOSEE, Participant, Place
from tourpaca.registration.submission import Person, Wish
from tourpaca.tour.models import A_CONFIRMER, AUTOMATIQUE


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    history=st.lists(
        st.tuples(
            st.sampled_from(("join", "leave", "accept", "refuse", "resize", "expire", "change", "cede")),
            st.integers(0, 9),
        ),
        max_size=18,
    ),
    promotion=st.sampled_from((AUTOMATIQUE, A_CONFIRMER)),
)
def test_r23_any_history_of_a_list_is_fair(
    house: Flask, history: list[tuple[str, int]], promotion: str
) -> None:
    """Never above the capacity; a free place waits for nobody; who came later is never served before; none is lost."""
    clean_slate()
    rules_of_the_tour(promotion=promotion)
    clock = Lives()
    for what, number in history:
        getattr(clock, what)(number)
        clock.assert_fair()


class Lives:
    """People who join one atelier, and what becomes of them; an hour passes between two acts."""

    def __init__(self) -> None:
        self.now, self.joined = ACT.now, 0

    @property
    def act(self) -> Act:
        self.now += timedelta(hours=1)
        return replace(ACT, now=self.now)

    def _nth(self, number: int, *states: str) -> Place | None:
        found = session().scalars(select(Place).where(Place.state.in_(states)).order_by(Place.id)).all()
        return found[number % len(found)] if found else None

    def join(self, number: int) -> None:
        self.joined += 1
        one = person(f"Prénom{self.joined} Nom{self.joined}", -HALL)
        some = submission(one, contact_email=f"c{self.joined}@exemple.org")
        actions.register(self.act, sending.etape_id(), some)

    def leave(self, number: int) -> None:
        place = self._nth(number, CONFIRMEE, EN_ATTENTE)
        if place:
            actions.cancel_participant(self.act, place.participant_id)

    def accept(self, number: int) -> None:
        place = self._nth(number, PROPOSEE)
        if place and (place.offered_until or self.now) > self.now + timedelta(hours=1):
            actions.accept_offer(self.act, place.id)

    def refuse(self, number: int) -> None:
        place = self._nth(number, PROPOSEE, EN_ATTENTE)
        if place:
            actions.give_up(self.act, place.id)

    def resize(self, number: int) -> None:
        sending.shrink(number // 2, HALL)
        promoting.settle_due(self.act.now)

    def expire(self, number: int) -> None:
        self.now += timedelta(days=2)
        promoting.settle_due(self.act.now)

    def change(self, number: int) -> None:
        """Somebody who has a place chooses the other atelier of the hour, or its list; an offer there is answered."""
        place = self._nth(number, CONFIRMEE)
        if place:
            here = sending.atelier(HALL)
            there = sending.atelier(BESIDE) if place.atelier_id == here.id else here
            with suppress(Refused):
                actions.choose_atelier(
                    self.act, place.participant_id, Wish(there.creneau_id, there.id, waits=True)
                )

    def cede(self, number: int) -> None:
        """Somebody gives what they hold, or their rank, to a colleague."""
        place = self._nth(number, CONFIRMEE, PROPOSEE, EN_ATTENTE)
        if place:
            self.joined += 1
            one = Person(f"Prénom{self.joined}", f"Nom{self.joined}", f"c{self.joined}@exemple.org")
            actions.cede_place(self.act, place.participant_id, one)

    def assert_fair(self) -> None:
        """What is true of the lists, from the rows alone."""
        assert list(invariants.breaches()) == []
        kept = select(Place.participant_id).where(Place.state.in_((*LIVE, PASSEE)))
        lost = select(Participant.id).where(Participant.cancelled_at.is_(None), Participant.id.not_in(kept))
        assert session().scalars(lost).all() == []
        for ordre in (HALL, BESIDE):
            self._assert_in_turn(ordre)

    def _assert_in_turn(self, ordre: int) -> None:
        room = sending.atelier(ordre)
        places = session().scalars(select(Place).where(Place.atelier_id == room.id).order_by(Place.id)).all()
        waiting = [place.id for place in places if place.state == EN_ATTENTE]
        served = [place.id for place in places if place.state in (CONFIRMEE, PROPOSEE)]
        assert not waiting or room.taken >= (room.capacity or 0)
        assert not waiting or not served or max(served) < min(waiting)
