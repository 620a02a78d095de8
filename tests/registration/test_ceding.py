"""R18: a place is given to a colleague; the ranks stay, the calendar entry and the link are the newcomer's own."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.registration import sending
from tests.registration.sending import ACT, TEAM, person, submission
from tests.registration.test_choosing import HELD, THE_DAY, WANTED, lives, register
from tests.registration.test_promoting import states, written_to
from tourpaca.db import session, transaction
from tourpaca.refusal import Refused
from tourpaca.registration import actions, agendas, passages, queries
from tourpaca.registration.agendas import Owner
from tourpaca.registration.models import ANNULEE, CONFIRMEE, EN_ATTENTE, Agenda, Place
from tourpaca.registration.queries import LinkExpired
from tourpaca.registration.rules import Incomplete
from tourpaca.registration.submission import Person
from tourpaca.tour.models import Atelier, Etape, Tour

CY = Person("Cy", "Nouveau", "cy@exemple.org")


def cede(name: str, newcomer: Person = CY) -> None:
    """Give the place of somebody."""
    actions.cede_place(ACT, sending.participant(name), newcomer)


def two(**facts: Any) -> str:
    """Register two colleagues, one with a mailbox, who also waits; return the token of the whole page."""
    sending.shrink(1, WANTED)
    register("Ana Tenante", WANTED)
    both = person("Bo Cédant", 2, -WANTED, email="bo@exemple.org"), person("Sacha Modèle", 4)
    return actions.register(ACT, sending.etape_id(), submission(*both, **facts)).token


def link_in(kind: str, email: str) -> str:
    """Return the token of the page that a letter opens."""
    (letter,) = [each for each in sending.letters(kind) if each.to_email == email]
    told: Any = letter.content["context"]
    return str(told["link"].rpartition("/")[2])


def test_r18_the_newcomer_has_the_places_and_the_rank_under_their_own_names(house: Flask) -> None:
    """Two people as before, the same rows, other entries; CANCEL to one, REQUEST to the other, the contact told."""
    two()
    register("Max Suivant", -WANTED)
    rows = {place.id: place.uid for place in session().scalars(select(Place)) if place.state != ANNULEE}
    cede("Cédant")
    assert states("Nouveau", "Cédant", "Modèle") == [EN_ATTENTE, ANNULEE, CONFIRMEE]
    assert sending.waiting(WANTED) == [sending.participant("Nouveau"), sending.participant("Suivant")]
    theirs = session().scalars(select(Place).where(Place.participant_id == sending.participant("Nouveau")))
    assert all(place.id in rows and place.uid != rows[place.id] for place in theirs)
    (gone,), (welcome,), (told,) = (
        sending.letters("cession"),
        [each for each in sending.letters("confirmation") if each.to_email == "cy@exemple.org"],
        sending.letters("cession_recapitulatif"),
    )
    entries: list[Any] = [gone.content["events"], welcome.content["events"], told.content["events"]]
    assert [[event["cancelled"] for event in each] for each in entries] == [[True], [False], []]
    assert (entries[0][0]["uid"] in rows.values(), entries[0][0]["sequence"]) == (True, 1)
    assert (entries[1][0]["uid"] in rows.values(), entries[1][0]["sequence"]) == (False, 0)
    assert (gone.to_email, told.to_email) == ("bo@exemple.org", "morgan.factice@exemple.org")
    sending.assert_counters_are_the_rows()


def test_r18_the_old_link_and_calendar_are_dead_and_the_new_link_opens(house: Flask) -> None:
    token = two()
    bo = sending.participant("Cédant")
    old = link_in("confirmation", "bo@exemple.org")
    tour = session().scalars(select(Tour.id)).one()
    agendas.subscribe(ACT, Owner(tour, participant_id=bo), 0)
    cede("Cédant")
    with pytest.raises(LinkExpired, match="cédée à une autre personne"):
        queries.my_registration(old, ACT.now)
    assert session().scalars(select(Agenda.revoked_at)).one() is not None
    page = queries.my_registration(link_in("confirmation", "cy@exemple.org"), ACT.now)
    assert [each.name for each in page.people] == ["Cy Nouveau"]
    whole = queries.my_registration(token, ACT.now)
    assert [each.name for each in whole.coming] == ["Sacha Modèle", "Cy Nouveau"]


def test_r18_each_life_says_who_gave_and_who_took(house: Flask) -> None:
    two()
    cede("Cédant")
    bo, cy = (passages.of_person(sending.participant(name)) for name in ("Cédant", "Nouveau"))
    assert {moment.words for moment in bo} == {"Cède la place à Cy Nouveau"}
    assert {moment.words for moment in cy} == {"Reprend la place de Bo Cédant"}


def test_r18_the_contact_s_mailbox_serves_who_has_none(house: Flask) -> None:
    """Sacha has no address, nor has who comes instead: both letters reach the contact, each by itself."""
    two()
    cede("Modèle", Person("Cy", "Nouveau"))
    assert written_to("cession") == ["morgan.factice@exemple.org"]
    assert written_to("cession_recapitulatif") == []
    (welcome,) = [each for each in sending.letters("confirmation") if each.to_email != "bo@exemple.org"]
    assert (welcome.to_email, len(welcome.content["events"])) == ("morgan.factice@exemple.org", 1)  # type: ignore[arg-type]


def test_r18_giving_twice_changes_nothing(house: Flask) -> None:
    """The same sending again is silent; another name for a place already given is refused."""
    two()
    cede("Cédant")
    before, letters = lives(), len(sending.letters())
    bo = sending.participant("Cédant")
    actions.cede_place(ACT, bo, CY)
    with pytest.raises(Refused, match="déjà cédée ou annulée"):
        actions.cede_place(ACT, bo, Person("Max", "Autre"))
    assert (lives(), len(sending.letters())) == (before, letters)


@pytest.mark.parametrize(
    ("newcomer", "words"),
    [
        (Person("", "Nouveau"), "Indiquez le prénom"),
        (Person("Cy", ""), "Indiquez le nom"),
        (Person("Cy", "Nouveau", "sans"), "courriel"),
        (Person("Bo", "CÉDANT"), "déjà la place"),
        (Person("Sacha", "Modèle"), "déjà une inscription"),
        (Person("Ana", "Tenante", "tenante@exemple.org"), "déjà une inscription"),
    ],
)
def test_r18_who_comes_is_asked_what_a_registration_asks(house: Flask, newcomer: Person, words: str) -> None:
    """A name, an address that can be written to, and nobody who is registered already; nothing is changed."""
    two()
    before = lives()
    with pytest.raises(Incomplete) as refusal:
        cede("Cédant", newcomer)
    said = " ".join(f"{fault.message} {fault.summary}" for fault in refusal.value.faults)
    assert words in said
    assert (lives(), len(sending.letters("cession"))) == (before, 0)


def test_r22_a_namesake_comes_once_it_is_said_that_it_is_somebody_else(house: Flask) -> None:
    two()
    twin = Person("Ana", "Tenante", "tenante@exemple.org")
    with pytest.raises(Incomplete):
        cede("Cédant", twin)
    assert written_to("lien_perdu") == ["tenante@exemple.org"]
    cede("Cédant", replace(twin, another=True))
    assert len([state for _, state in lives() if state == CONFIRMEE]) == 3


def test_r18_once_people_are_received_only_the_team_gives_a_place(house: Flask) -> None:
    two()
    bo = sending.participant("Cédant")
    with pytest.raises(Refused, match="a commencé"):
        actions.cede_place(replace(ACT, now=THE_DAY), bo, CY)
    actions.cede_place(replace(TEAM, now=THE_DAY), bo, CY)
    assert states("Cédant") == [ANNULEE]


def test_r18_who_holds_nothing_any_more_has_nothing_to_give(house: Flask) -> None:
    """An offer that passed unanswered: the person may come back to the list, not give it."""
    register("Bo Cedant", HELD)
    with transaction() as current:
        current.execute(update(Place).values(state="passee"))
        current.execute(update(Atelier).values(taken=0))
    with pytest.raises(Refused, match="plus de place à céder"):
        cede("Cedant")


def test_r18_nothing_is_given_where_nothing_takes_place_any_more(house: Flask) -> None:
    register("Bo Cedant", HELD)
    with transaction() as current:
        current.execute(update(Etape).where(Etape.slug == "nice").values(state="annule"))
    with pytest.raises(Refused, match="est annulée"):
        cede("Cedant")
