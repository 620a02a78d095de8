"""The chains of links between organisations, and the end of each, written down with every change."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tourpaca.db import table
from tourpaca.organisations.models import Organisation

OWN = table(Organisation)


def lead(session: Session, organisation_id: int, to_id: int | None) -> None:
    """Link an organisation to another (None: to nobody), and bring up to date where its chain ends.

    Called with the links held: only what leads to this organisation changes its end.
    """
    ends = select(OWN.c.root_id).where(OWN.c.id == to_id)
    end = session.scalar(ends) if to_id is not None else organisation_id
    session.execute(update(OWN).where(OWN.c.id == organisation_id).values(linked_to_id=to_id))
    followers = _followers(session, organisation_id)
    session.execute(update(OWN).where(OWN.c.id.in_(followers)).values(root_id=end))
    session.expire_all()


def _followers(session: Session, organisation_id: int) -> set[int]:
    """Return the organisation and all that lead to it, link after link."""
    found, level = {organisation_id}, {organisation_id}
    while level:
        asked = select(OWN.c.id).where(OWN.c.linked_to_id.in_(level))
        level = set(session.scalars(asked)) - found
        found |= level
    return found
