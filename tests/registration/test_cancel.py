"""Cancelling, giving a freed place, and finding a lost link again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.registration import sending
from tests.registration.sending import ACT, TEAM, person, submission
from tourpaca.db import session
from tourpaca.refusal import Refused, Unknown
from tourpaca.registration import actions, queries
from tourpaca.registration.models import Place
from tourpaca.tour.models import Etape

THE_DAY = datetime(2018, 1, 30, 8, 30, tzinfo=UTC)


def register(*people: Any, **facts: Any) -> actions.Registered:
    """Register people for Nice."""
    return actions.register(ACT, sending.etape_id(), submission(*people, **facts))


def people_of_nice() -> int:
    """Return the counter of the étape."""
    return session().scalars(select(Etape.people).where(Etape.slug == "nice")).one()


def test_r03_cancelling_one_person_leaves_the_others(house: Flask) -> None:
    """Places are freed, counters follow, the colleague keeps everything; a second sending changes nothing."""
    register(person("Camille Exemple", 2, 7), person("Sacha Modèle", 2, 6))
    camille = sending.participant("Exemple")
    assert actions.cancel_participant(ACT, camille) == 1
    letters = len(sending.letters())
    assert actions.cancel_participant(ACT, camille) == 0
    assert len(sending.letters()) == letters
    assert (sending.atelier(2).taken, sending.atelier(7).taken, people_of_nice()) == (1, 0, 1)
    sending.assert_counters_are_the_rows()


def test_r03_cancelling_the_second_person_of_a_dossier_frees_their_places(house: Flask) -> None:
    """Whoever stands first in the dossier, the person named is the one who leaves, and their places are free."""
    register(person("Camille Exemple", 2), person("Sacha Modèle", 4, 6))
    assert actions.cancel_participant(ACT, sending.participant("Modèle")) == 1
    assert [sending.atelier(ordre).taken for ordre in (2, 4, 6)] == [1, 0, 0]
    sending.assert_counters_are_the_rows()


def test_r03_cancelling_everybody_empties_the_page(house: Flask) -> None:
    """Nobody comes any more, the page still opens and says so; the place serves somebody else."""
    sending.shrink(1, 2)
    done = register(person("Camille Exemple", 2))
    actions.cancel_dossier(ACT, sending.dossier_of(done.token))
    page = queries.my_registration(done.token, ACT.now)
    assert (page.coming, [p.cancelled for p in page.people]) == ((), [True])
    register(person("Sacha Modèle", 2))
    sending.assert_counters_are_the_rows()


def test_r03_who_cancelled_may_register_again(house: Flask) -> None:
    """A cancelled registration is not a double one."""
    register(person("Camille Exemple", 2))
    actions.cancel_participant(ACT, sending.participant("Exemple"))
    register(person("Camille Exemple", 3))
    assert sending.letters("lien_perdu") == []


def test_r03_once_people_are_received_only_the_team_cancels(house: Flask) -> None:
    """The étape began at 9 h 30: refused to the person with what to do, done for the team."""
    register(person("Camille Exemple", 2))
    camille = sending.participant("Exemple")
    with pytest.raises(Refused, match="a commencé"):
        actions.cancel_participant(replace(ACT, now=THE_DAY), camille)
    assert actions.cancel_participant(replace(TEAM, now=THE_DAY), camille) == 1


def test_r07_a_free_place_is_given_by_hand_while_a_group_keeps_its_turn(house: Flask) -> None:
    """It takes the place, writes the letter with its entry, and moves the ranks up; never one that is not free."""
    sending.shrink(1, 2)
    register(person("Ana Un", 2), contact_email="ana@exemple.org")
    bo = person("Bo Deux", -2, email="bo@exemple.org")
    register(bo, person("Cy Trois", -2), contact_email="b@exemple.org")
    place = session().scalars(select(Place.id).where(Place.state == "en_attente").order_by(Place.id)).first()
    with pytest.raises(Refused, match="Aucune place n’est libre"):
        actions.promote(TEAM, int(place or 0))
    actions.cancel_participant(ACT, sending.participant("Un"))
    actions.promote(TEAM, int(place or 0))
    (letter,) = sending.letters("promotion")
    assert (letter.to_email, len(letter.content["events"])) == ("bo@exemple.org", 1)  # type: ignore[arg-type]
    assert sending.waiting(2) == [sending.participant("Trois")]
    with pytest.raises(Refused, match="n’attend plus"):
        actions.promote(TEAM, int(place or 0))
    sending.assert_counters_are_the_rows()


def test_r07_who_cancels_while_waiting_leaves_the_queue(house: Flask) -> None:
    """No counter moves, and the person cannot be given a place any more."""
    sending.shrink(1, 2)
    register(person("Ana Un", 2), contact_email="ana@exemple.org")
    register(person("Bo Deux", -2), contact_email="bo@exemple.org")
    actions.cancel_participant(ACT, sending.participant("Deux"))
    assert sending.waiting(2) == []
    sending.assert_counters_are_the_rows()


def test_r04_a_lost_link_lists_every_registration(house: Flask) -> None:
    """One letter, one line a registration, links that open; the contact's whole dossier, one's own page alone."""
    register(person("Camille Exemple", 2, email="camille@exemple.org"))
    own = {"contact_name": "Camille Exemple", "contact_email": "camille@exemple.org"}
    other = submission(person("Bo Deux", 2, etape="carpentras"), **own)
    actions.register(ACT, sending.etape_id("carpentras"), other)
    actions.send_lost_link(ACT, " CAMILLE@exemple.org ")
    (letter,) = sending.letters("lien_perdu")
    found: Any = letter.content["context"]
    assert [each["people"] for each in found["found"]] == ["Camille Exemple", "Bo Deux"]
    pages = [queries.my_registration(each["link"].rsplit("/", 1)[1], ACT.now) for each in found["found"]]
    assert [page.whole for page in pages] == [False, True]


def test_r04_an_unknown_mailbox_is_met_with_silence(house: Flask) -> None:
    """No letter, no refusal: nobody learns who is registered."""
    actions.send_lost_link(ACT, "inconnue@exemple.org")
    assert sending.letters() == []


def test_r04_three_letters_an_hour_at_most(house: Flask) -> None:
    """A mailbox cannot be flooded; an hour later it can be asked again."""
    register(person("Camille Exemple", 2))
    for _ in range(5):
        actions.send_lost_link(ACT, "morgan.factice@exemple.org")
    assert len(sending.letters("lien_perdu")) == 3
    later = replace(ACT, now=ACT.now + timedelta(minutes=61))
    actions.send_lost_link(later, "morgan.factice@exemple.org")
    assert len(sending.letters("lien_perdu")) == 4


def test_s03_a_link_ends_thirty_days_after_the_etape(house: Flask) -> None:
    """Past its day it opens nothing, like one that was never made."""
    done = register(person("Camille Exemple", 2))
    queries.my_registration(done.token, datetime(2018, 3, 1, 12, tzinfo=UTC))
    for token, now in ((done.token, datetime(2018, 3, 2, 12, tzinfo=UTC)), ("never-made", ACT.now)):
        with pytest.raises(queries.LinkExpired):
            queries.my_registration(token, now)


def test_cancelling_nobody_is_refused(house: Flask) -> None:
    """An id that is nobody's is told so."""
    with pytest.raises(Unknown):
        actions.cancel_participant(ACT, 999)
