"""Organisations and every spelling seen of their names."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tourpaca.db import Base, Instant

A_VERIFIER, VERIFIEE = "a_verifier", "verifiee"
SAISIE, HOMONYME, EQUIPE = "saisie", "homonyme", "equipe"


class Organisation(Base):
    """A body, or a name not yet recognised (`a_verifier`).

    Linking one organisation to another by hand sets `linked_to_id`; `root_id` always names the end of the
    chain (itself when unlinked) and is what figures count. Nothing is deleted, so a link can be undone.
    """

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    sort_key: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(default="a_qualifier")
    departement: Mapped[str] = mapped_column(default="")
    siren: Mapped[str] = mapped_column(default="", index=True)
    siret: Mapped[str] = mapped_column(default="")
    rna: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default=A_VERIFIER)
    cited: Mapped[bool] = mapped_column(default=True)
    linked_to_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    root_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Instant)

    graphies: Mapped[list["Graphie"]] = relationship(back_populates="organisation", order_by="Graphie.id")

    @property
    def identifiers(self) -> dict[str, str]:
        """Its SIREN, SIRET and RNA, empty when unknown."""
        return {"siren": self.siren, "siret": self.siret, "rna": self.rna}


class Graphie(Base):
    """One spelling of a name as it was typed or printed; `key` is its normalised form.

    A composite graphie was printed for two bodies at once and identifies neither. The origin `homonyme` marks the
    spelling of a body that waits for the team to say which of several homonyms it is.
    """

    __tablename__ = "graphie"
    __table_args__ = (UniqueConstraint("organisation_id", "text"), Index(None, "key"))

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    text: Mapped[str]
    key: Mapped[str]
    origin: Mapped[str] = mapped_column(default=SAISIE)
    composite: Mapped[bool] = mapped_column(default=False)

    organisation: Mapped[Organisation] = relationship(back_populates="graphies")
