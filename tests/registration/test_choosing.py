"""R18: somebody changes atelier by themselves; the new place first, then the old one back, in one act."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.registration import sending
from tests.registration.sending import ACT, TEAM, person, submission
from tests.registration.test_promoting import place_of, states, written_to
from tourpaca.db import session, transaction
from tourpaca.refusal import Refused
from tourpaca.registration import actions, passages
from tourpaca.registration.models import ANNULEE, CONFIRMEE, EN_ATTENTE, Place
from tourpaca.registration.submission import Wish
from tourpaca.tour.models import ANNULE, Atelier, Etape

HELD, WANTED = 5, 6  # two ateliers of the second créneau
THE_DAY = datetime(2018, 1, 30, 8, 30, tzinfo=UTC)


def register(name: str, *ordres: int, **facts: Any) -> None:
    """Register somebody alone, whose mailbox is the contact's."""
    mailbox = f"{name.split()[-1].lower()}@exemple.org"
    some = submission(person(name, *ordres), contact_email=mailbox, contact_name=name, **facts)
    actions.register(ACT, sending.etape_id(), some)


def wish(ordre: int, etape: str = "nice") -> Wish:
    """Return the wish for the atelier of a theme; −3 accepts to wait for « 3 »."""
    room = sending.atelier(abs(ordre), etape)
    return Wish(room.creneau_id, room.id, ordre < 0)


def choose(name: str, ordre: int) -> str:
    """Choose an atelier for somebody."""
    return actions.choose_atelier(ACT, sending.participant(name), wish(ordre))


def lives() -> list[tuple[int, str]]:
    """Return every place as atelier and state, in order: what must not change when something is refused."""
    session().rollback()
    return [tuple(row) for row in session().execute(select(Place.atelier_id, Place.state).order_by(Place.id))]


def test_r18_the_new_place_is_taken_then_the_old_one_serves_who_waits(house: Flask) -> None:
    """One act: both counters, the person who waited for the old place, the letters with REQUEST and CANCEL."""
    sending.shrink(1, HELD)
    register("Lou Change", HELD)
    register("Noa Suivante", -HELD)
    assert choose("Change", WANTED) == CONFIRMEE
    assert states("Change", "Suivante") == [CONFIRMEE, CONFIRMEE]
    assert (sending.atelier(HELD).taken, sending.atelier(WANTED).taken) == (1, 1)
    (told,), (back,) = sending.letters("atelier_choisi"), sending.letters("place_rendue")
    entries: list[Any] = [told.content["events"], back.content["events"]]
    assert [[(e["cancelled"], e["sequence"]) for e in each] for each in entries] == [
        [(False, 0)],
        [(True, 1)],
    ]
    assert entries[0][0]["uid"] != entries[1][0]["uid"]
    assert {told.to_email, back.to_email} == {"change@exemple.org"}
    assert written_to("promotion") == ["suivante@exemple.org"]
    words = [moment.words for moment in passages.of_person(sending.participant("Change"))]
    assert words == [passages.WORDS[passages.DEPLACEE], passages.WORDS[passages.CHOISIE]]
    sending.assert_counters_are_the_rows()


def test_r18_a_full_atelier_is_only_waited_for_and_the_old_place_is_kept(house: Flask) -> None:
    """Refused while waiting was not accepted; then n° 1 and still there; served when somebody leaves."""
    sending.shrink(1, WANTED)
    register("Ana Tenante", WANTED)
    register("Lou Change", HELD)
    before = lives()
    with pytest.raises(Refused, match="n° 1 sur la liste d’attente"):
        choose("Change", WANTED)
    assert lives() == before
    assert choose("Change", -WANTED) == EN_ATTENTE
    (told,) = sending.letters("atelier_choisi")
    assert (told.content["events"], told.subject[:15]) == ([], "Liste d’attente")
    assert (sending.atelier(HELD).taken, sending.waiting(WANTED)) == (1, [sending.participant("Change")])
    actions.cancel_participant(ACT, sending.participant("Tenante"))
    assert (states("Change"), sending.atelier(HELD).taken) == ([CONFIRMEE], 0)
    assert written_to("place_rendue") == ["change@exemple.org"]
    sending.assert_counters_are_the_rows()


def test_r18_nobody_who_waits_is_overtaken(house: Flask) -> None:
    """A place is free but a pair waits for two: who changes stands behind them, as any newcomer would."""
    sending.shrink(2, WANTED)
    register("Ana Tenante", WANTED)
    pair = submission(
        person("Bo Paire", -WANTED), person("Cy Paire2", -WANTED), contact_email="p@exemple.org"
    )
    actions.register(ACT, sending.etape_id(), pair)
    register("Lou Change", HELD)
    with pytest.raises(Refused, match="n° 3"):
        choose("Change", WANTED)
    assert choose("Change", -WANTED) == EN_ATTENTE
    assert sending.atelier(WANTED).taken == 1


