"""Letters of registrations: who receives which, what each tells, and what a calendar makes of it."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select

from tests.registration import sending
from tests.registration.sending import ACT, person, submission
from tourpaca import rendering
from tourpaca.db import transaction
from tourpaca.mail.models import Letter
from tourpaca.registration import actions, calendar, queries
from tourpaca.registration.rules import mailbox
from tourpaca.registration.submission import Wish
from tourpaca.tour.models import Etape


def register(*people: Any, **facts: Any) -> actions.Registered:
    """Register people for Nice."""
    return actions.register(ACT, sending.etape_id(), submission(*people, **facts))


def text(letter: Letter) -> str:
    """Return the text part of a letter."""
    content: dict[str, Any] = letter.content
    return rendering.render(f"mail/{content['template']}.txt", subject=letter.subject, **content["context"])


@pytest.mark.parametrize(
    "own", ["morgan@exemple.org", "MORGAN@Exemple.org", "morgan+tournee@exemple.org", ""]
)
def test_r10_one_letter_when_the_contact_comes_too(house: Flask, own: str) -> None:
    """Case and "+suffix" aside it is one mailbox: one letter, in three ateliers or two, with everything personal."""
    sent = submission(person("Morgan Factice", 2, 7, email=own.lower()), contact_email="morgan@exemple.org")
    actions.register(ACT, sending.etape_id(), sent)
    (letter,) = sending.letters()
    assert letter.kind == "recapitulatif"
    events: Any = letter.content["events"]
    assert [event["summary"] for event in events] == [
        "La concertation dans l’élaboration de la stratégie de l’entreprise",
        "Le développement durable dans sa dimension environnementale",
    ]


def test_r10_no_mailbox_receives_two_letters_of_one_act(house: Flask) -> None:
    """Contact, a shared mailbox with a variant, one of their own, none: three mailboxes, three letters."""
    register(
        person("Ana Un", 2, email="equipe+ana@exemple.org"),
        person("Bo Deux", 3, email="equipe@exemple.org"),
        person("Cy Trois", 4, email="cy@exemple.org"),
        person("Dé Quatre", 1),
    )
    boxes = [mailbox(letter.to_email) for letter in sending.letters()]
    assert sorted(boxes) == ["cy@exemple.org", "equipe@exemple.org", "morgan.factice@exemple.org"]
    served = [len(letter.content["events"]) for letter in sending.letters()]  # type: ignore[arg-type]
    assert served == [1, 2, 1]


def test_r13_the_confirmation_says_everything(house: Flask) -> None:
    """Every atelier, hour, place, the link, how to leave, the notice; French spaces; text and HTML alike."""
    register(person("Camille Exemple", 2, 7, email="camille@exemple.org"))
    letter = sending.letters("confirmation")[0]
    said = text(letter)
    for words in (
        "Bonjour Camille Exemple,",
        "mardi 30\u00a0janvier 2018",
        "a été faite par Morgan Factice (Harmonie Mutuelle)",
        "9\u00a0h\u00a030 à 10\u00a0h\u00a045, La concertation",
        "11\u00a0h à 12\u00a0h\u00a015, Le développement durable",
        "http://localhost/inscriptions/",
        "/annuler",
        "Accès\u00a0: information à venir.",
        "Base légale",
        "www.cnil.fr",
    ):
        assert words in said, words
    assert letter.reply_to == "equipe@exemple.org"
    assert letter.subject == "Nice, 30\u00a0janvier\u00a0: votre inscription"


def test_r13_the_address_is_one_line_that_says_the_town_once(house: Flask) -> None:
    """Typed on two lines, told on one, in the letter, in its entry, and on the page's calendar."""
    with transaction() as current:
        nice = current.scalars(select(Etape).where(Etape.slug == "nice")).one()
        nice.venue, nice.address = "Maison des exemples", "12, rue du Modèle\n06000 Nice"
    done = register(person("Camille Exemple", 2, email="camille@exemple.org"))
    letter = sending.letters("confirmation")[0]
    where = "Maison des exemples, 12, rue du Modèle, 06000 Nice"
    assert where in text(letter)
    assert letter.content["events"][0]["location"] == where  # type: ignore[index]
    page = calendar.of_registration(queries.my_registration(done.token, ACT.now), ACT.now)
    (entry,) = Calendar.from_ical(page).walk("VEVENT")
    assert entry["LOCATION"] == where


