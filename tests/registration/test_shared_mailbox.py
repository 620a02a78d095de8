"""Offers to people who share a mailbox: each answers for oneself alone."""

from datetime import timedelta
from typing import Any

from flask import Flask

from tests.registration import sending
from tests.registration.sending import ACT, person, submission
from tests.registration.test_promoting import HALL, full_house, rules_of_the_tour
from tourpaca.registration import actions, promoting, queries
from tourpaca.tour.models import A_CONFIRMER


def test_r10_two_who_share_a_mailbox_each_answer_from_a_page_of_their_own(house: Flask) -> None:
    """One letter, two pages, each of which opens the offer of one; told the same way when nobody answered."""
    rules_of_the_tour(promotion=A_CONFIRMER)
    full_house()
    pair = [person(name, -HALL, email="accueil@exemple.org") for name in ("Ana Paire", "Bo Paire2")]
    some = submission(*pair, contact_email="contact@exemple.org")
    actions.register(ACT, sending.etape_id(), some)
    for number in (1, 2):
        actions.cancel_participant(ACT, sending.participant(f"Tenant{number}"))
    promoting.settle_due(ACT.now + timedelta(days=5))
    for kind in ("proposition", "offre_passee"):
        (letter,) = sending.letters(kind)
        told: Any = letter.content["context"]
        links = [person["link"].rpartition("/")[2] for person in told["people"]]
        names = [[each.name for each in queries.my_registration(link, ACT.now).people] for link in links]
        assert (letter.to_email, names) == ("accueil@exemple.org", [["Ana Paire"], ["Bo Paire2"]])
