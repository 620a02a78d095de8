"""R15: which acts of the programme note a change for calendars, and which do not."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.tour.conftest import ACT
from tourpaca.db import session
from tourpaca.journal.models import Act
from tourpaca.registration import limits
from tourpaca.tour import changes, queries, told
from tourpaca.tour.actions import creneaux, etapes, thematiques
from tourpaca.tour.facts import AtelierFacts, CreneauFacts, Edited, EtapeFacts, ScheduleFacts, ThematiqueFacts
from tourpaca.tour.models import Atelier, Changement, Etape, Tour
from tourpaca.tour.told import Told

NEW = Told(date(2018, 2, 13), time(9, 30), None, "Salle A", "Maison, Carpentras")


def noted() -> list[Changement]:
    """The changes that nobody was told yet."""
    session().rollback()
    return list(session().scalars(select(Changement).order_by(Changement.etape_id)))


def facts_of(etape: Etape, **changed: Any) -> EtapeFacts:
    """What the form of an étape gives back, with something changed."""
    kept = {name: getattr(etape, name) for name in EtapeFacts.__dataclass_fields__}
    return EtapeFacts(**{**kept, **changed})


def room(atelier: Atelier, **changed: Any) -> Edited[AtelierFacts]:
    """What the row of an atelier gives back, with something changed."""
    kept = {name: getattr(atelier, name) for name in AtelierFacts.__dataclass_fields__}
    return Edited(atelier.id, atelier.version, AtelierFacts(**{**kept, **changed}))


def test_r15_what_was_told_is_read_back_as_written() -> None:
    for one in (NEW, replace(NEW, starts_at=None, room='A "b", ; \\'), replace(NEW, cancelled=True)):
        assert told.read(one.written()) == one
    assert told.natures(NEW, replace(NEW, room="B")) == ("salle",)
    other = replace(NEW, day=date(2018, 2, 14), ends_at=time(11), place="", room="")
    assert told.natures(NEW, other) == ("date", "horaire", "lieu", "salle")
    assert told.natures(NEW, NEW) == ()


@pytest.mark.parametrize(
    "changed",
    [{"day": date(2018, 2, 14)}, {"venue": "Maison"}, {"address": "3 rue"}, {"town": "Orange"}],
)
def test_r15_a_day_or_a_place_that_moves_is_noted_once(tour: Tour, changed: dict[str, Any]) -> None:
    etape = queries.etape(tour.slug, "carpentras")
    was = {str(key): each.written() for key, each in changes.truth(session(), etape.id).items()}
    limits.edit_etape(ACT, etape.id, 1, facts_of(etape, **changed))
    (one,) = noted()
    assert (one.etape_id, one.created_at, one.due_at) == (etape.id, ACT.now, ACT.now + timedelta(minutes=10))
    assert one.before == was


def test_r15_a_burst_keeps_the_hour_and_the_truth_of_its_first_edit(tour: Tour) -> None:
    etape = queries.etape(tour.slug, "carpentras")
    limits.edit_etape(ACT, etape.id, 1, facts_of(etape, day=date(2018, 2, 14)))
    (first,) = noted()
    kept = first.due_at, first.before
    later = Act(ACT.now + timedelta(minutes=9), ACT.actor, ACT.name)
    etape = queries.etape(tour.slug, "carpentras")
    limits.save_ateliers(later, etape.id, [room(etape.ateliers[0], room="Salle B")])
    (again,) = noted()
    assert (again.due_at, again.before) == kept


def test_r15_an_hour_or_a_room_that_moves_is_noted(tour: Tour) -> None:
    etape = queries.etape(tour.slug, "nice")
    slot = etape.creneaux[0]
    creneaux.save(ACT, etape.id, [Edited(slot.id, 1, CreneauFacts(time(9), slot.ends_at))])
    other = queries.etape(tour.slug, "marseille")
    limits.save_ateliers(ACT, other.id, [room(other.ateliers[3], room="Salle B")])
    event = queries.etape(tour.slug, "bouches-du-rhone")
    hours = ScheduleFacts(None, time(9, 30), None, None, None)
    etapes.save_schedules(ACT, tour.id, [Edited(event.id, 1, hours)])
    assert {each.etape_id for each in noted()} == {etape.id, other.id, event.id}


def test_r15_us11_a_typo_or_a_limit_notes_nothing(tour: Tour) -> None:
    etape, theme = queries.etape(tour.slug, "nice"), tour.thematiques[0]
    limits.edit_etape(
        ACT, etape.id, 1, facts_of(etape, access="Entrée de plain-pied", capacity=90, starts_at=time(9))
    )
    limits.save_ateliers(ACT, etape.id, [room(etape.ateliers[0], capacity=20, facilitators="Claude")])
    thematiques.save(ACT, tour.id, [Edited(theme.id, 1, ThematiqueFacts("Un titre sans faute"))])
    assert noted() == []


def test_r15_an_act_that_is_refused_notes_nothing(house: Flask, tour: Tour) -> None:
    etape = queries.etape(tour.slug, "nice")
    with pytest.raises(Exception, match="changé"):
        limits.save_ateliers(ACT, etape.id, [replace(room(etape.ateliers[0], room="B"), version=7)])
    assert noted() == []


def test_r15_an_etape_without_people_is_still_removed(tour: Tour) -> None:
    etape = queries.etape(tour.slug, "nice")
    limits.edit_etape(ACT, etape.id, 1, facts_of(etape, venue="Maison"))
    etapes.remove(ACT, etape.id)
    assert noted() == []
