"""Registering: what is written, what is refused, and in which words."""

from flask import Flask
from sqlalchemy import select

from tests.registration import sending
from tests.registration.sending import ACT, person, submission
from tourpaca.db import session
from tourpaca.registration import actions
from tourpaca.registration.models import CONFIRMEE, Lien, Participant
from tourpaca.security import hash_token


def test_us02_one_submission_registers_two_people(house: Flask) -> None:
    """Two people, four places, one dossier; the page opens by the hash of its token only."""
    sent = submission(
        person("Camille Exemple", 2, 7, email="camille@exemple.org"), person("Sacha Modèle", 4, 6)
    )
    done = actions.register(ACT, sending.etape_id(), sent)
    people = session().scalars(select(Participant).order_by(Participant.id)).all()
    assert [p.last_name for p in people] == ["Exemple", "Modèle"]
    assert [len(p.places) for p in people] == [2, 2]
    assert {place.state for p in people for place in p.places} == {CONFIRMEE}
    link = session().scalars(select(Lien).where(Lien.participant_id.is_(None))).one()
    assert link.token_hash == hash_token(done.token)
    assert [letter.kind for letter in sending.letters()] == ["recapitulatif", "confirmation"]
    sending.assert_counters_are_the_rows()


def test_r03_cancelling_the_second_person_of_a_dossier_frees_their_places(house: Flask) -> None:
    """Whoever stands first in the dossier, the person named is the one who leaves, and their places are free."""
    sent = submission(person("Camille Exemple", 2), person("Sacha Modèle", 4, 6))
    actions.register(ACT, sending.etape_id(), sent)
    second = session().scalars(select(Participant.id).where(Participant.last_name == "Modèle")).one()
    assert actions.cancel_participant(ACT, second) == 1
    assert [sending.atelier(ordre).taken for ordre in (2, 4, 6)] == [1, 0, 0]
    sending.assert_counters_are_the_rows()
