"""R23 and US3: a place that comes free serves who waits, in order, exactly once, whatever freed it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests import factories
from tests.registration import sending
from tests.registration.sending import ACT, TEAM, person, submission
from tourpaca import chores
from tourpaca.db import session, transaction
from tourpaca.refusal import Refused
from tourpaca.registration import actions, passages, promoting
from tourpaca.registration.models import CONFIRMEE, EN_ATTENTE, PASSEE, PROPOSEE, Place
from tourpaca.tour.models import A_CONFIRMER, PASSER, Tour

HALL, BESIDE = 5, 6  # « Le lien avec les utilisateurs », the fullest of the tour, and another of that hour


def rules_of_the_tour(**facts: str) -> None:
    """Set how the tour serves those who wait."""
    with transaction() as current:
        current.execute(update(Tour).where(Tour.slug == factories.TOUR).values(**facts))


def register(*names: str, organisation: str = "", **facts: Any) -> None:
    """Register people who accept to wait, in one dossier of their own."""
    mailbox = f"{names[0].split()[-1].lower()}@exemple.org"
    people = [person(name, -HALL) for name in names]
    filled = {"organisation": organisation, "contact_email": mailbox, "contact_name": names[0], **facts}
    actions.register(ACT, sending.etape_id(), submission(*people, **filled))


def full_house(*waiting: str) -> None:
    """Fourteen people hold the hall; these wait, in this order."""
    for number in range(14):
        register(f"Casden Tenant{number}")
    for name in waiting:
        register(name)


def states(*names: str) -> list[str]:
    """Return the state of the newest place of people, by last name."""
    found = []
    for name in names:
        asked = select(Place.state).where(Place.participant_id == sending.participant(name))
        found.append(session().scalars(asked.order_by(Place.id.desc())).first() or "")
    return found


def place_of(name: str) -> int:
    """Return the newest place of somebody."""
    asked = (
        select(Place.id).where(Place.participant_id == sending.participant(name)).order_by(Place.id.desc())
    )
    return session().scalars(asked).first() or 0


def written_to(kind: str) -> list[str]:
    """Return whom a kind of letter is for, in order."""
    return [letter.to_email for letter in sending.letters(kind)]


def test_us03_a_cancellation_serves_the_first_who_waits(house: Flask) -> None:
    """Automatic: confirmed at once, with the entry for the calendar, and nobody else moves."""
    full_house("Lou Eovi", "Noa Aprova")
    assert sending.waiting(HALL) == [sending.participant("Eovi"), sending.participant("Aprova")]
    actions.cancel_participant(ACT, sending.participant("Tenant3"))
    assert states("Eovi", "Aprova") == [CONFIRMEE, EN_ATTENTE]
    (letter,) = sending.letters("promotion")
    assert (letter.to_email, len(letter.content["events"])) == ("eovi@exemple.org", 1)  # type: ignore[arg-type]
    sending.assert_counters_are_the_rows()


def test_us03_with_confirmation_the_place_is_held_for_one_alone(house: Flask) -> None:
    """Offered, it counts as taken: the public never sees it, the next is not asked; accepted, it is theirs."""
    rules_of_the_tour(promotion=A_CONFIRMER)
    full_house("Lou Eovi", "Noa Aprova")
    actions.cancel_participant(ACT, sending.participant("Tenant3"))
    assert states("Eovi", "Aprova") == [PROPOSEE, EN_ATTENTE]
    assert (written_to("proposition"), written_to("promotion")) == (["eovi@exemple.org"], [])
    register("Max Passant")
    assert states("Passant") == [EN_ATTENTE]
    actions.accept_offer(ACT, place_of("Eovi"))
    assert states("Eovi", "Aprova") == [CONFIRMEE, EN_ATTENTE]
    with pytest.raises(Refused, match="déjà la vôtre"):
        actions.accept_offer(ACT, place_of("Eovi"))
    sending.assert_counters_are_the_rows()


def test_r23_an_offer_without_answer_goes_on_and_the_entry_stays(house: Flask) -> None:
    """The next is asked when the time is over; who did not answer is told, cannot accept, and may wait again."""
    rules_of_the_tour(promotion=A_CONFIRMER)
    full_house("Lou Eovi", "Noa Aprova")
    actions.cancel_participant(ACT, sending.participant("Tenant3"))
    until = session().get_one(Place, place_of("Eovi")).offered_until or ACT.now
    promoting.settle_due(until - timedelta(seconds=1))
    assert states("Eovi") == [PROPOSEE]
    with pytest.raises(Refused, match="passée à la personne suivante"):
        actions.accept_offer(replace(ACT, now=until), place_of("Eovi"))
    promoting.settle_due(until)
    assert states("Eovi", "Aprova") == [PASSEE, PROPOSEE]
    assert written_to("offre_passee") == ["eovi@exemple.org"]
    actions.wait_again(replace(ACT, now=until), place_of("Eovi"))
    assert sending.waiting(HALL) == [sending.participant("Eovi")]
    told = [moment.words for moment in passages.of_person(sending.participant("Eovi"))]
    assert [words.partition(" :")[0] for words in told] == [
        passages.WORDS[kind].partition(" :")[0]
        for kind in (passages.PROPOSEE, passages.PASSEE, passages.REMISE)
    ]
    sending.assert_counters_are_the_rows()


def test_r23_who_refuses_or_cancels_is_not_asked_again(house: Flask) -> None:
    rules_of_the_tour(promotion=A_CONFIRMER)
    full_house("Lou Eovi", "Noa Aprova", "Max Autre")
    actions.cancel_participant(ACT, sending.participant("Tenant3"))
    actions.give_up(ACT, place_of("Eovi"))
    actions.cancel_participant(ACT, sending.participant("Aprova"))
    assert states("Eovi", "Aprova", "Autre") == ["annulee", "annulee", PROPOSEE]
    assert written_to("proposition") == ["eovi@exemple.org", "aprova@exemple.org", "autre@exemple.org"]
    with pytest.raises(Refused, match="n’attendez plus"):
        actions.accept_offer(ACT, place_of("Eovi"))
    sending.assert_counters_are_the_rows()


def test_r09_two_who_wait_together_are_served_together(house: Flask) -> None:
    """One place: they keep their turn and nobody passes; two: both, in one letter to the mailbox that serves them."""
    full_house()
    register("Ana Paire", "Bo Paire2")
    register("Cy Seul")
    actions.cancel_participant(ACT, sending.participant("Tenant1"))
    assert states("Paire", "Paire2", "Seul") == [EN_ATTENTE] * 3
    actions.cancel_participant(ACT, sending.participant("Tenant2"))
    assert states("Paire", "Paire2", "Seul") == [CONFIRMEE, CONFIRMEE, EN_ATTENTE]
    (letter,) = sending.letters("promotion")
    assert len(letter.content["events"]) == 2  # type: ignore[arg-type]
    sending.assert_counters_are_the_rows()


def test_r09_where_the_tour_lets_pass_each_skip_is_written_with_its_reason(house: Flask) -> None:
    rules_of_the_tour(group_rule=PASSER)
    full_house()
    register("Ana Paire", "Bo Paire2")
    register("Cy Seul")
    actions.cancel_participant(ACT, sending.participant("Tenant1"))
    assert states("Paire", "Paire2", "Seul") == [EN_ATTENTE, EN_ATTENTE, CONFIRMEE]
    (moment,) = passages.of_person(sending.participant("Paire"))
    assert "groupe de 2 personnes" in moment.words
    assert moment.by == "Le système"


def test_r23_a_raised_capacity_serves_as_many_in_order_and_a_lowered_one_removes_nobody(house: Flask) -> None:
    full_house("Lou Eovi", "Noa Aprova", "Max Autre")
    sending.shrink(16, HALL)
    chores.run_due(ACT.now)
    assert states("Eovi", "Aprova", "Autre") == [CONFIRMEE, CONFIRMEE, EN_ATTENTE]
    sending.shrink(10, HALL)
    actions.cancel_participant(ACT, sending.participant("Tenant1"))
    assert states("Eovi", "Autre") == [CONFIRMEE, EN_ATTENTE]
    assert sending.atelier(HALL).taken == 15


def test_r23_a_place_given_by_hand_out_of_turn_keeps_its_reason(house: Flask) -> None:
    rules_of_the_tour(promotion=A_CONFIRMER)
    full_house("Lou Eovi", "Noa Aprova")
    with pytest.raises(Refused, match="Aucune place n’est libre"):
        actions.promote(TEAM, place_of("Aprova"), "intervenante")
    sending.shrink(15, HALL)
    actions.promote(TEAM, place_of("Aprova"), "intervenante")
    assert states("Eovi", "Aprova") == [EN_ATTENTE, CONFIRMEE]
    (moment,) = passages.of_person(sending.participant("Aprova"))
    assert (moment.by, "intervenante" in moment.words) == ("Dominique", True)


def test_r23_nothing_is_given_once_people_are_received(house: Flask) -> None:
    full_house("Lou Eovi")
    actions.cancel_participant(
        replace(TEAM, now=ACT.now.replace(year=2018, month=1, day=30)), sending.participant("Tenant1")
    )
    assert states("Eovi") == [EN_ATTENTE]


def test_r18_who_held_another_place_of_that_hour_gives_it_back_to_the_next(house: Flask) -> None:
    """The chain ends: one cancellation, two places served, and the calendar drops what was given back."""
    full_house()
    sending.shrink(1, 6)
    for name, ordre in (("Lou Change", 6), ("Noa Suivante", -6)):
        mailbox = f"{name.split()[1].lower()}@exemple.org"
        some = submission(person(name, ordre), contact_email=mailbox, contact_name=name)
        actions.register(ACT, sending.etape_id(), some)
    sending.wait_too("Change", HALL)
    actions.cancel_participant(ACT, sending.participant("Tenant1"))
    assert states("Change", "Suivante") == [CONFIRMEE, CONFIRMEE]
    assert sorted(written_to("promotion")) == ["change@exemple.org", "suivante@exemple.org"]
    (back,) = sending.letters("place_rendue")
    events: Any = back.content["events"]
    assert [(event["cancelled"], event["sequence"]) for event in events] == [(True, 1)]
    sending.assert_counters_are_the_rows()
