"""Team members, their one-time links, their sessions, and the attempts at signing in."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tourpaca.db import Base, Instant

ROLES = ("organisation", "etape", "accueil", "lecture")


class Member(Base):
    """A person of the team; `etape` and `accueil` members may be bound to one étape."""

    __tablename__ = "member"
    __table_args__ = (
        CheckConstraint("role IN ('organisation', 'etape', 'accueil', 'lecture')", name="role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(default="")
    role: Mapped[str]
    etape_id: Mapped[int | None] = mapped_column(ForeignKey("etape.id"))
    password_hash: Mapped[str] = mapped_column(default="")
    disabled_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)


class SignInLink(Base):
    """A link that signs in once: an invitation, or a forgotten password."""

    __tablename__ = "sign_in_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)

    member: Mapped[Member] = relationship()


class MemberSession(Base):
    """A signed-in browser; signing out ends the row, so that a copied cookie is worth nothing."""

    __tablename__ = "member_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)

    member: Mapped[Member] = relationship()


class Attempt(Base):
    """A try at something limited (sign-in, lost link), kept as a hashed key for the length of its window."""

    __tablename__ = "attempt"
    __table_args__ = (Index(None, "key", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    at: Mapped[datetime] = mapped_column(Instant)
