"""R15, R16, US11: the programme moves; who is told, of what, how often, and what their calendar is asked."""

from datetime import UTC, date, datetime, time
from email import message_from_bytes
from typing import Any

from flask import Flask
from icalendar import Calendar
from sqlalchemy import select, update

from tests.registration import programme_moves as team
from tests.registration import sending
from tests.registration.sending import ACT, TEAM, person, submission
from tourpaca.db import session, transaction
from tourpaca.mail import composition
from tourpaca.mail.models import Letter
from tourpaca.registration import actions, change_letters, queries, telling
from tourpaca.registration.models import Place
from tourpaca.registration.submission import Person, Wish
from tourpaca.tour.models import ANNULE, PREVU, Changement

ROOM = "Salle B, 1er étage"


def register(*people: Any, etape: str = "nice", **facts: Any) -> actions.Registered:
    """Register people for an étape."""
    return actions.register(ACT, sending.etape_id(etape), submission(*people, **facts))


def told() -> list[Letter]:
    """The letters about changes, oldest first."""
    session().rollback()
    return [letter for letter in sending.letters() if letter.kind in change_letters.KINDS]


def events(letter: Letter) -> list[dict[str, Any]]:
    """The entries of a letter."""
    content: Any = letter.content
    return content["events"]


def text(letter: Letter) -> str:
    """What a letter says, with plain spaces."""
    return " ".join(composition.text(letter).split())


def noted() -> int:
    """How many étapes wait to be told."""
    return len(session().scalars(select(Changement)).all())


def test_us11_exactly_those_of_the_room_get_one_letter_with_old_and_new(house: Flask) -> None:
    """31 people at Carpentras, 11 in « La territorialité »; one waits there and one has cancelled."""
    sending.shrink(12, 3, etape="carpentras")
    team.move_room(3, "Salle A", "carpentras")
    for number in range(12):
        mine = f"t{number}@exemple.org"
        register(person(f"Ana T{number}", 3, etape="carpentras", email=mine), etape="carpentras")
    actions.cancel_participant(TEAM, sending.participant("T11"))
    sending.shrink(11, 3, etape="carpentras")
    register(person("Ana Attend", -3, etape="carpentras"), etape="carpentras")
    for number in range(20):
        ordre = (1, 2)[number % 2]
        register(person(f"Bo S{number}", ordre, etape="carpentras"), etape="carpentras")
    team.ten_minutes_later()
    assert told() == []
    before = team.sequences()
    team.move_room(3, ROOM, "carpentras", 20)
    team.ten_minutes_later(29.9)
    assert told() == []
    team.ten_minutes_later(30)
    letters = told()
    assert sorted(each.to_email for each in letters) == sorted(f"t{n}@exemple.org" for n in range(11))
    for letter in letters:
        assert letter.subject == "Changement de salle\u00a0: Carpentras, 13\u00a0février"
        assert f"Salle : {ROOM} (avant : Salle A)" in text(letter)
        assert "Accès : information à venir." in text(letter)
        (event,) = events(letter)
        assert (event["sequence"], event["cancelled"]) == (before[event["uid"]] + 1, False)
        assert (event["start"], event["location"]) == ("2018-02-13T09:30:00", f"{ROOM}, Carpentras")
        assert letter.reply_to == "equipe@exemple.org"
        assert letter.expires_at == datetime(2018, 2, 13, 11, 15, tzinfo=UTC)
    assert noted() == 0
    team.ten_minutes_later(60)
    assert len(told()) == 11


def test_r15_the_entry_that_follows_is_the_same_and_asks_to_be_held(house: Flask) -> None:
    register(person("Camille Exemple", 2, email="camille@exemple.org"))
    team.move_room(2, ROOM)
    team.ten_minutes_later()
    first, second = (
        Calendar.from_ical(_file(letter)) for letter in (sending.letters("confirmation")[0], told()[0])
    )
    (old,), (new,) = first.walk("VEVENT"), second.walk("VEVENT")
    assert first["METHOD"] == second["METHOD"] == "REQUEST"
    assert (new["UID"], new["SUMMARY"], new["ATTENDEE"]) == (old["UID"], old["SUMMARY"], old["ATTENDEE"])
    assert (old["SEQUENCE"], new["SEQUENCE"]) == (0, 1)
    assert new.decoded("DTSTAMP") > old.decoded("DTSTAMP")
    assert new.decoded("DTSTART") == old.decoded("DTSTART")


