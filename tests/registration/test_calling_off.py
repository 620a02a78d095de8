"""B19, US5: the team cancels an atelier; one act writes lives, letters and calendars, and nobody loses a place."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.registration import programme_moves as team
from tests.registration import sending
from tests.registration.sending import ACT, TEAM
from tests.registration.test_changes import events, text, told
from tests.registration.test_choosing import HELD, WANTED, choose, lives, register
from tests.registration.test_promoting import states, written_to
from tourpaca.attendance import actions
from tourpaca.attendance.rules import NewMark
from tourpaca.db import session, transaction
from tourpaca.refusal import Refused, Unknown
from tourpaca.registration import actions as registration
from tourpaca.registration import passages, promoting
from tourpaca.registration.models import CONFIRMEE, EN_ATTENTE, PROPOSEE
from tourpaca.tour.models import A_CONFIRMER, ANNULE, PREVU, Atelier, Etape, Tour

WHY = "Trop peu de personnes inscrites"


def cancel(ordre: int, seen: int, reason: str = "", etape: str = "nice", act: Any = TEAM) -> bool:
    """Cancel the atelier of a theme, having seen so many people come or wait."""
    return actions.cancel_atelier(act, sending.atelier(ordre, etape).id, seen, reason)


def letter_to(mailbox: str) -> Any:
    """Return the only letter about a change that a mailbox received."""
    (letter,) = [each for each in told() if each.to_email == mailbox]
    return letter


def words(name: str) -> list[str]:
    """Return what happened to the places of somebody."""
    return [moment.words for moment in passages.of_person(sending.participant(name))]


def test_us05_one_act_cancels_tells_who_comes_and_who_waits_and_keeps_their_places(house: Flask) -> None:
    """Everybody is told at once, with why; only who had a place had an entry; the life says who did it and why."""
    sending.shrink(1, HELD)
    register("Ana Place", 2, HELD)
    register("Bo Attend", -HELD)
    assert cancel(HELD, 2, WHY)
    assert {each.kind for each in told()} == {"atelier_annule"}
    (gone,) = events(letter_to("place@exemple.org"))
    assert (gone["cancelled"], gone["sequence"], gone["summary"][:9]) == (True, 1, "Le lien a")
    assert events(letter_to("attend@exemple.org")) == []
    assert f"Le motif : {WHY}" in text(letter_to("attend@exemple.org"))
    for name in ("Place", "Attend"):
        assert words(name) == [f"L’atelier est annulé ({WHY})"]
    assert states("Attend") == [EN_ATTENTE]
    assert (sending.atelier(2).state, sending.atelier(HELD).state) == (PREVU, ANNULE)
    team.ten_minutes_later()
    assert len(told()) == 2
    sending.assert_counters_are_the_rows()


def test_us05_the_letter_names_what_is_open_in_the_creneau_and_the_same_theme_in_another_town(
    house: Flask,
) -> None:
    """Full ones and ateliers of the other créneau are left out; each town has its number and its address."""
    register("Ana Place", HELD)
    sending.shrink(0, 7)
    assert cancel(HELD, 1)
    letter: Any = letter_to("place@exemple.org")
    said = letter.content["context"]
    here = [each["title"] for each in said["open"]]
    titles = {ordre: sending.atelier(ordre).thematique.title for ordre in (2, HELD, WANTED, 7, 8)}
    assert (titles[WANTED] in here, titles[8] in here) == (True, True)
    assert not {titles[2], titles[HELD], titles[7]} & set(here)
    towns = [(each["place"], each["left"], each["link"]) for each in said["elsewhere"]]
    assert (
        "Carpentras",
        "14\u00a0places libres",
        "http://localhost/tours/tour-paca/etapes/carpentras",
    ) in towns
    assert "Nice" not in [town for town, *_ in towns]
    assert "Choisir un autre atelier : http" in text(letter)
    assert "répondez à ce message" not in text(letter)


def test_us05_one_sending_takes_another_place_and_the_calendar_is_asked_once(house: Flask) -> None:
    """The entry left with the news: what is chosen then is one letter with one request; the old place ends."""
    register("Ana Place", HELD)
    cancel(HELD, 1)
    assert choose("Place", WANTED) == CONFIRMEE
    assert written_to("place_rendue") == []
    (chosen,) = sending.letters("atelier_choisi")
    assert [each["cancelled"] for each in events(chosen)] == [False]
    assert (sending.atelier(HELD).taken, sending.atelier(WANTED).taken) == (0, 1)
    sending.assert_counters_are_the_rows()


def test_b19_who_keeps_a_place_that_is_off_keeps_their_seat_at_a_full_etape(house: Flask) -> None:
    """The étape is full with them in it: they choose another atelier, a newcomer waits."""
    register("Ana Place", HELD)
    with transaction() as current:
        current.execute(update(Etape).where(Etape.slug == "nice").values(capacity=1))
    register("Bo Nouveau", -WANTED)
    sending.shrink(3, 8)
    cancel(HELD, 1)
    open_ = [each["title"] for each in letter_to("place@exemple.org").content["context"]["open"]]
    assert sending.atelier(8).thematique.title in open_
    assert choose("Place", 8) == CONFIRMEE
    assert states("Nouveau") == [EN_ATTENTE]
    sending.assert_counters_are_the_rows()


def test_b19_repeating_it_changes_nothing_and_writes_to_nobody(house: Flask) -> None:
    register("Ana Place", HELD)
    assert cancel(HELD, 1)
    before, letters = lives(), len(sending.letters())
    assert not cancel(HELD, 1)
    assert not cancel(HELD, 0, "Autre motif")
    assert (lives(), len(sending.letters()), len(words("Place"))) == (before, letters, 1)


@pytest.mark.parametrize("seen", [0, 2, -1])
def test_b19_who_came_meanwhile_is_read_first(house: Flask, seen: int) -> None:
    """Decided for another number of people than there are now: nothing is cancelled."""
    register("Ana Place", HELD)
    with pytest.raises(Refused, match="rien n’a été annulé"):
        cancel(HELD, seen)
    assert (sending.atelier(HELD).state, told()) == (PREVU, [])


@pytest.mark.parametrize("status", ["present", "absent", "excuse"])
def test_b19_once_an_answer_is_noted_it_is_refused(house: Flask, status: str) -> None:
    register("Ana Place", HELD)
    who, room = sending.participant("Place"), sending.atelier(HELD).id
    actions.record(TEAM, [NewMark("n1", who, room, status)])
    with pytest.raises(Refused, match="déjà notées"):
        cancel(HELD, 1)
    actions.record(TEAM, [NewMark("n2", who, room, "sans_reponse")])
    assert cancel(HELD, 1)
    with pytest.raises(Refused, match="annulé"):
        actions.record(TEAM, [NewMark("n3", who, room, "present")])


def test_b19_what_is_not_an_atelier_to_cancel_alone_is_refused(house: Flask) -> None:
    """An event's only one, one of a cancelled étape, one that never was."""
    event = session().scalars(select(Atelier.id).where(Atelier.thematique_id.is_(None))).first()
    with pytest.raises(Refused, match="annuler l’étape"):
        actions.cancel_atelier(TEAM, event or 0, 0)
    with transaction() as current:
        current.execute(update(Etape).where(Etape.slug == "nice").values(state=ANNULE))
    with pytest.raises(Refused, match="Toute l’étape"):
        cancel(HELD, 0)
    with pytest.raises(Unknown):
        actions.cancel_atelier(TEAM, 10**6, 0)


