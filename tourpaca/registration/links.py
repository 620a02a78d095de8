"""Personal links: the rows that open a dossier, or one participant of it, and the addresses that letters carry."""

from datetime import date, datetime, time, timedelta
from typing import Any

from tourpaca import clock, security, setting

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


def expiry(day: date) -> datetime:
    """Return the instant from which the personal links of an étape of this day open nothing."""
    return clock.instant(day, time(23, 59)) + KEPT


def address(token: str, page: str = "") -> str:
    """Return the address of a personal page, as a letter gives it."""
    return f"{setting.base_url()}/inscriptions/{token}{page}"
