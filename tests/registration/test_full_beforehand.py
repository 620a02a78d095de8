"""What is full already is refused before anything is written, except to who filled it and to who accepts to wait."""

import pytest
from flask import Flask

from tests.registration import sending
from tests.registration.sending import ACT, atelier, person, submission
from tourpaca.registration import actions
from tourpaca.registration.rules import Incomplete


def test_r03_the_sending_that_took_the_last_place_is_known_again(house: Flask) -> None:
    """Full, and still not refused to the one who filled it: only another sending is told that it is full."""
    sending.shrink(1, 2)
    sent, etape = submission(person("Camille Exemple", 2)), sending.etape_id()
    first = actions.register(ACT, etape, sent)
    again = actions.register(ACT, etape, sent)
    assert (again.token, again.again) == (first.token, True)
    with pytest.raises(Incomplete) as refusal:
        actions.register(ACT, etape, submission(person("Dominique Exemple", 2), organisation="Jamais vue"))
    assert [fault.field for fault in refusal.value.faults] == [f"p0-c{atelier(2).creneau_id}"]
    assert refusal.value.seen is not None
    sending.assert_counters_are_the_rows()


def test_r01_who_accepts_to_wait_is_not_refused_beforehand(house: Flask) -> None:
    sending.shrink(1, 2)
    etape = sending.etape_id()
    actions.register(ACT, etape, submission(person("Camille Exemple", 2)))
    assert not actions.register(ACT, etape, submission(person("Dominique Exemple", -2))).again
    assert len(sending.waiting(2)) == 1