def test_b19_once_the_etape_is_over_it_is_noted_and_nobody_is_written_to(house: Flask) -> None:
    register("Ana Place", HELD)
    assert cancel(HELD, 1, act=replace(TEAM, now=datetime(2018, 2, 1, tzinfo=UTC)))
    assert (sending.atelier(HELD).state, told()) == (ANNULE, [])


def test_b19_what_was_held_out_is_only_waited_for_and_serves_nobody(house: Flask) -> None:
    """An offer ends with the atelier: no seat is kept for it, no answer is expected, no offer passes later."""
    with transaction() as current:
        current.execute(update(Tour).values(promotion=A_CONFIRMER))
    sending.shrink(1, HELD)
    register("Ana Place", HELD)
    register("Bo Attend", -HELD)
    registration.cancel_participant(ACT, sending.participant("Place"))
    assert states("Attend") == [PROPOSEE]
    assert cancel(HELD, 1)
    assert states("Attend") == [EN_ATTENTE]
    assert (sending.atelier(HELD).taken, team.stop().people) == (0, 0)
    promoting.settle_due(datetime(2017, 12, 20, tzinfo=UTC))
    assert written_to("offre_passee") == []
    assert states("Attend") == [EN_ATTENTE]
    sending.assert_counters_are_the_rows()


def test_b19_what_else_moved_is_told_at_its_own_hour(house: Flask) -> None:
    """A room given a minute before to both: the atelier that is off says so now, the other tells its room later."""
    register("Ana Place", 2, HELD)
    team.move_room(HELD, "Salle C")
    team.move_room(2, "Salle D")
    cancel(HELD, 1, act=team.at(1))
    assert [letter.kind for letter in told()] == ["atelier_annule"]
    team.ten_minutes_later()
    off, moved = told()
    assert (moved.kind, [each["sequence"] for each in events(moved)]) == ("changement", [1])
    assert [each["sequence"] for each in events(off)] == [1]


def test_b19_held_after_all_with_the_same_people(house: Flask) -> None:
    """Written back to the programme, it is told as any change: the same entry returns, one further."""
    register("Ana Place", HELD)
    cancel(HELD, 1)
    team.set_state(HELD, PREVU, minutes=20)
    team.ten_minutes_later(30)
    (off, on) = told()
    assert on.subject.startswith("Atelier maintenu")
    assert [(each["sequence"], each["cancelled"]) for each in events(off) + events(on)] == [
        (1, True),
        (2, False),
    ]
    assert (states("Place"), sending.atelier(HELD).taken) == ([CONFIRMEE], 1)
