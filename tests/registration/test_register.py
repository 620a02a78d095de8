"""Registering: what is written, what is refused, and in which words."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.registration import sending
from tests.registration.sending import ACT, atelier, person, submission
from tourpaca.db import session, transaction
from tourpaca.journal.models import Entry
from tourpaca.organisations import actions as linking
from tourpaca.organisations.models import Organisation
from tourpaca.registration import actions
from tourpaca.registration.models import CONFIRMEE, EN_ATTENTE, Dossier, Lien, Participant, Place
from tourpaca.registration.rules import Closed, Incomplete
from tourpaca.registration.submission import Wish
from tourpaca.security import hash_token
from tourpaca.tour.models import Creneau, Etape, Tour


def register(*people: object, **facts: object) -> actions.Registered:
    """Register people for Nice."""
    return actions.register(ACT, sending.etape_id(), submission(*people, **facts))  # type: ignore[arg-type]


def refused(*people: object, **facts: object) -> Incomplete:
    """Return the refusal of a submission, after checking that it left nothing behind."""
    before = _rows()
    with pytest.raises(Incomplete) as refusal:
        register(*people, **facts)
    assert _rows() == before
    sending.assert_counters_are_the_rows()
    return refusal.value


def _rows() -> list[int | None]:
    session().rollback()
    return [
        session().scalar(select(func.count()).select_from(m))
        for m in (Dossier, Participant, Place, Organisation, Entry)
    ]


def states(participant: str) -> list[str]:
    """Return the states of somebody's places, in the order of the créneaux."""
    asked = select(Place.state).join(Participant, Participant.id == Place.participant_id)
    return list(
        session().scalars(asked.where(Participant.last_name == participant).order_by(Place.creneau_id))
    )


def test_r01_one_submission_registers_two_people(house: Flask) -> None:
    """Two people, four places, one dossier; the page opens by the hash of its token only."""
    done = register(
        person("Camille Exemple", 2, 7, email="camille@exemple.org"), person("Sacha Modèle", 4, 6)
    )
    people = session().scalars(select(Participant).order_by(Participant.id)).all()
    assert [p.last_name for p in people] == ["Exemple", "Modèle"]
    assert [len(p.places) for p in people] == [2, 2]
    assert {place.state for p in people for place in p.places} == {CONFIRMEE}
    link = session().scalars(select(Lien).where(Lien.participant_id.is_(None))).one()
    assert link.token_hash == hash_token(done.token)
    assert [letter.kind for letter in sending.letters()] == ["recapitulatif", "confirmation"]
    sending.assert_counters_are_the_rows()


def test_r01_a_person_alone_needs_no_organisation(house: Flask) -> None:
    """No organisation is made for somebody who comes in their own name."""
    register(person("Camille Exemple", 2), organisation="")
    assert session().scalars(select(Participant.organisation_id)).one() is None
    assert session().scalars(select(Organisation)).all() == []


def test_r02_two_people_may_share_one_mailbox(house: Flask) -> None:
    """The mailbox is no key: two people of contact@ each hold their place, their link and their entry."""
    box = "contact@exemple.org"
    register(person("Camille Exemple", 2, email=box), person("Sacha Modèle", 2, email=box))
    assert session().scalar(select(func.count()).select_from(Participant)) == 2
    assert session().scalar(select(func.count()).where(Lien.participant_id.is_not(None))) == 2
    (letter,) = sending.letters("confirmation")
    events = letter.content["events"]
    assert len({event["uid"] for event in events}) == 2  # type: ignore[index,attr-defined]
    assert [event["summary"].split("(")[-1] for event in events] == ["Camille Exemple)", "Sacha Modèle)"]  # type: ignore[attr-defined]


def test_r05_two_ateliers_of_one_creneau_are_refused(house: Flask) -> None:
    """A forged form that wants both names both ateliers and the hour, and proposes the other créneau."""
    refusal = refused(person("Sacha Modèle", 2, 3))
    (fault,) = refusal.faults
    assert fault.field == f"p0-c{atelier(3).creneau_id}"
    for words in ("Concertation et stratégie", "Territorialité", "9\u00a0h\u00a030", "créneau 2"):
        assert words in fault.message


def test_r05_overlapping_creneaux_are_refused(house: Flask) -> None:
    """Two créneaux whose hours cross cannot be attended by one person."""
    slot = atelier(7).creneau
    slot_id = slot.id
    with transaction() as current:
        current.get_one(Creneau, slot_id).starts_at = datetime(2018, 1, 30, 10, 30).time()
    assert len(refused(person("Sacha Modèle", 2, 7)).faults) == 1


def test_r05_an_atelier_of_another_etape_is_refused(house: Flask) -> None:
    """An id forged from elsewhere takes no place."""
    other = atelier(2, "carpentras")
    stranger = replace(person("Sacha Modèle"), wishes=(Wish(other.creneau_id, other.id),))
    assert "n’a plus lieu" in refused(stranger).faults[0].message


