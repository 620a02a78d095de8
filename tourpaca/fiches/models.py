"""The texts of a fiche while it is written, and its published versions, which never change."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tourpaca.db import Base, Instant

PRESENTATION, ENJEUX, INDICATEURS, ILLUSTRATIONS, PARTENAIRES = (
    "presentation",
    "enjeux",
    "indicateurs",
    "illustrations",
    "partenaires",
)
SECTIONS = (PRESENTATION, ENJEUX, INDICATEURS, ILLUSTRATIONS, PARTENAIRES)


class Section(Base):
    """The text of one section of a fiche, as typed: paragraphs for the présentation, one item a line elsewhere."""

    __tablename__ = "fiche_section"
    __table_args__ = (UniqueConstraint("thematique_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    thematique_id: Mapped[int] = mapped_column(ForeignKey("thematique.id"))
    kind: Mapped[str]
    text: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    member_id: Mapped[int | None]


class FichePubliee(Base):
    """A numbered, dated version of a fiche: texts, figures and sentence as they were. A trigger refuses any change."""

    __tablename__ = "fiche_publiee"
    __table_args__ = (UniqueConstraint("thematique_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    thematique_id: Mapped[int] = mapped_column(ForeignKey("thematique.id"))
    number: Mapped[int]
    published_at: Mapped[datetime] = mapped_column(Instant)
    member_id: Mapped[int | None]
    erratum: Mapped[str] = mapped_column(default="")
    content: Mapped[dict[str, object]] = mapped_column(JSON)
