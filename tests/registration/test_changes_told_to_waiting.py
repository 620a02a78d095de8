"""B19: who waits for a place is told what decides whether they could come, without a calendar entry."""

from datetime import time

from flask import Flask

from tests.registration import programme_moves as team
from tests.registration import sending
from tests.registration.sending import TEAM, person
from tests.registration.test_changes import ROOM, events, register, text, told
from tourpaca.db import transaction
from tourpaca.registration import actions
from tourpaca.tour.models import ANNULE, Atelier


def test_b19_who_waits_is_told_of_a_date_an_hour_a_place_and_not_of_a_room(house: Flask) -> None:
    """They keep their rank, receive no entry, and read all that moved since: the room comes with the hour."""
    sending.shrink(1, 2)
    with transaction() as current:
        current.get_one(Atelier, sending.atelier(2).id).minimum = 1
    register(person("Ana Place", 2, email="ana@exemple.org"))
    register(person("Bo Attend", -2, email="bo@exemple.org"), contact_email="contact@exemple.org")
    team.move_room(2, ROOM)
    team.ten_minutes_later()
    assert [letter.to_email for letter in told()] == ["ana@exemple.org"]
    team.move_hours(1, time(9), time(10, 15), minutes=20)
    team.ten_minutes_later(30)
    assert sorted(letter.to_email for letter in told()[1:]) == ["ana@exemple.org", "bo@exemple.org"]
    letter = next(each for each in told() if each.to_email == "bo@exemple.org")
    assert letter.subject == "Changement d’horaire et de salle\u00a0: Nice, 30\u00a0janvier"
    for words in (
        "En liste d’attente, n° 1 : le rang est gardé.",
        "Horaire : 9 h à 10 h 15 (avant : 9 h 30 à 10 h 45)",
        "Si vous n’attendez plus cette place, annulez : la personne suivante avance d’un rang.",
    ):
        assert words in text(letter)
    assert "rendez-vous joint" not in text(letter)
    assert events(letter) == []
    team.ten_minutes_later(60)
    assert len(told()) == 3


def test_b19_who_waits_for_an_atelier_that_is_off_is_told_once(house: Flask) -> None:
    sending.shrink(1, 2)
    register(person("Ana Place", 2, email="ana@exemple.org"))
    register(person("Bo Attend", -2, email="bo@exemple.org"), contact_email="contact@exemple.org")
    team.set_state(2, ANNULE)
    team.ten_minutes_later()
    team.move_hours(1, time(9), time(10, 15), minutes=20)
    team.ten_minutes_later(30)
    letters = {letter.to_email: letter for letter in told()}
    assert (len(told()), {letter.kind for letter in told()}) == (2, {"atelier_annule"})
    assert [len(events(letters[f"{who}@exemple.org"])) for who in ("ana", "bo")] == [1, 0]
    assert "agenda" not in text(letters["bo@exemple.org"]).partition("--")[0]
    assert "nous vous dirons où il reste des places" in text(letters["bo@exemple.org"])


def test_b19_who_waits_since_the_burst_began_and_who_was_promoted_are_told_what_moves_after(
    house: Flask,
) -> None:
    sending.shrink(1, 2)
    register(person("Ana Place", 2, email="ana@exemple.org"))
    team.move_hours(1, time(9), time(10, 15))
    register(person("Bo Attend", -2, email="bo@exemple.org"), contact_email="contact@exemple.org")
    team.ten_minutes_later()
    assert [letter.to_email for letter in told()] == ["ana@exemple.org"]
    actions.cancel_participant(TEAM, sending.participant("Place"))
    team.ten_minutes_later(20)
    assert len(told()) == 1
