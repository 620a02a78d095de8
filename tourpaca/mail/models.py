"""The outbox: every letter the house writes, and the sends that gather several of them."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tourpaca.db import Base, Instant

A_ENVOYER, EN_COURS, NOUVEL_ESSAI, PARTI, REFUSE, INTERROMPU = (
    "a_envoyer",
    "en_cours",
    "nouvel_essai",
    "parti",
    "refuse",
    "interrompu",
)
# Held until a setting is mended; dropped because what it announces is over; left, and sent back by the other side.
RETENU, PERIME, REVENU = "retenu", "perime", "revenu"
DUR, DOUX = "dur", "doux"


class Envoi(Base):
    """One message written by the team to a filter; each of its letters is a row of its own."""

    __tablename__ = "envoi"

    id: Mapped[int] = mapped_column(primary_key=True)
    tour_id: Mapped[int] = mapped_column(ForeignKey("tour.id"), index=True)
    member_id: Mapped[int | None]
    subject: Mapped[str]
    body: Mapped[str]
    criteria: Mapped[dict[str, object]] = mapped_column(JSON)
    send_key: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    interrupted_at: Mapped[datetime | None] = mapped_column(Instant)


class Letter(Base):
    """One letter to one mailbox, committed with the act that causes it.

    `content` is the snapshot of what it says (template, context, events); after `expires_at` it says nothing
    useful any more and is dropped with its reason. `mime` is there once the worker
    has frozen the bytes, before the first try, so that every try sends the same bytes and Message-ID; `unjoined` counts
    the calendar entries that could not be made then.
    """

    __tablename__ = "letter"
    __table_args__ = (
        UniqueConstraint("subject_key", "kind", "sequence"),
        Index(None, "state", "due_at"),
        Index(None, "tour_id", "id"),
        Index(None, "message_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    tour_id: Mapped[int | None]
    etape_id: Mapped[int | None]
    envoi_id: Mapped[int | None] = mapped_column(ForeignKey("envoi.id"), index=True)
    subject_key: Mapped[str]
    kind: Mapped[str]
    sequence: Mapped[int] = mapped_column(default=0)
    to_email: Mapped[str]
    to_name: Mapped[str] = mapped_column(default="")
    organisation_name: Mapped[str] = mapped_column(default="")
    reply_to: Mapped[str] = mapped_column(default="")
    subject: Mapped[str]
    content: Mapped[dict[str, object]] = mapped_column(JSON)
    message_id: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default=A_ENVOYER)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(Instant)
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    lease_token: Mapped[str] = mapped_column(default="")
    answer: Mapped[str] = mapped_column(default="")
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    unjoined: Mapped[int] = mapped_column(default=0, server_default="0")

    mime: Mapped["Mime | None"] = relationship()


class Mime(Base):
    """The frozen bytes of a letter: a row apart, or each change of state would write them again."""

    __tablename__ = "mime"

    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"), primary_key=True)
    content: Mapped[bytes]


class Rejet(Base):
    """What came back for an address: a refusal for good ("dur") or for now ("doux"), told by a server or by a notice.

    One for good, or three for now, mark the address until the team clears it. `source` is the identity of what
    told it, so that the same notice taken in twice counts once; a server's own answer has none.
    """

    __tablename__ = "rejet"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(index=True)
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id"), index=True)
    kind: Mapped[str]
    reason: Mapped[str]
    source: Mapped[str | None] = mapped_column(unique=True)
    at: Mapped[datetime] = mapped_column(Instant)
    cleared_at: Mapped[datetime | None] = mapped_column(Instant)


class Desabonnement(Base):
    """An address that wants no more invitations to the events of a tour; what concerns its registration still comes."""

    __tablename__ = "desabonnement"
    __table_args__ = (UniqueConstraint("tour_id", "email"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tour_id: Mapped[int] = mapped_column(ForeignKey("tour.id"))
    email: Mapped[str]
    at: Mapped[datetime] = mapped_column(Instant)
