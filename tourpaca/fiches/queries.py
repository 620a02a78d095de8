"""What can be asked of the fiches: their texts, their versions, where each stands."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
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
    asked = select(Section.kind, Section.text, Section.version).where(Section.thematique_id == thematique_id)
    written = {row.kind: Text(row.kind, row.text, row.version) for row in session().execute(asked)}
    return {kind: written.get(kind, Text(kind)) for kind in SECTIONS}


def written(tour_id: int) -> dict[int, int]:
    """Return how many sections of each fiche of a tour hold a text, by thématique."""
    asked = (
        select(Section.thematique_id, func.count())
        .join(Thematique, Thematique.id == Section.thematique_id)
        .where(Thematique.tour_id == tour_id, Section.text != "")
        .group_by(Section.thematique_id)
    )
    return {row[0]: row[1] for row in session().execute(asked)}


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
