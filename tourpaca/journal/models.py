"""The entries of the journal, and the act that every action is given."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, mapped_column

from tourpaca.db import Base, Instant


@dataclass(frozen=True)
class Act:
    """Who acts, and when: the first argument of every action.

    `actor` is "membre:<id>", "dossier:<id>", "public" or "système"; `name` is how the journal shows them.
    """

    now: datetime
    actor: str = "système"
    name: str = "Le système"

    @property
    def member_id(self) -> int | None:
        """The id of the team member who acts, or None."""
        kind, _, number = self.actor.partition(":")
        return int(number) if kind == "membre" else None


class Entry(Base):
    """One act, told in French; never changed, never removed (a trigger refuses)."""

    __tablename__ = "journal_entry"
    __table_args__ = (Index(None, "tour_id", "id"), Index(None, "subject"))

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str]
    actor_name: Mapped[str]
    verb: Mapped[str]
    subject: Mapped[str]
    tour_id: Mapped[int | None]
    etape_id: Mapped[int | None]
    text: Mapped[str]
    data: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
