"""Finding registrations again inside the open transaction: fresh links to all a mailbox holds, by letter only."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import func, insert, or_, select
from sqlalchemy.orm import Session

from tourpaca import french, security
from tourpaca.accounts.models import Attempt
from tourpaca.db import table
from tourpaca.journal.models import Act
from tourpaca.mail import outbox
from tourpaca.registration import letters, links
from tourpaca.registration.models import Dossier, Lien, Participant
from tourpaca.tour.models import Etape, Tour

PER_HOUR = 3


def write_to(session: Session, act: Act, email: str) -> None:
    """Leave one letter in the outbox with a link to each registration of a mailbox; nothing when it has none.

    After three letters within an hour nothing more is written: nobody's mailbox can be flooded.
    """
    if not _may_ask(session, act, email):
        return
    rows = [row for row in _registrations(session, email) if links.expiry(row.Etape.day) > act.now]
    if rows:
        _send(session, act, email, rows)


def write_to_participants(session: Session, act: Act, people: Iterable[int]) -> None:
    """Write to the mailboxes that serve these participants, as if they had asked."""
    own = func.coalesce(func.nullif(Participant.email, ""), Dossier.contact_email)
    asked = select(own).join(Participant.dossier).where(Participant.id.in_(list(people)))
    for email in sorted({email for email in session.scalars(asked) if email}):
        write_to(session, act, email)


def _may_ask(session: Session, act: Act, email: str) -> bool:
    key = security.hash_token(f"lost-link {email}")
    since = act.now - timedelta(hours=1)
    asked = select(func.count()).select_from(Attempt).where(Attempt.key == key, Attempt.at > since)
    count = session.scalar(asked) or 0
    session.execute(insert(Attempt).values(key=key, at=act.now))
    return count < PER_HOUR


def _registrations(session: Session, email: str) -> Sequence[Any]:
    """Return the people who come, of whom this mailbox is the contact's or their own."""
    return session.execute(
        select(Participant, Dossier, Etape, Tour)
        .join(Dossier, Dossier.id == Participant.dossier_id)
        .join(Etape, Etape.id == Dossier.etape_id)
        .join(Tour, Tour.id == Etape.tour_id)
        .where(
            Participant.cancelled_at.is_(None),
            or_(Dossier.contact_email == email, Participant.email == email),
        )
        .order_by(Etape.day, Participant.id)
    ).all()


def _send(session: Session, act: Act, email: str, rows: Sequence[Any]) -> None:
    pages: dict[tuple[int, int | None], list[Any]] = {}
    for row in rows:
        whole = row.Dossier.contact_email == email
        pages.setdefault((row.Dossier.id, None if whole else row.Participant.id), []).append(row)
    found, rights = [], []
    for (dossier_id, participant_id), people in pages.items():
        token = security.new_token()
        rights.append(links.row(token, people[0].Etape.day, dossier_id, participant_id))
        found.append(_found(people, token))
    session.connection().execute(insert(table(Lien)), rights)
    key = f"lien:{rights[0]['token_hash'][:32]}"
    outbox.post(session, [letters.of_lost_link(email, key, found)], act.now)


def _found(people: Sequence[Any], token: str) -> letters.Found:
    etape = people[0].Etape
    names = [f"{row.Participant.first_name} {row.Participant.last_name}".strip() for row in people]
    return letters.Found(
        people[0].Tour.name,
        etape.place_name,
        french.long_date(etape.day),
        french.listing(names),
        links.address(token),
        etape.contact_email or people[0].Tour.contact_email,
        people[0].Tour.id,
        etape.id,
    )
