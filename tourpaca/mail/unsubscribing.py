"""Who wants no more invitations: the way out that an invitation carries (RFC 8058), and honouring it at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select

from tourpaca import security, setting
from tourpaca.db import insert_on, session, table, transaction
from tourpaca.journal.models import Act
from tourpaca.journal.writing import write
from tourpaca.mail.models import Desabonnement, Letter
from tourpaca.refusal import Unknown

PURPOSE = "desabonnement"
LOST = "Ce lien ne mène à aucune invitation. Répondez au message reçu : l’équipe fera le nécessaire."


@dataclass(frozen=True)
class Asker:
    """Whose way out it is: the tour of the invitation, and the address that it left for."""

    tour_id: int
    email: str


def subject_key(envoi_id: int, participant_id: int) -> str:
    """Return the key of the letter that a send makes for a person."""
    return f"envoi:{envoi_id}:participant:{participant_id}"


def address(envoi_id: int, participant_id: int) -> str:
    """Return the address of the way out of one invitation: it names nobody and only this house can make it."""
    token = security.derived(PURPOSE, subject_key(envoi_id, participant_id))
    return f"{setting.base_url()}/desabonnement/{envoi_id}/{participant_id}/{token}"


def asker(envoi_id: int, participant_id: int, token: str) -> Asker:
    """Return whose way out an address is; refuses (`Unknown`) one that was not made here or leads to no letter."""
    key = subject_key(envoi_id, participant_id)
    found = select(Letter.tour_id, Letter.to_email).where(Letter.subject_key == key).limit(1)
    row = session().execute(found).first() if security.is_derived(token, PURPOSE, key) else None
    if row is None or row.tour_id is None:
        raise Unknown(LOST)
    return Asker(row.tour_id, row.to_email.lower())


def leave(act: Act, whose: Asker) -> None:
    """Write no more invitations of a tour to an address; asked again, nothing changes."""
    with transaction() as session:
        row = insert_on(session.get_bind().dialect.name)(table(Desabonnement))
        values = {"tour_id": whose.tour_id, "email": whose.email, "at": act.now}
        added = row.values(values).on_conflict_do_nothing(index_elements=["tour_id", "email"])
        if session.scalar(added.returning(table(Desabonnement).c.id)) is not None:
            text = "Une adresse ne veut plus recevoir d’invitations."
            write(session, act, "desabonner", f"tour:{whose.tour_id}", text, whose.tour_id)


def come_back(act: Act, whose: Asker) -> None:
    """Write the invitations of a tour to an address again; asked again, nothing changes."""
    with transaction() as session:
        mine = (Desabonnement.tour_id == whose.tour_id, Desabonnement.email == whose.email)
        removed: Any = session.execute(delete(Desabonnement).where(*mine))
        if removed.rowcount:
            text = "Une adresse veut de nouveau recevoir les invitations."
            write(session, act, "reabonner", f"tour:{whose.tour_id}", text, whose.tour_id)


def is_gone(whose: Asker) -> bool:
    """Tell whether an address wants no more invitations of a tour."""
    return bool(gone(whose.tour_id, [whose.email]))


def gone(tour_id: int, emails: Iterable[str]) -> set[str]:
    """Return those of the addresses (lower-cased) that want no more invitations of a tour."""
    asked = {email.lower() for email in emails if email}
    left = select(Desabonnement.email).where(Desabonnement.tour_id == tour_id, Desabonnement.email.in_(asked))
    return set(session().scalars(left))
