"""Marks, which are facts, the presences that follow from them, and the lists that the team takes out again."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tourpaca.db import Base, Instant, partial_index

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
        partial_index(
            "ix_presence_counted",
            "thematique_id",
            "organisation_id",
            "atelier_id",
            # The two last are constant here; with them the index answers alone and SQLite leaves the table closed.
            "status",
            "counted",
            where="status = 'present' AND counted",
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


class ListPreset(Base):
    """Columns of an attendance list kept under a name, for everybody of a tour: « Pour le traiteur »."""

    __tablename__ = "list_preset"
    __table_args__ = (UniqueConstraint("tour_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tour_id: Mapped[int] = mapped_column(ForeignKey("tour.id"))
    name: Mapped[str]
    columns: Mapped[list[str]] = mapped_column(JSON)


class Modele(Base):
    """The text of a tour for an occasion (a reminder, the thanks…), with its fields; versions guard two editors."""

    __tablename__ = "modele"
    __table_args__ = (UniqueConstraint("tour_id", "occasion"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tour_id: Mapped[int] = mapped_column(ForeignKey("tour.id"))
    occasion: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(Instant)


class Rappel(Base):
    """A letter that leaves by itself `days` days from each étape (negative: before), at 9 h of Paris, while enabled.

    Nothing leaves for a moment that was past when it was enabled.
    """

    __tablename__ = "rappel"
    __table_args__ = (UniqueConstraint("tour_id", "occasion"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tour_id: Mapped[int] = mapped_column(ForeignKey("tour.id"))
    occasion: Mapped[str]
    days: Mapped[int]
    enabled_at: Mapped[datetime | None] = mapped_column(Instant)


class Depart(Base):
    """What became of a reminder for one étape: sent, missed or needless; one row, so that it never leaves twice."""

    __tablename__ = "depart"
    __table_args__ = (UniqueConstraint("rappel_id", "etape_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    rappel_id: Mapped[int] = mapped_column(ForeignKey("rappel.id"))
    etape_id: Mapped[int] = mapped_column(ForeignKey("etape.id"))
    state: Mapped[str]
    due_at: Mapped[datetime] = mapped_column(Instant)
    done_at: Mapped[datetime] = mapped_column(Instant)
    envoi_id: Mapped[int | None] = mapped_column(ForeignKey("envoi.id"))
