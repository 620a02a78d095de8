"""The programme of a tour: what is held, when, where, for how many people."""

from datetime import date, datetime, time

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tourpaca.db import Base, Instant

MATINEE = "matinee"
CAPITALISATION = "capitalisation"
PREVU, ANNULE = "prevu", "annule"
# How a place that comes free reaches who waits, and what a group that does not fit does to those behind it.
AUTOMATIQUE, A_CONFIRMER = "automatique", "a_confirmer"
BLOQUER, PASSER = "bloquer", "passer"


class Tour(Base):
    """A tour of dates; `revision` counts every change that a public page could show."""

    __tablename__ = "tour"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    poster_kicker: Mapped[str] = mapped_column(default="")
    poster_title: Mapped[str] = mapped_column(default="")
    pitch: Mapped[str] = mapped_column(default="")
    organiser_name: Mapped[str] = mapped_column(default="")
    organiser_address: Mapped[str] = mapped_column(default="")
    organiser_siret: Mapped[str] = mapped_column(default="")
    contact_email: Mapped[str] = mapped_column(default="")
    map_name: Mapped[str] = mapped_column(default="")
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    inclusive_form: Mapped[str] = mapped_column(default="participant.e.s")
    section_order: Mapped[list[str]] = mapped_column(
        JSON,
        default=lambda: [
            "presentation",
            "chiffres_cles",
            "enjeux",
            "indicateurs",
            "illustrations",
            "partenaires",
        ],
    )
    registration_retention: Mapped[str] = mapped_column(default="12 mois après la fin de la tournée")
    proof_retention: Mapped[str] = mapped_column(default="5 ans")
    proof_reason: Mapped[str] = mapped_column(default="contrôle des financeurs")
    promotion: Mapped[str] = mapped_column(default=AUTOMATIQUE, server_default=AUTOMATIQUE)
    group_rule: Mapped[str] = mapped_column(default=BLOQUER, server_default=BLOQUER)
    revision: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Instant)

    etapes: Mapped[list["Etape"]] = relationship(back_populates="tour", order_by="Etape.day, Etape.ordre")
    thematiques: Mapped[list["Thematique"]] = relationship(back_populates="tour", order_by="Thematique.ordre")
    partenaires: Mapped[list["Partenaire"]] = relationship(order_by="Partenaire.ordre")


