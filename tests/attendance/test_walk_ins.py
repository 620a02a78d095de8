"""People who come without being expected are counted like the others, and the room says when it is full."""

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from tests.attendance import people
from tourpaca.attendance import actions, queries
from tourpaca.attendance.actions import Welcomed
from tourpaca.attendance.rules import Arrival
from tourpaca.db import session, transaction
from tourpaca.journal.models import Entry
from tourpaca.organisations.models import Organisation
from tourpaca.refusal import Refused
from tourpaca.registration.models import Dossier, Participant
from tourpaca.tour.models import Atelier

pytestmark = pytest.mark.usefixtures("open_house")
MAXIME = Arrival("Maxime Échantillon", "chorum")


def arrive(atelier_id: int, arrival: Arrival = MAXIME, nonce: str = "arrivée-1") -> Welcomed:
    return actions.walk_in(people.ACT, atelier_id, arrival, nonce)


def test_us04_a_walk_in_is_present_counted_and_told_apart() -> None:
    chorum = people.organisation("Chorum")
    room = people.atelier("nice", 6)
    room_id, etape_id = room.id, room.etape_id
    added = arrive(room_id)
    line = queries.lines(room_id, etape_id)[0]
    assert (line.participant_id, line.last_name, line.first_name) == (
        added.participant_id,
        "Échantillon",
        "Maxime",
    )
    assert (line.organisation, line.registered, line.status) == ("Chorum", False, "present")
    assert queries.counts(etape_id)[room_id] == queries.Counts(present=1, walk_ins=1)
    dossier = session().scalars(select(Dossier)).one()
    assert (dossier.source, dossier.organisation_id, dossier.organisation_typed) == (
        "sur_place",
        chorum,
        "chorum",
    )


def test_us04_a_walk_in_without_organisation_or_with_a_new_one_is_welcome() -> None:
    room = people.atelier("nice", 6).id
    arrive(room, Arrival("DURAND Zoé"))
    arrive(room, Arrival("Ali", "Une structure jamais vue", "ali@exemple.org"), "arrivée-2")
    assert session().scalars(select(Organisation.state)).all() == ["a_verifier"]
    names = (
        session()
        .execute(select(Participant.first_name, Participant.last_name).order_by(Participant.id))
        .all()
    )
    assert [tuple(row) for row in names] == [("Zoé", "DURAND"), ("", "Ali")]


def test_us04_the_journal_names_the_organisation_and_never_the_person() -> None:
    arrive(people.atelier("nice", 6).id)
    entry = session().scalars(select(Entry).where(Entry.verb == "presences.accueillir")).one()
    assert "chorum" in entry.text
    assert "chantillon" not in entry.text


def test_us04_the_same_gesture_twice_adds_one_person() -> None:
    room = people.atelier("nice", 6).id
    first, second = arrive(room), arrive(room)
    assert (second.participant_id, second.again) == (first.participant_id, True)
    assert session().scalar(select(func.count()).select_from(Participant)) == 1


def test_us04_somebody_expected_in_another_room_is_not_added_twice() -> None:
    chorum = people.organisation("Chorum")
    lou = people.expect("nice", ("Spécimen", "Lou"), (5,), chorum)
    welcomed = arrive(people.atelier("nice", 6).id, Arrival("SPECIMEN Lou", "CHORUM"))
    assert (welcomed.participant_id, welcomed.known) == (lou, True)


def test_us04_a_namesake_of_another_organisation_is_somebody_else() -> None:
    people.organisation("Chorum")
    lou = people.expect("nice", ("Spécimen", "Lou"), (6,), people.organisation("Casden"))
    assert arrive(people.atelier("nice", 6).id, Arrival("Lou Spécimen", "Chorum")).participant_id != lou


def test_us04_over_the_number_of_the_room_is_told_then_allowed_with_a_reason() -> None:
    room = people.atelier("nice", 6)
    room_id, etape_id = room.id, room.etape_id
    with transaction() as current:
        current.execute(update(Atelier).where(Atelier.id == room_id).values(capacity=14, room_capacity=1))
    people.expect("nice", ("Exemple", "Camille"), (6,))
    with pytest.raises(Refused, match="pour 1\u00a0place") as refused:
        arrive(room_id)
    assert refused.value.field == "reason"
    assert session().scalar(select(func.count()).select_from(Participant)) == 1, "nobody was added"
    arrive(room_id, Arrival("Maxime Échantillon", "chorum", reason="Une chaise de plus"))
    assert [line.reason for line in queries.lines(room_id, etape_id)] == ["", "Une chaise de plus"]


def test_us04_somebody_from_another_list_is_welcomed_under_the_same_rule() -> None:
    room = people.atelier("nice", 6)
    room_id, etape_id = room.id, room.etape_id
    with transaction() as current:
        current.execute(update(Atelier).where(Atelier.id == room_id).values(capacity=0))
    lou = people.expect("nice", ("Spécimen", "Lou"), (5,))
    with pytest.raises(Refused):
        actions.welcome(people.ACT, people.mark(lou, room_id))
    actions.welcome(people.ACT, people.mark(lou, room_id, reason="La salle le permet"))
    assert queries.counts(etape_id)[room_id].walk_ins == 1
    actions.welcome(people.ACT, people.mark(lou, room_id))


def test_us04_typed_in_after_the_day_is_said_so() -> None:
    room = people.atelier("nice", 6)
    room_id, etape_id = room.id, room.etape_id
    actions.walk_in(people.ACT, room_id, MAXIME, "le 13 février")
    assert queries.lines(room_id, etape_id)[0].late


@pytest.mark.parametrize(
    ("arrival", "field"),
    [
        (Arrival(" - "), "name"),
        (Arrival("Zoé", email="zoe@"), "email"),
        (Arrival("Zoé", reason="x" * 301), "reason"),
    ],
)
def test_us04_what_is_missing_is_said_beside_its_field(arrival: Arrival, field: str) -> None:
    with pytest.raises(Refused) as refused:
        arrive(people.atelier("nice", 6).id, arrival)
    assert refused.value.field == field


def test_us04_nobody_is_welcomed_in_a_cancelled_workshop(open_house: Flask) -> None:
    room = people.atelier("nice", 6).id
    with transaction() as current:
        current.execute(update(Atelier).where(Atelier.id == room).values(state="annule"))
    with pytest.raises(Refused, match="annulé"):
        arrive(room)
