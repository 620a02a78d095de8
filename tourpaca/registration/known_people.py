"""Somebody named on a personal page who seems registered: their link leaves by letter, the page asks who it is."""

from tourpaca.db import transaction
from tourpaca.journal.models import Act
from tourpaca.registration import lost_links, programme, registering
from tourpaca.registration.models import Participant
from tourpaca.registration.registering import Known
from tourpaca.registration.rules import Incomplete
from tourpaca.registration.submission import Person, Submission


def refusal(act: Act, newcomer: Person, known: Known) -> Incomplete:
    """Send their link to those whom a newcomer seems to be, and return the refusal that asks who it is."""
    people = list(known.found.values())
    with transaction() as session:
        lost_links.write_to_participants(session, act, people)
        etape_id = session.get_one(Participant, people[0]).etape_id
        plan = programme.of_etape(session.connection(), etape_id)
    return registering.already_there(plan, Submission("", people=(newcomer,)), known.found)