def _file(letter: Letter) -> bytes:
    (part,) = [
        part
        for part in message_from_bytes(composition.compose(letter)).walk()
        if part.get_filename() == "rendez-vous-1.ics"
    ]
    return part.get_payload(decode=True)  # type: ignore[return-value]


def test_r15_three_edits_in_ten_minutes_make_one_letter_with_the_net_change(house: Flask) -> None:
    team.move_room(2, "Salle A")
    register(person("Camille Exemple", 2, 7))
    team.ten_minutes_later()
    team.move_room(2, "Salle C", minutes=20)
    team.move_hours(1, time(9), time(10, 15), minutes=24)
    team.move_room(2, ROOM, minutes=29)
    team.ten_minutes_later(30)
    (letter,) = told()
    assert letter.subject == "Changement d’horaire et de salle\u00a0: Nice, 30\u00a0janvier"
    assert "Salle C" not in text(letter)
    for words in ("Horaire : 9 h à 10 h 15 (avant : 9 h 30 à 10 h 45)", f"Salle : {ROOM} (avant : Salle A)"):
        assert words in text(letter)
    assert [event["sequence"] for event in events(letter)] == [1]
    assert "Le développement durable" not in text(letter)


def test_r15_moved_and_moved_back_is_nothing(house: Flask) -> None:
    team.move_room(2, "Salle A")
    register(person("Camille Exemple", 2))
    team.ten_minutes_later()
    before = team.sequences()
    team.move_room(2, ROOM, minutes=20)
    team.move_room(2, "Salle A", minutes=25)
    team.ten_minutes_later(30)
    assert (told(), team.sequences(), noted()) == ([], before, 0)


def test_r15_who_registers_within_the_burst_is_told_only_what_moves_afterwards(house: Flask) -> None:
    register(person("Ana Avant", 2, email="ana@exemple.org"))
    team.move_room(2, "Salle C")
    register(person("Bo Après", 2, email="bo@exemple.org"))
    team.ten_minutes_later()
    assert [letter.to_email for letter in told()] == ["ana@exemple.org"]
    team.move_room(2, ROOM, minutes=20)
    team.ten_minutes_later(30)
    assert sorted(letter.to_email for letter in told()[1:]) == ["ana@exemple.org", "bo@exemple.org"]


def test_r15_a_place_written_before_the_column_is_compared_with_the_truth_of_then(house: Flask) -> None:
    team.move_room(2, "Salle A")
    register(person("Camille Exemple", 2, 7))
    team.ten_minutes_later()
    with transaction() as current:
        current.execute(update(Place).values(told=""))
    team.move_room(2, ROOM, minutes=20)
    team.ten_minutes_later(30)
    (letter,) = told()
    assert "(avant : Salle A)" in text(letter)
    assert len(events(letter)) == 1


def test_r15_one_mailbox_one_letter_and_those_with_none_through_the_contact(house: Flask) -> None:
    register(person("Ana Un", 2), person("Bo Deux", 2), person("Cy Trois", 2, email="cy@exemple.org"))
    team.move_etape(venue="Maison des associations", address="3 rue du Modèle")
    team.ten_minutes_later()
    letters = {letter.to_email: letter for letter in told()}
    assert set(letters) == {"morgan.factice@exemple.org", "cy@exemple.org"}
    contact = letters["morgan.factice@exemple.org"]
    assert [event["summary"].rpartition(" (")[2] for event in events(contact)] == ["Ana Un)", "Bo Deux)"]
    assert "Cy Trois" not in text(contact)
    assert contact.subject == "Changement de lieu\u00a0: Nice, 30\u00a0janvier"
    assert "Maison des associations, 3 rue du Modèle, Nice" in text(contact)


