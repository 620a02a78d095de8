"""What can be asked of the programme."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload, selectinload

from tourpaca.db import session, table
from tourpaca.refusal import Unknown
from tourpaca.tour.models import Atelier, Creneau, Etape, Tour

TOUR, ETAPE = table(Tour), table(Etape)
_ETAPE_ID = (
    select(ETAPE.c.id)
    .join_from(ETAPE, TOUR)
    .where(TOUR.c.slug == bindparam("tour_slug"), ETAPE.c.slug == bindparam("etape_slug"))
)


def tour(slug: str) -> Tour:
    """Return a tour by its slug, or refuse with `Unknown`."""
    found = session().scalar(select(Tour).where(Tour.slug == slug))
    if found is None:
        raise Unknown("Cette tournée n’existe pas.")
    return found


def tours() -> Sequence[Tour]:
    """Return every tour, the newest first."""
    return session().scalars(select(Tour).order_by(Tour.id.desc())).all()


def etape(tour_slug: str, slug: str) -> Etape:
    """Return an étape with its créneaux, ateliers and thématiques loaded, or refuse with `Unknown`."""
    asked = (
        select(Etape)
        .join(Etape.tour)
        .where(Tour.slug == tour_slug, Etape.slug == slug)
        .options(selectinload(Etape.creneaux).selectinload(Creneau.ateliers).selectinload(Atelier.thematique))
    )
    found = session().scalar(asked)
    if found is None:
        raise Unknown("Cette étape n’existe pas.")
    return found


def etapes(tour_slug: str, only_id: int | None = None) -> Sequence[Etape]:
    """Return the étapes of a tour in date order (only one for a member bound to it), with their ateliers."""
    asked = (
        select(Etape)
        .join(Etape.tour)
        .where(Tour.slug == tour_slug)
        .order_by(Etape.day, Etape.ordre)
        .options(selectinload(Etape.ateliers), selectinload(Etape.creneaux))
    )
    if only_id is not None:
        asked = asked.where(Etape.id == only_id)
    return session().scalars(asked).all()


def etape_id(tour_slug: str, slug: str) -> int | None:
    """Return the id of an étape named by its address, or None."""
    return session().connection().execute(_ETAPE_ID, {"tour_slug": tour_slug, "etape_slug": slug}).scalar()


def all_etapes() -> Sequence[Etape]:
    """Return the étapes of every tour with their tour, the newest first."""
    return session().scalars(select(Etape).options(joinedload(Etape.tour)).order_by(Etape.day.desc())).all()


def current() -> Tour | None:
    """Return the published tour that a visitor of the home page most likely means: the last one made, or None."""
    asked = select(Tour).where(Tour.published_at.is_not(None)).order_by(Tour.id.desc()).limit(1)
    return session().scalar(asked)
