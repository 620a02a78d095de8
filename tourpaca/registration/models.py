"""Dossiers, the people in them, their places, and the personal links that open them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tourpaca.db import Base, Instant, partial_index

CONFIRMEE, PROPOSEE, EN_ATTENTE = "confirmee", "proposee", "en_attente"
PASSEE, ANNULEE = "passee", "annulee"
# A place held out to somebody counts as taken: the public never sees it free.
TAKING = (CONFIRMEE, PROPOSEE)
LIVE = (CONFIRMEE, PROPOSEE, EN_ATTENTE)
EN_LIGNE, SUR_PLACE, IMPORT = "en_ligne", "sur_place", "import"


class Dossier(Base):
    """One submission for one étape: an organisation (or none), a contact, and the people who come.

    `submission_key` comes with the form, so that a double click, a refresh or two tabs make one dossier.
    `organisation_typed` keeps the name as it was written. `together`: its people who wait for one atelier are served
    together or not yet.
    """

    __tablename__ = "dossier"
    __table_args__ = (
        partial_index(
            "ix_dossier_silent",
            "etape_id",
            "organisation_id",
            where="NOT cited",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    etape_id: Mapped[int] = mapped_column(ForeignKey("etape.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    organisation_typed: Mapped[str] = mapped_column(default="")
    contact_name: Mapped[str] = mapped_column(default="")
    contact_email: Mapped[str] = mapped_column(default="", index=True)
    contact_phone: Mapped[str] = mapped_column(default="")
    access_needs: Mapped[str] = mapped_column(default="")
    cited: Mapped[bool] = mapped_column(default=True)
    together: Mapped[bool] = mapped_column(default=True, server_default=true())
    source: Mapped[str] = mapped_column(default=EN_LIGNE)
    submission_key: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant)

    participants: Mapped[list["Participant"]] = relationship(
        back_populates="dossier", order_by="Participant.id"
    )


class Participant(Base):
    """A person expected at one étape.

    `identity_key` is the folded name with the folded organisation: it tells that somebody registers twice.
    `external_ref` names the person in a presences file ("P001").
    """

    __tablename__ = "participant"
    __table_args__ = (
        Index(None, "etape_id", "identity_key"),
        Index(None, "email"),
        partial_index(
            "uq_participant_etape_external",
            "etape_id",
            "external_ref",
            unique=True,
            where="external_ref IS NOT NULL",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    etape_id: Mapped[int] = mapped_column(ForeignKey("etape.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    first_name: Mapped[str] = mapped_column(default="")
    last_name: Mapped[str]
    email: Mapped[str] = mapped_column(default="")
    role: Mapped[str] = mapped_column(default="participant")
    sort_key: Mapped[str]
    identity_key: Mapped[str]
    external_ref: Mapped[str | None]
    cancelled_at: Mapped[datetime | None] = mapped_column(Instant)

    dossier: Mapped[Dossier] = relationship(back_populates="participants")
    places: Mapped[list["Place"]] = relationship(back_populates="participant", order_by="Place.creneau_id")


class Place(Base):
    """A participant in an atelier; the rank of a waiting place is its order among the waiting of that atelier.

    At most one confirmed place per participant and créneau, and one live place per participant and atelier (partial
    unique indexes hold both): somebody may hold one atelier and wait for another of the same hour. `uid` names the
    calendar entry for ever; `calendar_sequence` grows with each change that the calendar must follow, and `told` is
    what it was told last (day, hours, place and room; empty when that is not known). `offered_until` is the end of an
    offer, kept once it passed unanswered.
    """

    __tablename__ = "place"
    __table_args__ = (
        CheckConstraint(
            "state IN ('confirmee', 'proposee', 'en_attente', 'passee', 'annulee')", name="state"
        ),
        partial_index(
            "uq_place_participant_creneau_confirmed",
            "participant_id",
            "creneau_id",
            unique=True,
            where="state = 'confirmee'",
        ),
        partial_index(
            "uq_place_participant_atelier_live",
            "participant_id",
            "atelier_id",
            unique=True,
            where="state IN ('confirmee', 'proposee', 'en_attente')",
        ),
        Index(None, "atelier_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    atelier_id: Mapped[int] = mapped_column(ForeignKey("atelier.id"))
    creneau_id: Mapped[int] = mapped_column(ForeignKey("creneau.id"))
    state: Mapped[str]
    uid: Mapped[str] = mapped_column(unique=True)
    calendar_sequence: Mapped[int] = mapped_column(default=0)
    told: Mapped[str] = mapped_column(default="", server_default="")
    offered_until: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)

    participant: Mapped[Participant] = relationship(back_populates="places")


class Passage(Base):
    """A turn in the life of a place, with who made it and why; never changed. `other_id` is the place it led to.

    What a place was at its birth is not written: it follows from the first turn.
    """

    __tablename__ = "passage"

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"), index=True)
    other_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    kind: Mapped[str]
    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str]
    actor_name: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")


class Lien(Base):
    """A personal link: opens a whole dossier, or one participant of it; only the hash of its token is kept."""

    __tablename__ = "lien"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    participant_id: Mapped[int | None] = mapped_column(ForeignKey("participant.id"))
    expires_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)

    dossier: Mapped[Dossier] = relationship()


class Agenda(Base):
    """A calendar to subscribe to (webcal), of one person or of one organisation on a tour; only a hash opens it."""

    __tablename__ = "agenda"

    id: Mapped[int] = mapped_column(primary_key=True)
    tour_id: Mapped[int] = mapped_column(ForeignKey("tour.id"))
    participant_id: Mapped[int | None] = mapped_column(ForeignKey("participant.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
