"""Calendars to subscribe to: of one person, or of one organisation on a tour; each has an address of its own.

The address is derived from whose it is and how many it had before, so that the page can show it again while only its
hash is kept. A new one ends the old one at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from tourpaca import security, setting
from tourpaca.db import connection_of, insert_on, session, table, transaction
from tourpaca.journal.models import Act
from tourpaca.journal.writing import write
from tourpaca.organisations.models import Organisation
from tourpaca.registration.models import Agenda
from tourpaca.registration.queries import Coming, MyRegistration
from tourpaca.registration.rules import mailbox

AGENDA = table(Agenda)


@dataclass(frozen=True)
class Owner:
    """Whose calendar it is: a participant, or an organisation on a tour."""

    tour_id: int
    participant_id: int | None = None
    organisation_id: int | None = None

    @property
    def key(self) -> str:
        """What the address is derived from."""
        return f"{self.tour_id}:{self.participant_id or ''}:{self.organisation_id or ''}"

    @property
    def rows(self) -> ColumnElement[bool]:
        """The condition of its rows, present and past."""
        return (
            (Agenda.tour_id == self.tour_id)
            & Agenda.participant_id.is_not_distinct_from(self.participant_id)
            & Agenda.organisation_id.is_not_distinct_from(self.organisation_id)
        )


@dataclass(frozen=True)
class Offer:
    """A calendar that a page offers; `address` is empty until it is asked for, `seen` counts those it has had."""

    owner: Owner
    name: str
    address: str
    seen: int

    @property
    def webcal(self) -> str:
        """The address as calendars subscribe to it."""
        return f"webcal:{self.address.partition(':')[2]}"


def subscribe(act: Act, owner: Owner, seen: int) -> None:
    """Give a calendar an address, in place of the one it had: that one opens nothing from now on.

    `seen` is how many it had had when the page was shown: the same form sent twice makes one address.
    """
    with transaction() as current:
        if _count(current, owner) != seen:
            return
        connection = connection_of(current)
        made = insert_on(connection.dialect.name)(AGENDA).values(
            tour_id=owner.tour_id,
            participant_id=owner.participant_id,
            organisation_id=owner.organisation_id,
            token_hash=security.hash_token(security.derived("agenda", f"{owner.key}:{seen}")),
            created_at=act.now,
        )
        unless_made = made.on_conflict_do_nothing(index_elements=["token_hash"]).returning(AGENDA.c.id)
        # First, and alone: the same form sent at once must not end the address that the other has just made.
        new = connection.scalar(unless_made)
        if new is None:
            return
        former = update(Agenda).where(owner.rows, Agenda.id != new, Agenda.revoked_at.is_(None))
        current.execute(former.values(revoked_at=act.now))
        verb, text = (
            ("agenda.ouvrir", "Un agenda est suivi.")
            if not seen
            else ("agenda.changer", "Un agenda change d’adresse.")
        )
        write(current, act, verb, f"tour:{owner.tour_id}", text, owner.tour_id)


def revoke(current: Session, participant_id: int, now: datetime) -> None:
    """End the calendar of one person, for ever."""
    theirs = (Agenda.participant_id == participant_id, Agenda.revoked_at.is_(None))
    current.execute(update(Agenda).where(*theirs).values(revoked_at=now))


def _count(current: Session, owner: Owner) -> int:
    return current.scalar(select(func.count()).select_from(Agenda).where(owner.rows)) or 0


def offered(page: MyRegistration) -> list[Offer]:
    """Return the calendars that a personal page offers.

    A person's own page: theirs. The contact's: the organisation's, and those of whom the contact's mailbox serves.
    """
    owners = [(Owner(page.tour.id, participant_id=each.participant_id), each.name) for each in _served(page)]
    if page.whole and page.organisation_id is not None and page.coming:
        owners.insert(
            0, (Owner(page.tour.id, organisation_id=_body(page.organisation_id)), page.organisation)
        )
    had = _had(page.tour.id, [owner for owner, _ in owners])
    return [_offer(owner, name, had.get(owner, [])) for owner, name in owners]


def _served(page: MyRegistration) -> Sequence[Coming]:
    here = mailbox(page.contact_email)
    return [p for p in page.coming if not page.whole or not p.email or mailbox(p.email) == here]


def _body(organisation_id: int) -> int:
    body = func.coalesce(Organisation.root_id, Organisation.id)
    return session().scalar(select(body).where(Organisation.id == organisation_id)) or organisation_id


def _had(tour_id: int, owners: Sequence[Owner]) -> dict[Owner, list[Agenda]]:
    """Return the addresses that each has had, oldest first, in one statement."""
    people = [owner.participant_id for owner in owners if owner.participant_id]
    bodies = [owner.organisation_id for owner in owners if owner.organisation_id]
    whose = or_(Agenda.participant_id.in_(people), Agenda.organisation_id.in_(bodies))
    found: dict[Owner, list[Agenda]] = {}
    for row in session().scalars(select(Agenda).where(Agenda.tour_id == tour_id, whose).order_by(Agenda.id)):
        found.setdefault(Owner(row.tour_id, row.participant_id, row.organisation_id), []).append(row)
    return found


def _offer(owner: Owner, name: str, rows: Sequence[Agenda]) -> Offer:
    live = rows[-1].token_hash if rows and rows[-1].revoked_at is None else ""
    made = security.derivations("agenda", f"{owner.key}:{len(rows) - 1}")
    token = next((each for each in made if security.hash_token(each) == live), "")
    address = f"{setting.base_url()}/agendas/{token}.ics" if token else ""
    return Offer(owner, name, address, len(rows))
