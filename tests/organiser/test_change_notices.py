"""R15, US11: the pages of the programme say whom a change reaches before it is saved, and where its letters are."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import update

from tests import factories
from tests.inspecting import InspectingClient
from tests.mail.writing import send_to
from tests.posting import Sink
from tests.registration import programme_moves as moves
from tests.registration import sending
from tests.registration.sending import ACT, person, submission
from tests.tour.test_pages import typed as filled
from tourpaca.db import transaction
from tourpaca.mail import actions as mail
from tourpaca.mail import delivery
from tourpaca.mail.models import A_ENVOYER, NOUVEL_ESSAI, PARTI, REFUSE, Letter
from tourpaca.registration import actions, change_letters, notices

Team = Callable[..., InspectingClient]
NICE = "/equipe/tour-paca/etapes/nice"


@pytest.fixture
def nice(app: Flask) -> Flask:
    """Nice with 11 people in « Concertation », one of whom in « Développement durable » too, and one who waits.

    Who waits is told of an hour, a day or a place, not of a room.
    """
    with app.app_context():
        factories.tour_paca()
        sending.shrink(11, 2)
        for number in range(11):
            one = person(f"Ana N{number}", *((2, 7) if number == 0 else (2,)), email=f"a{number}@exemple.org")
            actions.register(ACT, sending.etape_id(), submission(one))
        actions.register(ACT, sending.etape_id(), submission(person("Bo Attend", -2)))
    return app


def page(client: InspectingClient, address: str) -> str:
    """What a page says, with plain spaces."""
    return " ".join(client.get(address).get_data(as_text=True).split())


def posted(client: InspectingClient, **typed: str) -> str:
    """Save the ateliers of Nice with other rooms, and return what the page says next."""
    address = f"{NICE}/ateliers"
    form = filled(client.get(address).get_data(as_text=True), address)
    assert client.post(address, data=form | typed).status_code == 303
    return page(client, address)


def test_r15_the_forms_say_how_many_are_told_before_saving(nice: Flask, team: Team) -> None:
    client = team()
    ateliers = page(client, f"{NICE}/ateliers")
    assert ateliers.count("Si la salle change : 11 personnes seront prévenues") == 1
    assert ateliers.count("Si la salle change : 1 personne sera prévenue") == 1
    assert ateliers.count("Si la salle change") == 2
    assert "Si l’heure change : 12 personnes seront prévenues" in ateliers
    edit = page(client, f"{NICE}/modifier")
    assert "Si le jour ou le lieu change : 12 personnes seront prévenues." in edit
    assert "seront prévenues" not in page(client, "/equipe/tour-paca/etapes/marseille/ateliers")


def test_r15_after_saving_the_page_says_when_the_letters_leave(nice: Flask, team: Team) -> None:
    client = team()
    with nice.app_context():
        room = sending.atelier(2).id
    said = posted(client, **{f"room-{room}": "Salle B"})
    assert "11 personnes seront prévenues à" in said
    assert "en un seul message : ce que vous changez d’ici là s’y ajoute." in said
    assert "Un changement n’est pas encore annoncé." in page(client, NICE)
    back = posted(client, **{f"room-{room}": ""})
    assert "seront prévenues à" not in back
    assert "Un changement n’est pas encore annoncé." not in page(client, NICE)


def test_us11_the_cockpit_says_how_many_left_and_how_many_wait(nice: Flask, team: Team) -> None:
    client = team()
    assert "Changement annoncé" not in page(client, NICE)
    with nice.app_context():
        moves.move_room(2, "Salle B")
        moves.ten_minutes_later()
        ids = [letter.id for letter in sending.letters("changement")]
        states = [PARTI] * 8 + [A_ENVOYER, NOUVEL_ESSAI, NOUVEL_ESSAI]
        with transaction() as current:
            for letter_id, state in zip(ids, states, strict=True):
                current.execute(update(Letter).where(Letter.id == letter_id).values(state=state))
    assert "8 envoyés, 3 en attente." in page(client, NICE)
    with nice.app_context(), transaction() as current:
        current.execute(
            update(Letter)
            .where(Letter.kind == change_letters.CHANGEMENT, Letter.state == A_ENVOYER)
            .values(state=REFUSE)
        )
    assert "8 envoyés, 2 en attente, 1 à voir." in page(client, NICE)


def test_r15_people_of_two_ateliers_count_once(nice: Flask) -> None:
    with nice.app_context():
        assert notices.concerned(sending.etape_id()).people == 12
        moves.move_etape(venue="Maison")
        found = notices.pending([sending.etape_id()])
        assert (found and found.people) == 12


def test_r16_a_letter_that_leaves_without_its_entry_says_so_with_what_to_do(
    nice: Flask, team: Team, smtp_sink: Sink
) -> None:
    """On its page, and on the list once it has left; sent again, it is made anew."""
    client = team()
    with nice.app_context():
        letter = sending.letters("confirmation")[0]
        number, content = letter.id, dict(letter.content)
        content["events"] = [{**content["events"][0], "start": "demain"}, *content["events"][1:]]  # type: ignore[index]
        with transaction() as current:
            current.execute(update(Letter).where(Letter.id == number).values(content=content))
    said = page(client, f"/equipe/tour-paca/messages/{number}")
    assert "1 rendez-vous n’a pas pu être joint." in said
    assert "rendez-vous-2.ics" in said
    send_to(nice, smtp_sink)
    with nice.app_context():
        delivery.deliver(lambda: ACT.now)
        assert [letter.unjoined for letter in sending.letters() if letter.unjoined] == [1]
    listed = page(client, "/equipe/tour-paca/messages?etat=parti")
    advice = (
        "Sans son rendez-vous pour l’agenda : le texte dit l’heure et le lieu. Prévenez qui tient le site"
    )
    assert listed.count(advice) == 1
    with nice.app_context():
        mail.resend(ACT, number)
        assert sending.letters("confirmation:renvoi")[0].unjoined == 0
