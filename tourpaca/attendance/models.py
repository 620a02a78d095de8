"""Marks, which are facts, and the presences that follow from them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tourpaca.db import Base, Instant

PRESENT, ABSENT, EXCUSE, SANS_REPONSE = "present", "absent", "excuse", "sans_reponse"


class Mark(Base):
    """A fact: somebody noted a status for a participant in an atelier. Appended only; a trigger refuses the rest.

    An annulment is a mark too (`sans_reponse`). `nonce` makes a repeated sending count once.
    """

    __tablename__ = "mark"
    __table_args__ = (
        CheckConstraint("status IN ('present', 'absent', 'excuse', 'sans_reponse')", name="status"),
        Index(None, "participant_id", "atelier_id", "id"),
        Index(None, "atelier_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    nonce: Mapped[str] = mapped_column(unique=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"))
    atelier_id: Mapped[int] = mapped_column(ForeignKey("atelier.id"))
    status: Mapped[str]
    source: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    marked_at: Mapped[datetime] = mapped_column(Instant)
    received_at: Mapped[datetime] = mapped_column(Instant)
    member_id: Mapped[int | None]
    author_name: Mapped[str] = mapped_column(default="")


class Presence(Base):
    """The last word of the marks for a participant in an atelier, written in the mark's own transaction.

    Always equal to the newest mark (`flask doctor` compares). The thématique, the organisation and whether the
    person counts stand on the row so that the chiffres clés are one indexed read.
    """

    __tablename__ = "presence"
    __table_args__ = (
        Index(
            "ix_presence_counted",
            "thematique_id",
            "organisation_id",
            "atelier_id",
            # The two last are constant here; with them the index answers alone and SQLite leaves the table closed.
            "status",
            "counted",
            sqlite_where=text("status = 'present' AND counted"),
            postgresql_where=text("status = 'present' AND counted"),
        ),
        Index(None, "atelier_id", "status"),
    )

    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), primary_key=True)
    atelier_id: Mapped[int] = mapped_column(ForeignKey("atelier.id"), primary_key=True)
    thematique_id: Mapped[int | None] = mapped_column(ForeignKey("thematique.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    status: Mapped[str]
    counted: Mapped[bool] = mapped_column(default=True)
    mark_id: Mapped[int] = mapped_column(ForeignKey("mark.id"))
