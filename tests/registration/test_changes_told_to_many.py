"""R15: changes told to many at once: in batches, by several workers, among edits, and where nothing arrives."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select

from tests import factories
from tests.racing import race
from tests.registration import programme_moves as team
from tests.registration import sending
from tests.registration.sending import ACT, person
from tests.registration.test_changes import ROOM, events, noted, register, told
from tourpaca.db import session, table, transaction
from tourpaca.mail import returns
from tourpaca.refusal import Refused
from tourpaca.registration import notices, queries, telling
from tourpaca.registration.models import Place
from tourpaca.tour import changes
from tourpaca.tour.models import Changement


@pytest.mark.parametrize("people", [35])
def test_r15_many_dossiers_are_told_in_several_transactions(house: Flask, people: int) -> None:
    sending.shrink(100, 2)
    for number in range(people):
        register(person(f"Ana T{number}", 2, email=f"t{number}@exemple.org"))
    team.move_room(2, ROOM)
    now = team.at(10)
    assert telling.tell(now, sending.etape_id())
    assert len(told()) == telling.AT_ONCE
    team.ten_minutes_later()
    assert len({letter.to_email for letter in told()}) == len(told()) == people


def test_r15_race_of_workers_writes_each_letter_once(app: Flask) -> None:
    with app.app_context():
        factories.tour_paca()
        for number in range(10):
            register(person(f"Ana T{number}", 2, email=f"t{number}@exemple.org"))
        team.move_room(2, ROOM)
        now = team.at(10).now
    given = race(app, lambda _: telling.tell_due(now), 4)
    assert given == [None] * 4
    with app.app_context():
        assert len(told()) == 10


def test_r15_two_notes_keep_a_second_worker_silent(house: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control of the race: late, it sees what each was told; blind to that too, it writes again."""
    for number in range(3):
        register(person(f"Ana T{number}", 2, email=f"t{number}@exemple.org"))
    team.move_room(2, ROOM)
    note = dict(session().execute(select(table(Changement))).one()._mapping)
    written = []
    for blind in (False, False, True):
        if blind:
            monkeypatch.setattr(telling, "has_moved", lambda *_: True)
        with transaction() as current:
            current.execute(delete(Changement))
            current.execute(insert(table(Changement)).values(note))
        team.ten_minutes_later()
        written.append(len(told()))
    assert written == [3, 3, 6]


def test_r15_race_of_edits_and_tellings_forgets_no_change(app: Flask) -> None:
    """Whatever interleaves, what was told ends as what is true, and nobody is told of the same sequence twice."""
    with app.app_context():
        factories.tour_paca()
        for number in range(6):
            register(person(f"Ana T{number}", number % 3 + 1, email=f"t{number}@exemple.org"))
        team.move_room(1, "Salle A")
        now = team.at(30).now

    def act(number: int) -> None:
        if number % 2:
            telling.tell_due(now)
        else:
            team.move_room(number // 2 % 3 + 1, f"Salle {number}", minutes=number)

    given = race(app, act, 12)
    assert all(each is None or isinstance(each, list | Refused) for each in given), given
    with app.app_context():
        telling.tell_due(team.at(60).now)
        truth = changes.truth(session(), sending.etape_id())
        places = session().scalars(select(Place)).all()
        assert {place.told for place in places} == {truth[place.atelier_id].written() for place in places}
        assert noted() == 0
        sent = [(event["uid"], event["sequence"]) for letter in told() for event in events(letter)]
        assert len(sent) == len(set(sent))


def test_r15_a_mailbox_where_nothing_arrives_is_told_through_the_contact(house: Flask) -> None:
    register(person("Ana Un", 2, email="Perdue@exemple.org"), person("Bo Deux", 2))
    register(person("Cy Trois", 2), contact_email="perdue@exemple.org")
    with transaction() as current:
        returns.note(current, "perdue@exemple.org", None, "dur", "550 5.1.1 no such user", ACT.now)
    team.move_room(2, ROOM)
    found = notices.pending([sending.etape_id()])
    assert (found and found.people) == notices.concerned(sending.etape_id()).people == 2
    team.ten_minutes_later()
    (letter,) = told()
    assert letter.to_email == "morgan.factice@exemple.org"
    assert len(events(letter)) == 2
    assert noted() == 0


def test_s03_links_follow_an_etape_that_moves_even_of_those_who_wait(house: Flask) -> None:
    sending.shrink(1, 2)
    tokens = [register(person("Ana Un", 2)).token, register(person("Bo Deux", -2)).token]
    team.move_etape(day=date(2018, 6, 5), closes_at=None)
    team.ten_minutes_later()
    for token in tokens:
        assert queries.my_registration(token, datetime(2018, 7, 4, tzinfo=UTC)).etape.day == date(2018, 6, 5)
        with pytest.raises(queries.LinkExpired):
            queries.my_registration(token, datetime(2018, 7, 6, tzinfo=UTC))
