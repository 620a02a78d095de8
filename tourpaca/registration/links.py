"""Personal links: the rows that open a dossier, or one participant of it, and the addresses that letters carry."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tourpaca import clock, security, setting
from tourpaca.db import insert_on, table
from tourpaca.prepared import Open, Prepared
from tourpaca.registration.models import Dossier, Lien

LIEN = table(Lien)
KEPT = timedelta(days=30)


def token_of(key: str, number: int | None = None) -> str:
    """Return the token of a submission, or of its nth person: the same at each repeated sending."""
    return security.derived("inscription", key if number is None else f"{key}:{number}")


def row(token: str, day: date, dossier_id: int, participant_id: int | None = None) -> dict[str, Any]:
    """Return the row of a link, good until thirty days after the étape."""
    return {
        "token_hash": security.hash_token(token),
        "dossier_id": dossier_id,
        "participant_id": participant_id,
        "expires_at": expiry(day),
    }


@cache
def _missing(engine: str) -> Prepared:
    return Prepared(insert_on(engine)(LIEN).on_conflict_do_nothing(index_elements=["token_hash"]))


def stand(connection: Open, rows: Sequence[dict[str, Any]]) -> None:
    """Write the links that are missing: a token derived with a new secret key has no row yet. The others stay as is."""
    _missing(connection.dialect.name).each(connection, rows)


def follow(session: Session, etape_id: int, day: date) -> None:
    """Let the links of an étape that moved live until thirty days after its new day; a revoked one stays so."""
    dossiers = select(Dossier.id).where(Dossier.etape_id == etape_id)
    stale = (Lien.dossier_id.in_(dossiers), Lien.revoked_at.is_(None), Lien.expires_at != expiry(day))
    session.execute(
        update(Lien).where(*stale).values(expires_at=expiry(day)).execution_options(synchronize_session=False)
    )


def revoke(session: Session, participant_id: int, now: datetime) -> None:
    """End the links of one person, for ever."""
    theirs = (Lien.participant_id == participant_id, Lien.revoked_at.is_(None))
    change = update(Lien).where(*theirs).values(revoked_at=now)
    session.execute(change.execution_options(synchronize_session=False))


def expiry(day: date) -> datetime:
    """Return the instant from which the personal links of an étape of this day open nothing."""
    return clock.instant(day, time(23, 59)) + KEPT


def address(token: str, page: str = "") -> str:
    """Return the address of a personal page, as a letter gives it."""
    return f"{setting.base_url()}/inscriptions/{token}{page}"
