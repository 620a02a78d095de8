"""What can be asked of the fiches: their texts, their versions, where each stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload, selectinload

from tourpaca.db import session
from tourpaca.fiches.models import SECTIONS, FichePubliee, Section
from tourpaca.refusal import Unknown
from tourpaca.tour.models import Thematique, Tour

MISSING = "Cette fiche n’existe pas."


@dataclass(frozen=True)
class Text:
    """The text of a section as it is now; version 0 when nobody has written it yet."""

    kind: str
    text: str = ""
    version: int = 0
    changed_at: datetime | None = None


def thematique(tour_slug: str, slug: str) -> Thematique:
    """Return a thématique with its tour and its partners, or refuse with `Unknown`."""
    found = session().scalar(
        select(Thematique)
        .join(Thematique.tour)
        .where(Tour.slug == tour_slug, Thematique.slug == slug)
        .options(joinedload(Thematique.tour).selectinload(Tour.partenaires))
    )
    if found is None:
        raise Unknown(MISSING)
    return found


def tour(slug: str) -> Tour:
    """Return a tour with its thématiques in order and its partners, or refuse with `Unknown`."""
    loaded = (selectinload(Tour.thematiques), selectinload(Tour.partenaires))
    found = session().scalar(select(Tour).where(Tour.slug == slug).options(*loaded))
    if found is None:
        raise Unknown("Cette tournée n’existe pas.")
    return found


def sections(thematique_id: int) -> dict[str, Text]:
    """Return the five texts of a fiche, empty ones included."""
    written = _texts(Section.thematique_id == thematique_id).get(thematique_id, {})
    return {kind: written.get(kind, Text(kind)) for kind in SECTIONS}


def all_sections(tour_id: int) -> dict[int, dict[str, Text]]:
    """Return the texts written for the fiches of a tour, by thématique and kind of section."""
    of_tour = select(Thematique.id).where(Thematique.tour_id == tour_id)
    return _texts(Section.thematique_id.in_(of_tour))


def _texts(which: ColumnElement[bool]) -> dict[int, dict[str, Text]]:
    columns = Section.thematique_id, Section.kind, Section.text, Section.version, Section.changed_at
    found: dict[int, dict[str, Text]] = {}
    for thematique_id, kind, text, version, changed_at in session().execute(select(*columns).where(which)):
        found.setdefault(thematique_id, {})[kind] = Text(kind, text, version, changed_at)
    return found


def versions(thematique_id: int) -> Sequence[FichePubliee]:
    """Return every published version of a fiche, the newest first."""
    asked = select(FichePubliee).where(FichePubliee.thematique_id == thematique_id)
    return session().scalars(asked.order_by(FichePubliee.number.desc())).all()


def all_versions(tour_id: int) -> dict[int, list[FichePubliee]]:
    """Return the published versions of a tour's fiches, by thématique in order, the newest version first."""
    asked = (
        select(FichePubliee)
        .join(Thematique, Thematique.id == FichePubliee.thematique_id)
        .where(Thematique.tour_id == tour_id)
        .order_by(Thematique.ordre, FichePubliee.number.desc())
    )
    found: dict[int, list[FichePubliee]] = {}
    for version in session().scalars(asked):
        found.setdefault(version.thematique_id, []).append(version)
    return found