def test_us02_every_fault_is_told_at_once(house: Flask) -> None:
    """Contact, names, choices: one sending tells everything there is to mend, beside each field."""
    refusal = refused(
        person(" Exemple", 2),
        person("Sacha Modèle"),
        contact_name="",
        contact_email="morgan.factice.exemple.org",
    )
    fields = [fault.field for fault in refusal.faults]
    first = atelier(1).creneau_id
    assert fields == ["contact_name", "contact_email", "p0-first_name", f"p1-c{first}"]
    assert "Il manque le « @ »" in refusal.faults[1].message
    assert "retirez cette personne" in refusal.faults[3].message


@pytest.mark.parametrize("email", ["sans.arobase", "é.accent@exemple.org", "a@b", "a@@exemple.org"])
def test_us02_an_impossible_address_is_refused_with_an_example(house: Flask, email: str) -> None:
    """The example is right, the reproach is short."""
    (fault,) = refused(person("Camille Exemple", 2, email=email)).faults
    assert (fault.field, "prenom.nom@organisation.fr" in fault.message) == ("p0-email", True)


def test_r06_an_atelier_filled_meanwhile_tells_the_hour_the_rank_and_another_way(house: Flask) -> None:
    """Full since the form was read: nothing is taken, the way out is said."""
    sending.shrink(1, 2)
    register(person("Ana Première", 2), contact_email="ana@exemple.org")
    refusal = refused(person("Camille Exemple", 2, 7))
    (fault,) = refusal.faults
    assert fault.field == f"p0-c{atelier(2).creneau_id}"
    for words in ("vient de se remplir à 10\u00a0h", "n° 1 sur la liste d’attente", "une des 14 places en"):
        assert words in fault.message
    assert refusal.crowded == {(0, atelier(2).id)}


def test_r07_who_accepts_to_wait_waits_and_keeps_the_rest(house: Flask) -> None:
    """The waiting list of one atelier, a confirmed place in the other; the letter tells the rank, no entry for it."""
    sending.shrink(1, 2)
    register(person("Ana Première", 2), contact_email="ana@exemple.org")
    register(person("Bo Deuxième", -2), contact_email="bo@exemple.org")
    register(person("Camille Exemple", -2, 7), contact_email="c@exemple.org")
    assert states("Exemple") == [EN_ATTENTE, CONFIRMEE]
    letter = sending.letters("recapitulatif")[-1]
    told = letter.content["context"]["people"][0]["places"]  # type: ignore[index]
    assert [place["rank"] for place in told] == [2, 0]
    assert len(letter.content["events"]) == 1  # type: ignore[arg-type]
    sending.assert_counters_are_the_rows()


def test_r07_who_accepted_to_wait_still_gets_a_place_freed_meanwhile(house: Flask) -> None:
    """Shown as full, free when sent: the place is taken, nobody waits for nothing."""
    register(person("Camille Exemple", -2))
    assert states("Exemple") == [CONFIRMEE]


def test_r07_a_newcomer_never_passes_those_who_wait(house: Flask) -> None:
    """A place freed by hand belongs to the waiting list, not to the next visitor."""
    sending.shrink(1, 2)
    register(person("Ana Première", 2), contact_email="ana@exemple.org")
    register(person("Bo Deuxième", -2), contact_email="bo@exemple.org")
    sending.shrink(2, 2)
    assert refused(person("Camille Exemple", 2), contact_email="c@exemple.org").crowded


def test_r07_a_group_is_not_split(house: Flask) -> None:
    """Two places for three people: all or nothing, and the choice is put in words; accepting it, all three wait."""
    sending.shrink(2, 2)
    names = ("Ana Un", "Bo Deux", "Cy Trois")
    refusal = refused(*(person(name, 2) for name in names))
    assert len(refusal.faults) == 3
    assert "Il reste 2\u00a0places pour 3 personnes" in refusal.faults[0].message
    assert "attendre ensemble" in refusal.faults[0].message
    register(*(person(name, -2) for name in names))
    assert [states(name.split()[1]) for name in names] == [[EN_ATTENTE]] * 3
    sending.assert_counters_are_the_rows()


def test_r07_the_capacity_of_the_etape_holds_too(house: Flask) -> None:
    """A full étape refuses, or takes on its waiting list, even where the ateliers have room; nothing stays taken."""
    with transaction() as current:
        current.scalars(select(Etape).where(Etape.slug == "nice")).one().capacity = 1
    register(person("Ana Première", 2), contact_email="ana@exemple.org")
    refused(person("Bo Deuxième", 4), contact_email="bo@exemple.org")
    register(person("Bo Deuxième", -4, -7), contact_email="bo@exemple.org")
    assert states("Deuxième") == [EN_ATTENTE, EN_ATTENTE]
    sending.assert_counters_are_the_rows()


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (datetime(2017, 10, 31, 6, 59, tzinfo=UTC), "ouvrent mercredi 1er\u00a0novembre 2017 à 8\u00a0h"),
        (datetime(2018, 1, 30, 8, 0, tzinfo=UTC), "closes depuis mardi 30\u00a0janvier 2018 à 9\u00a0h"),
    ],
)
def test_us01_outside_the_opening_hours_it_says_when(house: Flask, now: datetime, words: str) -> None:
    """The minute of closing is out; the sentence says from when, or since when."""
    with pytest.raises(Closed, match=words):
        actions.register(replace(ACT, now=now), sending.etape_id(), submission(person("Camille Exemple", 2)))