def test_r18_who_joins_a_colleague_on_a_list_stands_behind_everybody(house: Flask) -> None:
    """Colleagues are served together when they came together: a later one brings nobody forward, nor holds back."""
    sending.shrink(1, WANTED)
    register("Ana Tenante", WANTED)
    pair = submission(
        person("Bo Collègue", -WANTED), person("Cy Change", HELD), contact_email="p@exemple.org"
    )
    actions.register(ACT, sending.etape_id(), pair)
    register("Max Autre", -WANTED)
    later = replace(ACT, now=ACT.now.replace(hour=15))
    assert actions.choose_atelier(later, sending.participant("Change"), wish(-WANTED)) == EN_ATTENTE
    actions.cancel_participant(ACT, sending.participant("Tenante"))
    assert states("Collègue", "Autre", "Change") == [CONFIRMEE, EN_ATTENTE, EN_ATTENTE]
    actions.cancel_participant(ACT, sending.participant("Collègue"))
    assert states("Autre", "Change") == [CONFIRMEE, EN_ATTENTE]


def test_r18_repeating_a_choice_changes_nothing(house: Flask) -> None:
    """Taken or waited for, sent twice: one place, one letter."""
    sending.shrink(1, 7)
    register("Ana Tenante", 7)
    register("Lou Change", HELD)
    for ordre, state in ((WANTED, CONFIRMEE), (-7, EN_ATTENTE)):
        assert choose("Change", ordre) == state
        before, letters = lives(), len(sending.letters())
        assert choose("Change", ordre) == state
        assert (lives(), len(sending.letters())) == (before, letters)


def test_r18_a_creneau_without_choice_is_filled_and_the_etape_counted(house: Flask) -> None:
    """Who only waited enters the étape; where it is full, they wait; who is inside already does not count again."""
    sending.shrink(1, 3)
    register("Ana Tenante", 3)
    register("Lou Attend", -3)
    with transaction() as current:
        current.execute(update(Etape).where(Etape.slug == "nice").values(capacity=1))
    with pytest.raises(Refused, match="vient de se remplir"):
        choose("Attend", WANTED)
    assert sending.atelier(WANTED).taken == 0
    assert choose("Tenante", WANTED) == CONFIRMEE
    with transaction() as current:
        current.execute(update(Etape).where(Etape.slug == "nice").values(capacity=2))
    assert choose("Attend", WANTED) == CONFIRMEE
    assert states("Attend", "Tenante") == [CONFIRMEE, CONFIRMEE]
    assert written_to("place_rendue") == []
    sending.assert_counters_are_the_rows()


def test_r18_what_cannot_be_says_why_and_changes_nothing(house: Flask) -> None:
    """Foreign, of another créneau, cancelled, at the same hour: each forged sending meets its sentence."""
    third, room = sending.third_creneau()
    register("Lou Change", 2, HELD)
    who = sending.participant("Change")
    forged = replace(wish(WANTED), creneau_id=wish(2).creneau_id)
    with transaction() as current:
        current.execute(update(Atelier).where(Atelier.id == sending.atelier(7).id).values(state=ANNULE))
    before = lives()
    for wanted in (wish(WANTED, "carpentras"), forged, wish(7), Wish(third, 10**9)):
        with pytest.raises(Refused, match="n’est pas proposé dans ce créneau"):
            actions.choose_atelier(ACT, who, wanted)
    _move_third_to_the_hour_of_the_second(third)
    with pytest.raises(Refused, match="en même temps que"):
        actions.choose_atelier(ACT, who, Wish(third, room))
    assert lives() == before


def _move_third_to_the_hour_of_the_second(creneau: int) -> None:
    with transaction() as current:
        nice = current.scalars(select(Etape).where(Etape.slug == "nice")).one()
        slots = {each.id: each for each in nice.creneaux}
        second = next(each for each in nice.creneaux if each.ordre == 2)
        slots[creneau].starts_at, slots[creneau].ends_at = second.starts_at, second.ends_at


def test_r18_once_people_are_received_only_the_team_changes(house: Flask) -> None:
    register("Lou Change", HELD)
    who = sending.participant("Change")
    with pytest.raises(Refused, match="a commencé"):
        actions.choose_atelier(replace(ACT, now=THE_DAY), who, wish(WANTED))
    assert actions.choose_atelier(replace(TEAM, now=THE_DAY), who, wish(WANTED)) == CONFIRMEE


def test_r18_who_no_longer_comes_and_an_etape_that_is_off_have_nothing_to_choose(house: Flask) -> None:
    register("Lou Change", HELD)
    register("Noa Partie", HELD)
    actions.cancel_participant(ACT, sending.participant("Partie"))
    with pytest.raises(Refused, match="annulée"):
        choose("Partie", WANTED)
    with transaction() as current:
        current.execute(update(Etape).where(Etape.slug == "nice").values(state=ANNULE))
    with pytest.raises(Refused, match="est annulée"):
        choose("Change", WANTED)
    assert states("Change", "Partie") == [CONFIRMEE, ANNULEE]


def test_r18_an_offer_is_answered_on_its_own_terms(house: Flask) -> None:
    """Choosing the atelier where a place is held out does not stand for an answer: the page has its button."""
    register("Lou Change", HELD)
    sending.wait_too("Change", WANTED)
    with transaction() as current:
        offered = {"state": "proposee", "offered_until": ACT.now.replace(hour=15)}
        current.execute(update(Place).where(Place.id == place_of("Change")).values(**offered))
    with pytest.raises(Refused, match="vous est proposée jusqu’au"):
        choose("Change", WANTED)