def test_r15_a_date_that_moves_moves_every_atelier_of_a_person_in_one_letter(house: Flask) -> None:
    register(person("Camille Exemple", 2, 7))
    team.move_etape(day=date(2018, 2, 6), closes_at=None)
    team.ten_minutes_later()
    (letter,) = told()
    assert letter.subject == "Changement de date\u00a0: Nice, 6\u00a0février"
    assert [event["start"] for event in events(letter)] == ["2018-02-06T09:30:00", "2018-02-06T11:00:00"]
    assert "Date : mardi 6 février 2018 (avant : mardi 30 janvier 2018)" in text(letter)


def test_us01_r15_hours_at_last_turn_a_whole_day_into_hours(house: Flask) -> None:
    sending.open_event()
    event = sending.etape_id("bouches-du-rhone")
    plan = queries.programme("tour-paca", "bouches-du-rhone")
    (slot,) = plan.slots
    one = Person("Camille", "Exemple", "", (Wish(slot.creneau_id, slot.offers[0].atelier_id, False),))
    actions.register(ACT, event, submission(one))
    (first,) = sending.letters()
    assert [each["start"] for each in events(first)] == [None]
    team.move_etape("bouches-du-rhone", starts_at=time(9, 30))
    team.ten_minutes_later()
    (letter,) = told()
    assert letter.subject == "Précision d’horaire\u00a0: Bouches-du-Rhône, 29\u00a0mars"
    assert [(each["start"], each["sequence"]) for each in events(letter)] == [("2018-03-29T09:30:00", 1)]
    assert "(avant" not in text(letter)
    assert b"DTSTART;TZID=Europe/Paris:20180329T093000" in _file(letter)
    assert b"DTSTART;VALUE=DATE:20180329" in _file(first)


def test_r16_a_cancelled_atelier_leaves_calendars_and_comes_back_when_held_again(house: Flask) -> None:
    register(person("Camille Exemple", 2, 7))
    team.set_state(2, ANNULE)
    team.ten_minutes_later()
    team.set_state(2, PREVU, minutes=20)
    team.ten_minutes_later(30)
    off, on = told()
    assert [letter.kind for letter in (off, on)] == ["atelier_annule", "changement"]
    assert [letter.subject.partition("\u00a0:")[0] for letter in (off, on)] == [
        "Atelier annulé",
        "Atelier maintenu",
    ]
    (gone,), (back,) = events(off), events(on)
    assert (gone["uid"], gone["sequence"], gone["cancelled"]) == (back["uid"], 1, True)
    assert (back["sequence"], back["cancelled"]) == (2, False)
    assert b"METHOD:CANCEL" in _file(off)


def test_r16_no_letter_mixes_a_request_and_a_cancellation(house: Flask) -> None:
    register(person("Camille Exemple", 2, 7))
    team.set_state(2, ANNULE)
    team.move_room(7, ROOM, minutes=1)
    team.ten_minutes_later()
    methods = [{event["cancelled"] for event in events(letter)} for letter in told()]
    assert methods == [{False}, {True}]


def test_r16_nothing_more_is_told_of_an_atelier_that_is_off_nor_asked_by_a_promotion(house: Flask) -> None:
    sending.shrink(1, 7)
    register(person("Ana Un", 7))
    register(person("Bo Deux", 2, -7, email="bo@exemple.org"))
    team.set_state(2, ANNULE)
    team.ten_minutes_later()
    team.move_hours(1, time(8, 30), time(10), minutes=20)
    team.ten_minutes_later(30)
    assert [letter.kind for letter in told()] == ["atelier_annule"]
    actions.cancel_participant(TEAM, sending.participant("Un"))
    (promotion,) = sending.letters("promotion")
    assert [event["start"] for event in events(promotion)] == ["2018-01-30T11:00:00"]


def test_r15_nobody_is_told_once_the_etape_is_over(house: Flask) -> None:
    register(person("Camille Exemple", 2))
    team.move_room(2, ROOM)
    telling.tell_due(team.at(24 * 60 * 90).now)
    assert (told(), noted()) == ([], 0)