def test_r13_the_summary_names_everybody(house: Flask) -> None:
    """The contact reads every person with their ateliers, and one link for the whole."""
    register(person("Camille Exemple", 2, email="camille@exemple.org"), person("Sacha Modèle", 4))
    said = text(sending.letters("recapitulatif")[0])
    assert said.index("Camille Exemple") < said.index("Sacha Modèle")
    assert "Politique salariale" in said


def test_a_cancellation_withdraws_the_entries_of_the_same_uid(house: Flask) -> None:
    """The person and the contact are told once each; the entry comes back cancelled, one sequence further."""
    register(person("Camille Exemple", 2, 7, email="camille@exemple.org"), person("Sacha Modèle", 4))
    before: Any = sending.letters("confirmation")[0].content["events"]
    actions.cancel_participant(ACT, sending.participant("Exemple"))
    own, contact = sending.letters("annulation")[0], sending.letters("annulation_recapitulatif")[0]
    after: Any = own.content["events"]
    assert [e["uid"] for e in after] == [e["uid"] for e in before]
    assert [(e["cancelled"], e["sequence"]) for e in after] == [(True, 1)] * 2
    assert contact.content["events"] == []
    assert "est annulée" in text(own)
    opened = [queries.my_registration(_token(letter), ACT.now).whole for letter in (own, contact)]
    assert opened == [False, True]


def _token(letter: Letter) -> str:
    content: dict[str, Any] = letter.content
    return str(content["context"]["link"]).rpartition("/")[2]


def test_cancelling_everybody_writes_once_to_each_mailbox(house: Flask) -> None:
    """The contact's one letter withdraws the entries of those it serves."""
    done = register(person("Camille Exemple", 2, email="camille@exemple.org"), person("Sacha Modèle", 4))
    actions.cancel_dossier(ACT, sending.dossier_of(done.token))
    letters = [letter for letter in sending.letters() if letter.content["template"] == "annulation"]
    assert [(x.to_email, len(x.content["events"])) for x in letters] == [  # type: ignore[arg-type]
        ("morgan.factice@exemple.org", 1),
        ("camille@exemple.org", 1),
    ]


def test_r13_r14_one_person_with_three_ateliers(house: Flask) -> None:
    """Three créneaux in one day: the plain letter tells three hours and titles, three entries leave, one UID each."""
    wish = Wish(*sending.third_creneau())
    two = person("Camille Exemple", 2, 7, email="camille@exemple.org")
    register(replace(two, wishes=(*two.wishes, wish)))
    letter = sending.letters("confirmation")[0]
    said = text(letter)
    for words in (
        "9\u00a0h\u00a030 à 10\u00a0h\u00a045",
        "11\u00a0h à 12\u00a0h\u00a015",
        "13\u00a0h\u00a030 à 14\u00a0h\u00a045",
    ):
        assert said.count(words) == 1
    assert said.count("Place confirmée") == 3
    assert "Les modalités effectives de gouvernance démocratique, Salle Mistral" in said
    events: Any = letter.content["events"]
    assert len({event["uid"] for event in events}) == 3
    assert [event["start"][11:16] for event in events] == ["09:30", "11:00", "13:30"]


def test_r13_the_text_alone_says_that_the_hour_is_to_come(house: Flask) -> None:
    sending.open_event()
    (slot,) = queries.programme("tour-paca", "bouches-du-rhone").slots
    wish = Wish(slot.creneau_id, slot.offers[0].atelier_id, False)
    one = replace(person("Ana Exemple"), wishes=(wish,))
    actions.register(ACT, sending.etape_id("bouches-du-rhone"), submission(one))
    assert "- Horaire à préciser, Événement de capitalisation" in text(sending.letters()[0])