def test_us08_an_event_has_no_choice(house: Flask) -> None:
    """Everybody takes the single atelier of an event of capitalisation; its capacity holds."""
    sending.open_event(capacity=2)
    event = sending.etape_id("bouches-du-rhone")
    two = submission(person("Camille Exemple"), person("Sacha Modèle"))
    actions.register(ACT, event, two)
    assert states("Exemple") == states("Modèle") == [CONFIRMEE]
    with pytest.raises(Incomplete):
        actions.register(ACT, event, submission(person("Ana Tard"), contact_email="ana@exemple.org"))
    sending.assert_counters_are_the_rows()


def test_r22_the_same_person_is_told_and_gets_the_link(house: Flask) -> None:
    """Same name and mailbox: nothing is written twice, the letter leaves, the answer tells nothing more."""
    register(person("Camille Exemple", 2))
    refusal = refused(person("EXEMPLE camille", 3))
    assert refusal.faults[0].field == "p0-another"
    assert "le lien vient de partir par courriel" in refusal.faults[0].message
    (letter,) = sending.letters("lien_perdu")
    assert letter.to_email == "morgan.factice@exemple.org"


def test_r22_same_name_and_organisation_is_the_same_person(house: Flask) -> None:
    """Another mailbox, another spelling of the organisation: told all the same; the first mailbox is written to."""
    register(person("Zoé Élan", 2), organisation="Mutualité française Paca SSAM")
    other = {"organisation": "Mutualité Française PACA SSAM", "contact_email": "zoe@exemple.org"}
    refused(person("zoe elan", 3), **other)
    assert [letter.to_email for letter in sending.letters("lien_perdu")] == ["morgan.factice@exemple.org"]


@pytest.mark.parametrize("linked", [True, False])
def test_r22_linked_names_are_one_organisation(house: Flask, linked: bool) -> None:
    """Another mailbox and another name of the organisation: one person if the team linked the names, else two."""
    register(person("Zoé Élan", 2), organisation="APF")
    register(person("Ana Autre", 4), organisation="Paralysés de France")
    short, long = session().scalars(select(Organisation.id).order_by(Organisation.id))
    if linked:
        linking.link(sending.TEAM, long, short)
    whole = {"organisation": "Paralysés de France", "contact_email": "zoe@exemple.org"}
    told = (
        refused(person("zoe elan", 3), **whole).faults if linked else register(person("zoe elan", 3), **whole)
    )
    assert bool(sending.letters("lien_perdu")) is linked, told


def test_r22_somebody_else_may_go_on(house: Flask) -> None:
    """A shared mailbox and a namesake: one tick and the registration passes."""
    register(person("Camille Exemple", 2))
    register(person("Camille Exemple", 3, another=True))
    assert session().scalar(select(func.count()).select_from(Participant)) == 2


def test_r22_a_namesake_elsewhere_is_nobody_s_business(house: Flask) -> None:
    """Same name, other mailbox, no organisation: registered without a question."""
    register(person("Camille Exemple", 2), organisation="")
    register(person("Camille Exemple", 3), organisation="", contact_email="autre@exemple.org")
    assert sending.letters("lien_perdu") == []


def test_r22_twice_in_one_form_is_told(house: Flask) -> None:
    """The same name twice among the people of one sending."""
    fields = [
        fault.field for fault in refused(person("Camille Exemple", 2), person("camille exemple", 3)).faults
    ]
    assert fields == ["p1-first_name"]


def test_r20_an_unknown_organisation_is_welcome_and_a_spelling_is_recognised(house: Flask) -> None:
    """The name typed is kept on the dossier; two spellings of one key make one body."""
    register(person("Camille Exemple", 2), organisation="Cannes Jeunesse")
    register(person("Sacha Modèle", 2), organisation="CANNES JEUNESSE", contact_email="s@exemple.org")
    assert session().scalars(select(Dossier.organisation_typed).order_by(Dossier.id)).all() == [
        "Cannes Jeunesse",
        "CANNES JEUNESSE",
    ]
    assert len(session().scalars(select(Organisation)).all()) == 1


def test_the_journal_tells_the_act_without_naming_anybody(house: Flask) -> None:
    """An organisation may be named, a person may not."""
    register(person("Camille Exemple", 2))
    entry = session().scalars(select(Entry).where(Entry.verb == "inscrire")).one()
    assert entry.text == "1\u00a0personne inscrite (Harmonie Mutuelle)."
    assert session().scalars(select(Tour.revision)).one() > 1
