"""The team's acts on limits: what an étape and its ateliers can hold, and those who wait served by what is added."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from tourpaca import french
from tourpaca.db import transaction
from tourpaca.journal.models import Act
from tourpaca.registration import freeing, promoting
from tourpaca.tour.actions import ateliers, etapes
from tourpaca.tour.facts import AtelierFacts, Edited, EtapeFacts


def save_ateliers(act: Act, etape_id: int, rows: Sequence[Edited[AtelierFacts]]) -> list[str]:
    """Change the rooms and limits of ateliers, and serve at once those who wait; return what is good to know.

    Refuses, and raises `Stale`, as `tour.actions.ateliers.write_ateliers` does.
    """
    with transaction() as session:
        freeing.lock(session, etape_id)  # before any row is written: registrations take them in this order
        told = ateliers.write_ateliers(session, act, etape_id, rows)
        return [*told, *_serve(session, act, etape_id)]


def edit_etape(act: Act, etape_id: int, version: int, facts: EtapeFacts) -> list[str]:
    """Change an étape, and serve at once those who wait; return what is good to know.

    Refuses, and raises `Stale`, as `tour.actions.etapes.write` does.
    """
    with transaction() as session:
        freeing.lock(session, etape_id)  # before any row is written: registrations take them in this order
        told = etapes.write(session, act, etape_id, version, facts)
        return [*told, *_serve(session, act, etape_id)]


def _serve(session: Session, act: Act, etape_id: int) -> list[str]:
    session.flush()
    given = promoting.settle(session, act, etape_id).given
    people = french.plural(given, "personne qui attendait reçoit", "personnes qui attendaient reçoivent")
    return [french.typo(f"{people} une place, ou son offre : les messages partent.")] if given else []
