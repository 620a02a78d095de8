"""The organisations of a tour file: those the base lacks, and the spellings it has not seen."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tourpaca.fiches.tour_file.entries import OrganisationEntry
from tourpaca.fiches.tour_file.report import Report
from tourpaca.journal.models import Act
from tourpaca.organisations import attachment
from tourpaca.organisations import rules as organisation_rules
from tourpaca.organisations.models import Graphie, Organisation

ORIGIN = "tournée "  # then the slug of the tour: how an export finds the names that its file brought


def write(
    session: Session, act: Act, report: Report, entries: Iterable[OrganisationEntry], tour_slug: str
) -> None:
    """Write the organisations that are unknown, by identifier then by key, and the spellings that are new.

    Two bodies of the base that hold the key of one name leave it to a person: the name is reported, not attached.
    """
    known = _known(session)
    for entry in entries:
        organisation_id = known.get(entry.slug) or _by_key(session, entry)
        if organisation_id is None:
            organisation_id = _create(session, act, entry)
            report.create("organisation", str(entry.values["name"]))
        known[entry.slug] = organisation_id
        _graphies(session, report, entry, organisation_id, ORIGIN + tour_slug)
    for entry in entries:
        if entry.linked_to in known:
            _link(session, known[entry.slug], known[entry.linked_to])


def _known(session: Session) -> dict[str, int]:
    return dict(session.execute(select(Organisation.slug, Organisation.id)).all())


def _by_key(session: Session, entry: OrganisationEntry) -> int | None:
    """Return the one body that holds the key of the name, or None."""
    key = organisation_rules.key(str(entry.values["name"]))
    asked = (
        select(Organisation.root_id)
        .join(Graphie, Graphie.organisation_id == Organisation.id)
        .where(Graphie.key == key, Graphie.composite.is_(False))
        .distinct()
    )
    holders = session.scalars(asked).all()
    return holders[0] if len(holders) == 1 else None


def _create(session: Session, act: Act, entry: OrganisationEntry) -> int:
    name = str(entry.values["name"])
    row = Organisation(
        **entry.values, slug=entry.slug, sort_key=organisation_rules.key(name), created_at=act.now
    )
    session.add(row)
    session.flush()
    row.root_id = row.id
    session.flush()
    return row.id


def _graphies(
    session: Session, report: Report, entry: OrganisationEntry, organisation_id: int, origin: str
) -> None:
    asked = select(Graphie.text).where(Graphie.organisation_id == organisation_id)
    seen = set(session.scalars(asked))
    for graphie in entry.graphies:
        if graphie.text not in seen:
            seen.add(graphie.text)
            attachment.write_graphie(
                session, organisation_id, graphie.text, graphie.origin or origin, graphie.composite
            )
            report.create("graphie", graphie.text + (" (composite)" if graphie.composite else ""))


def _link(session: Session, organisation_id: int, to: int) -> None:
    asked: Any = select(Organisation.linked_to_id).where(Organisation.id == organisation_id)
    if session.scalar(asked) is None:
        root = session.scalar(select(Organisation.root_id).where(Organisation.id == to))
        session.execute(
            update(Organisation)
            .where(Organisation.id == organisation_id)
            .values(linked_to_id=to, root_id=root)
        )