class Etape(Base):
    """One date of the tour; a date and a département are enough, all the rest may come later.

    `opens_at` and `closes_at` are wall-clock times of Paris. `people` counts the participants who hold at
    least one confirmed place; it never exceeds `capacity` when there is one.
    """

    __tablename__ = "etape"
    __table_args__ = (
        UniqueConstraint("tour_id", "slug"),
        CheckConstraint("people >= 0", name="people"),
        CheckConstraint("capacity IS NULL OR capacity >= 0", name="capacity"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    tour_id: Mapped[int] = mapped_column(ForeignKey("tour.id"), index=True)
    ordre: Mapped[int]
    slug: Mapped[str]
    day: Mapped[date]
    departement: Mapped[str]
    departement_name: Mapped[str] = mapped_column(default="")
    town: Mapped[str] = mapped_column(default="")
    kind: Mapped[str] = mapped_column(default=MATINEE)
    state: Mapped[str] = mapped_column(default=PREVU)
    welcome_at: Mapped[time | None]
    starts_at: Mapped[time | None]
    ends_at: Mapped[time | None]
    venue: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    transport: Mapped[str] = mapped_column(default="")
    access: Mapped[str] = mapped_column(default="")
    hearing: Mapped[str] = mapped_column(default="")
    break_note: Mapped[str] = mapped_column(default="")
    contact_name: Mapped[str] = mapped_column(default="")
    contact_email: Mapped[str] = mapped_column(default="")
    capacity: Mapped[int | None]
    people: Mapped[int] = mapped_column(default=0)
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    tour: Mapped[Tour] = relationship(back_populates="etapes")
    creneaux: Mapped[list["Creneau"]] = relationship(back_populates="etape", order_by="Creneau.ordre")
    ateliers: Mapped[list["Atelier"]] = relationship(back_populates="etape", order_by="Atelier.ordre")

    @property
    def place_name(self) -> str:
        """The town, or the name of the département while no town is known."""
        return self.town or self.departement_name or self.departement


class Creneau(Base):
    """A slot of an étape in which ateliers run in parallel; its hours may be unknown."""

    __tablename__ = "creneau"
    __table_args__ = (UniqueConstraint("etape_id", "ordre"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    etape_id: Mapped[int] = mapped_column(ForeignKey("etape.id"), index=True)
    ordre: Mapped[int]
    starts_at: Mapped[time | None]
    ends_at: Mapped[time | None]
    version: Mapped[int] = mapped_column(default=1)

    etape: Mapped[Etape] = relationship(back_populates="creneaux")
    ateliers: Mapped[list["Atelier"]] = relationship(back_populates="creneau", order_by="Atelier.ordre")


class Thematique(Base):
    """A theme of the tour, one object held at several étapes; its fiche hangs on it."""

    __tablename__ = "thematique"
    __table_args__ = (UniqueConstraint("tour_id", "slug"), UniqueConstraint("tour_id", "ordre"))

    id: Mapped[int] = mapped_column(primary_key=True)
    tour_id: Mapped[int] = mapped_column(ForeignKey("tour.id"), index=True)
    ordre: Mapped[int]
    slug: Mapped[str]
    title: Mapped[str]
    short_title: Mapped[str] = mapped_column(default="")
    reference: Mapped[str] = mapped_column(default="")
    creneau_ordre: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)

    tour: Mapped[Tour] = relationship(back_populates="thematiques")

    @property
    def label(self) -> str:
        """The short title where there is one."""
        return self.short_title or self.title


class Atelier(Base):
    """A thématique held in a créneau of an étape; without a thématique it is the event itself.

    `taken` counts confirmed places and never exceeds min(capacity, room_capacity) when a place is taken.
    An atelier is *tenu* when somebody was present: that is read from the presences, not stored.
    """

    __tablename__ = "atelier"
    __table_args__ = (
        UniqueConstraint("creneau_id", "thematique_id"),
        CheckConstraint("taken >= 0", name="taken"),
        CheckConstraint("capacity IS NULL OR capacity >= 0", name="capacity"),
        CheckConstraint("state IN ('prevu', 'annule')", name="state"),
        Index(None, "etape_id", "ordre"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    etape_id: Mapped[int] = mapped_column(ForeignKey("etape.id"))
    creneau_id: Mapped[int] = mapped_column(ForeignKey("creneau.id"), index=True)
    thematique_id: Mapped[int | None] = mapped_column(ForeignKey("thematique.id"), index=True)
    ordre: Mapped[int]
    room: Mapped[str] = mapped_column(default="")
    facilitators: Mapped[str] = mapped_column(default="")
    capacity: Mapped[int | None]
    room_capacity: Mapped[int | None]
    minimum: Mapped[int] = mapped_column(default=0)
    taken: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(default=PREVU)
    version: Mapped[int] = mapped_column(default=1)

    etape: Mapped[Etape] = relationship(back_populates="ateliers")
    creneau: Mapped[Creneau] = relationship(back_populates="ateliers")
    thematique: Mapped[Thematique | None] = relationship()


class Partenaire(Base):
    """A partner whose logo, or name in type, closes the pages and the fiches."""

    __tablename__ = "partenaire"

    id: Mapped[int] = mapped_column(primary_key=True)
    tour_id: Mapped[int] = mapped_column(ForeignKey("tour.id"), index=True)
    ordre: Mapped[int]
    name: Mapped[str]
    logo: Mapped[str] = mapped_column(default="")


class Image(Base):
    """An image that the team brought, kept once under the digest of its content; never changed."""

    __tablename__ = "image"

    digest: Mapped[str] = mapped_column(primary_key=True)
    content_type: Mapped[str]
    content: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(Instant)


class Changement(Base):
    """Changes of an étape that its people have not been told yet: several within ten minutes make one letter.

    Written by the act that changes a day, an hour, a place, a room or a state; taken away once people are told.
    `before` is what was true of each atelier (tour/told.py) until the first of them.
    """

    __tablename__ = "changement"

    id: Mapped[int] = mapped_column(primary_key=True)
    etape_id: Mapped[int] = mapped_column(ForeignKey("etape.id"), unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime] = mapped_column(Instant, index=True)
    before: Mapped[dict[str, str]] = mapped_column(JSON)
