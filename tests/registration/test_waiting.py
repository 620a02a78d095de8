"""Who is next, and until when an offer is held: the rules of a waiting list, as values."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tourpaca import clock
from tourpaca.registration import waiting
from tourpaca.registration.waiting import Waiting
from tourpaca.tour.models import BLOQUER, PASSER

FAR = datetime(2018, 3, 29, 7, 30, tzinfo=UTC)


def queue(*dossiers: int, together: bool = True) -> list[waiting.Block]:
    """Return the queue of people of these dossiers, in this order."""
    people = [Waiting(n, n, dossier, 1, True, together) for n, dossier in enumerate(dossiers, 1)]
    return waiting.blocks(people)


def wall(text: str) -> datetime:
    """Return the instant of a wall-clock time of Paris."""
    return clock.instant_of(datetime.fromisoformat(text))


def test_us03_colleagues_who_wait_together_are_one_block_where_the_first_stands() -> None:
    assert [len(block.people) for block in queue(1, 2, 1, 3)] == [2, 1, 1]
    assert [len(block.people) for block in queue(1, 2, 1, 3, together=False)] == [1] * 4


@pytest.mark.parametrize(
    ("rule", "free", "served"),
    [
        (BLOQUER, 1, None),
        (PASSER, 1, 3),
        (BLOQUER, 2, 1),
        (PASSER, 2, 1),
        (PASSER, 0, None),
        (BLOQUER, None, 1),
    ],
)
def test_us03_r09_a_block_is_not_split_and_who_passes_it_is_a_setting(
    rule: str, free: int | None, served: int | None
) -> None:
    """Two who wait together, then one alone: the rule says whether the one may pass when one place is free."""
    turn = waiting.next_turn(queue(1, 1, 2), free, None, rule)
    assert (turn.block.people[0].place_id if turn else None) == served
    assert [len(block.people) for block in turn.passed_over] == [2] if served == 3 and turn else True


def test_r09_a_full_etape_lets_in_only_who_is_there_already() -> None:
    """Whoever holds a place at the étape takes no chair more there."""
    here = Waiting(1, 1, 1, 1, newcomer=False)
    assert waiting.next_turn(waiting.blocks([here]), 1, 0, BLOQUER)
    assert waiting.next_turn(queue(1), 1, 0, BLOQUER) is None


@pytest.mark.parametrize(
    ("now", "beginning", "until"),
    [
        ("2018-01-08T10:00", "2018-01-30T09:30", "2018-01-10T10:00"),  # Monday to Wednesday: 48 h
        (
            "2018-01-05T19:00",
            "2018-01-30T09:30",
            "2018-01-09T19:00",
        ),  # Friday evening: the week-end does not count
        ("2018-01-06T11:00", "2018-01-30T09:30", "2018-01-09T20:00"),  # Saturday: from Monday 8 h
        ("2018-01-08T22:00", "2018-01-30T09:30", "2018-01-10T20:00"),  # at night: from the morning
        (
            "2018-01-28T09:00",
            "2018-01-30T09:30",
            "2018-01-29T20:00",
        ),  # less than three days: one day of an office
        ("2018-01-29T18:00", "2018-01-30T09:30", "2018-01-30T07:30"),  # never less than two hours before
        ("2018-03-23T19:00", "2018-04-20T09:30", "2018-03-27T19:00"),  # legal time changes on the Sunday
    ],
)
def test_us03_r10_an_offer_is_held_for_office_hours(now: str, beginning: str, until: str) -> None:
    assert waiting.deadline(wall(now), wall(beginning)) == wall(until)


def test_r10_nobody_is_asked_when_no_answer_could_come_in_time() -> None:
    assert waiting.deadline(wall("2018-01-30T06:00"), wall("2018-01-30T09:30")) is None


@given(st.datetimes(datetime(2018, 1, 1), datetime(2018, 3, 20)), st.integers(1, 30))
def test_r10_office_hours_end_in_an_office_and_grow_with_the_length(now: datetime, hours: int) -> None:
    """Whenever it is asked, the answer falls on a weekday between 8 h and 20 h, and a longer offer ends later."""
    ends = [waiting.after_office_hours(clock.instant_of(now), timedelta(hours=n)) for n in (hours, hours + 1)]
    told = clock.local(ends[0])
    assert told.weekday() < 5
    assert waiting.OPENS < told.time() <= waiting.CLOSES
    assert clock.instant_of(now) < ends[0] < ends[1]
