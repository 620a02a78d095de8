"""One person more in a dossier, from the contact's page: the rules, places and letters of a registration."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.inspecting import InspectingClient
from tests.racing import race
from tests.registration import sending
from tests.registration.sending import ACT, person, submission
from tests.registration.test_ceding import link_in
from tests.registration.test_choosing import HELD, THE_DAY, WANTED, lives, register
from tests.registration.test_promoting import states, written_to
from tourpaca.db import session
from tourpaca.refusal import Refused
from tourpaca.registration import actions, queries
from tourpaca.registration.models import CONFIRMEE, EN_ATTENTE, Dossier, Participant
from tourpaca.registration.rules import Incomplete
from tourpaca.registration.submission import Person


def dossier() -> str:
    """Register one person, whose contact is somebody else; return the token of the whole page."""
    one = person("Camille Exemple", 2, email="camille@exemple.org")
    return actions.register(ACT, sending.etape_id(), submission(one)).token


def add(token: str, newcomer: Person, seen: int = 1) -> None:
    """Add somebody to the dossier of a page that showed `seen` people; an hour after it was written."""
    later = replace(ACT, now=ACT.now.replace(hour=15))
    actions.add_person(later, sending.dossier_of(token), seen, newcomer)


def test_r02_one_more_person_is_registered_in_the_same_dossier(house: Flask) -> None:
    """Places taken, one dossier, the contact told of both, the newcomer of theirs with their entries alone."""
    token = dossier()
    add(token, person("Noor Ajout", 2, HELD, email="noor@exemple.org"))
    assert [each.name for each in queries.my_registration(token, ACT.now).coming] == [
        "Camille Exemple",
        "Noor Ajout",
    ]
    assert (sending.atelier(2).taken, sending.atelier(HELD).taken) == (2, 1)
    assert session().scalar(select(func.count()).select_from(Dossier)) == 1
    (whole,) = sending.letters("ajout")
    told: Any = whole.content
    assert ([each["name"] for each in told["context"]["people"]], told["events"]) == (
        ["Camille Exemple", "Noor Ajout"],
        [],
    )
    (own,) = [each.content for each in sending.letters("confirmation") if each.to_email == "noor@exemple.org"]
    assert len(own["events"]) == 2  # type: ignore[arg-type]
    page = queries.my_registration(link_in("confirmation", "noor@exemple.org"), ACT.now)
    assert [each.name for each in page.people] == ["Noor Ajout"]
    sending.assert_counters_are_the_rows()


def test_r02_the_contact_s_mailbox_gets_the_entries_of_who_has_none(house: Flask) -> None:
    """Not those of the others again."""
    add(dossier(), person("Noor Ajout", HELD))
    (whole,) = sending.letters("ajout")
    events: Any = whole.content["events"]
    assert [event["summary"].endswith("(Noor Ajout)") for event in events] == [True]


def test_r02_a_full_atelier_is_waited_for_behind_everybody(house: Flask) -> None:
    """Refused without accepting to wait, nothing written; then last in the line, not beside the colleague."""
    sending.shrink(1, WANTED)
    register("Ana Tenante", WANTED)
    token = actions.register(ACT, sending.etape_id(), submission(person("Camille Exemple", -WANTED))).token
    register("Max Autre", -WANTED)
    with pytest.raises(Incomplete) as refusal:
        add(token, person("Noor Ajout", WANTED))
    assert refusal.value.crowded == {(0, sending.atelier(WANTED).id)}
    assert session().scalar(select(func.count()).select_from(Participant)) == 3
    add(token, person("Noor Ajout", -WANTED))
    assert written_to("ajout") == ["morgan.factice@exemple.org"]
    actions.cancel_participant(ACT, sending.participant("Tenante"))
    assert states("Exemple", "Autre", "Ajout") == [CONFIRMEE, EN_ATTENTE, EN_ATTENTE]


def test_r22_the_same_sending_twice_adds_one_and_an_old_page_is_told_so(house: Flask) -> None:
    token = dossier()
    noor = person("Noor Ajout", HELD)
    add(token, noor)
    before, letters = lives(), len(sending.letters())
    add(token, noor)
    with pytest.raises(Refused, match="a changé entre-temps"):
        add(token, person("Max Autre", HELD))
    with pytest.raises(Incomplete, match="pas encore envoyée"):
        add(token, noor, seen=2)
    assert (lives(), len(sending.letters()) - letters) == (before, 1)  # the link of who seems registered
    add(token, replace(noor, another=True), seen=2)
    assert sending.atelier(HELD).taken == 2


def test_r02_what_a_registration_refuses_is_refused(house: Flask) -> None:
    """Two ateliers of one hour, none, a foreign one, no name, after the beginning: nothing is changed."""
    token = dossier()
    before = lives()
    wrong = (
        person("Noor Ajout", HELD, WANTED),
        person("Noor Ajout"),
        person("Noor Ajout", 2, etape="carpentras"),
        person("Noor", 2),
    )
    for newcomer in wrong:
        with pytest.raises(Incomplete):
            add(token, newcomer)
    with pytest.raises(Refused, match="closes depuis"):
        actions.add_person(
            replace(ACT, now=THE_DAY), sending.dossier_of(token), 1, person("Noor Ajout", HELD)
        )
    assert lives() == before


def test_r22_a_sending_received_six_times_at_once_adds_one(app: Flask, house: Flask) -> None:
    token, noor = dossier(), person("Noor Ajout", HELD)
    number = sending.dossier_of(token)
    session().rollback()
    faults = race(app, lambda _: actions.add_person(ACT, number, 1, noor), 6)
    assert faults == [None] * 6
    assert sending.atelier(HELD).taken == 1
    sending.assert_counters_are_the_rows()


def test_r02_the_card_keeps_what_was_typed_and_leads_back(house: Flask, client: InspectingClient) -> None:
    """From the contact's page; a person's own page has no such card."""
    token = dossier()
    where, room = f"/inscriptions/{token}/personnes", sending.atelier(HELD)
    typed = {"p0-first_name": "Noor", "p0-last_name": "", f"p0-c{room.creneau_id}": str(room.id), "vues": "1"}
    assert "Ajouter une personne" in client.get(f"/inscriptions/{token}").get_data(as_text=True)
    body = client.submit(where, typed).get_data(as_text=True)
    assert ("Indiquez le nom." in body, 'value="Noor"' in body) == (True, True)
    answer = client.submit(where, {**typed, "p0-last_name": "Ajout"}, follow_redirects=True)
    assert "La personne est inscrite." in answer.get_data(as_text=True)
    old = client.submit(where, {**typed, "p0-last_name": "Autre"})
    assert (old.status_code, "a changé entre-temps" in old.get_data(as_text=True)) == (409, True)
    own = f"/inscriptions/{link_in('confirmation', 'camille@exemple.org')}"
    assert client.get(f"{own}/personnes").status_code == 404
    assert client.submit(f"{own}/personnes", typed, page=own).status_code == 404
    house.config["NOW"] = "2018-01-30T11:00"
    assert "L’inscription ne reçoit plus personne" in client.get(where).get_data(as_text=True)
