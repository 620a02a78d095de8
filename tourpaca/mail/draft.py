"""What a room hands to the outbox: one letter to one mailbox, as plain values."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class Event:
    """One entry of a calendar: an atelier for a person. Its `uid` is kept for ever.

    `start` and `end` are naive wall-clock times of Paris; without them the entry lasts the whole `day`.
    """

    uid: str
    sequence: int
    summary: str
    day: date
    start: datetime | None = None
    end: datetime | None = None
    location: str = ""
    description: str = ""
    cancelled: bool = False


@dataclass(frozen=True)
class Draft:
    """A letter to write: the triple (subject_key, kind, sequence) makes it unique for ever.

    `template` names templates/mail/<template>.txt and .html; `context` holds JSON values only, a snapshot
    of what was true when the act was committed. `from_name` is shown beside the house's own address (the
    tour's name); `reply_to` is the mailbox of the team of the étape (B13). After `expires_at` (aware) the letter says
    nothing useful any more: it is dropped with its reason rather than sent late. `by_hand` when a person wrote it and
    sends it: the house's own are automatic, and say so (B14).
    """

    kind: str
    subject_key: str
    to_email: str
    to_name: str
    subject: str
    template: str
    context: dict[str, Any]
    events: tuple[Event, ...] = field(default=())
    sequence: int = 0
    organisation_name: str = ""
    from_name: str = ""
    reply_to: str = ""
    tour_id: int | None = None
    etape_id: int | None = None
    envoi_id: int | None = None
    expires_at: datetime | None = None
    by_hand: bool = False
