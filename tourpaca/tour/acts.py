"""What several acts of the programme share: finding a row, adding an étape, the journal and the revision."""

from dataclasses import asdict
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tourpaca.journal import writing
from tourpaca.journal.models import Act
from tourpaca.refusal import Unknown
from tourpaca.tour import departements, revision, rules, slugs
from tourpaca.tour.facts import EtapeFacts
from tourpaca.tour.models import Etape, Tour

Row = TypeVar("Row")


def found(session: Session, table: type[Row], row_id: int) -> Row:
    """Return a row by its id, or refuse with `Unknown`: it was removed, or never was."""
    row = session.get(table, row_id)
    if row is None:
        raise Unknown("Cet élément du programme n’existe plus. Rien n’a été changé.")
    return row


def alone_on(session: Session, tour_id: int) -> None:
    """Let one act at a time add to the programme of a tour, so that numbers and addresses stay unique.

    SQLite has one writer anyway. The lock is the weakest that excludes its like: readers and registrations pass.
    """
    session.execute(select(Tour.id).where(Tour.id == tour_id).with_for_update(key_share=True))


def add_etape(session: Session, tour_id: int, facts: EtapeFacts, kind: str) -> Etape:
    """Add an étape to the open transaction, at the end of its tour, under a free address."""
    alone_on(session, tour_id)
    name = departements.NAMES[facts.departement]
    taken = slugs.RESERVED_ETAPES.union(session.scalars(select(Etape.slug).where(Etape.tour_id == tour_id)))
    last = session.scalar(select(func.max(Etape.ordre)).where(Etape.tour_id == tour_id)) or 0
    etape = Etape(
        tour_id=tour_id,
        ordre=last + 1,
        slug=slugs.unique(facts.town or name, taken, "etape"),
        departement_name=name,
        kind=kind,
        **asdict(facts),
    )
    session.add(etape)
    return etape


def named(etape: Etape) -> str:
    """Return how the journal names an étape."""
    return f"« {rules.heading(etape)} »"


def conclude_tour(session: Session, act: Act, verb: str, tour_id: int, text: str, **data: Any) -> None:
    """Write what was done to a tour in the journal, then count the change."""
    writing.write(session, act, verb, f"tour:{tour_id}", text, tour_id=tour_id, **data)
    revision.bump(session, tour_id)


def conclude_etape(session: Session, act: Act, verb: str, etape: Etape, text: str, **data: Any) -> None:
    """Write what was done to an étape in the journal, then count the change of its tour."""
    writing.write(
        session, act, verb, f"etape:{etape.id}", text, tour_id=etape.tour_id, etape_id=etape.id, **data
    )
    revision.bump(session, etape.tour_id)
