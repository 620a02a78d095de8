"""The programme of a tour as pages and calendars read it: frozen values from four small statements."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select

from tourpaca import db
from tourpaca.kept.threads import Watched
from tourpaca.refusal import Unknown
from tourpaca.tour.models import ANNULE, MATINEE, Atelier, Creneau, Etape, Partenaire, Thematique, Tour


@dataclass(frozen=True, slots=True)
class ThemeVu:
    """A thématique of the tour."""

    id: int
    ordre: int
    slug: str
    title: str
    short_title: str
    creneau_ordre: int

    @property
    def label(self) -> str:
        """The short title where there is one."""
        return self.short_title or self.title


@dataclass(frozen=True, slots=True)
class AtelierVu:
    """An atelier of a créneau; `theme` is None for the event itself."""

    id: int
    ordre: int
    creneau_id: int
    theme: ThemeVu | None
    room: str
    facilitators: str
    capacity: int | None
    room_capacity: int | None
    minimum: int
    taken: int
    state: str

    @property
    def cancelled(self) -> bool:
        """Tell whether it is not held."""
        return self.state == ANNULE


@dataclass(frozen=True, slots=True)
class CreneauVu:
    """A créneau and its ateliers, in order."""

    id: int
    ordre: int
    starts_at: time | None
    ends_at: time | None
    ateliers: tuple[AtelierVu, ...]


@dataclass(frozen=True, slots=True)
class EtapeVue:
    """An étape with its créneaux; the columns keep their names, so that the rules read it like the table's row."""

    id: int
    ordre: int
    slug: str
    day: date
    departement: str
    departement_name: str
    town: str
    kind: str
    state: str
    welcome_at: time | None
    starts_at: time | None
    ends_at: time | None
    venue: str
    address: str
    transport: str
    access: str
    hearing: str
    break_note: str
    contact_name: str
    contact_email: str
    capacity: int | None
    people: int
    opens_at: datetime | None
    closes_at: datetime | None
    version: int
    creneaux: tuple[CreneauVu, ...]

    @property
    def place_name(self) -> str:
        """The town, or the name of the département while no town is known."""
        return self.town or self.departement_name or self.departement

    @property
    def cancelled(self) -> bool:
        """Tell whether it is not held."""
        return self.state == ANNULE

    @property
    def ateliers(self) -> tuple[AtelierVu, ...]:
        """Every atelier, créneau after créneau."""
        return tuple(atelier for creneau in self.creneaux for atelier in creneau.ateliers)


@dataclass(frozen=True, slots=True)
class Programme:
    """A tour with everything its public pages show, as it was at one moment."""

    id: int
    slug: str
    name: str
    poster_kicker: str
    poster_title: str
    pitch: str
    organiser_name: str
    contact_email: str
    map_name: str
    published_at: datetime | None
    revision: int
    etapes: tuple[EtapeVue, ...]
    themes: tuple[ThemeVu, ...]
    partenaires: tuple[tuple[str, str], ...]

    def etape(self, slug: str) -> EtapeVue:
        """Return one étape, or refuse with `Unknown`."""
        for etape in self.etapes:
            if etape.slug == slug:
                return etape
        raise Unknown("Cette étape n’existe pas.")

    @property
    def partners(self) -> list[str]:
        """The names of the partners, in order."""
        return [name for name, _ in self.partenaires]

    @property
    def partner_cards(self) -> list[dict[str, str]]:
        """The partners as the strip of logos wants them."""
        return [{"name": name, "src": logo} for name, logo in self.partenaires]

    @property
    def matinees(self) -> tuple[EtapeVue, ...]:
        """The étapes that hold ateliers by theme."""
        return tuple(etape for etape in self.etapes if etape.kind == MATINEE)


_TOUR = select(
    *(getattr(Tour, name) for name in Programme.__slots__ if name not in {"etapes", "themes", "partenaires"})
)
_ETAPES = select(*(getattr(Etape, name) for name in EtapeVue.__slots__ if name != "creneaux")).order_by(
    Etape.day, Etape.ordre
)
_THEMES = select(*(getattr(Thematique, name) for name in ThemeVu.__slots__)).order_by(Thematique.ordre)
_ATELIER = tuple(
    getattr(Atelier, name) for name in AtelierVu.__slots__ if name not in {"theme", "creneau_id"}
)
_CRENEAUX = (
    select(
        Creneau.etape_id,
        Creneau.id,
        Creneau.ordre,
        Creneau.starts_at,
        Creneau.ends_at,
        Atelier.thematique_id,
        *_ATELIER,
    )
    .join(Etape, Etape.id == Creneau.etape_id)
    .outerjoin(Atelier, Atelier.creneau_id == Creneau.id)
    .order_by(Creneau.etape_id, Creneau.ordre, Atelier.ordre)
)
_PARTENAIRES = select(Partenaire.name, Partenaire.logo).order_by(Partenaire.ordre)


def of(slug: str) -> Programme:
    """Return the programme of a tour, published or not, or refuse with `Unknown`."""
    read = db.session().execute
    row = read(_TOUR.where(Tour.slug == slug)).one_or_none()
    if row is None:
        raise Unknown("Cette tournée n’existe pas.")
    themes = {t.id: ThemeVu(*t) for t in read(_THEMES.where(Thematique.tour_id == row.id))}
    creneaux = _grouped(read(_CRENEAUX.where(Etape.tour_id == row.id)), themes)
    return Programme(
        **row._mapping,
        etapes=tuple(
            EtapeVue(**e._mapping, creneaux=tuple(creneaux.get(e.id, ())))
            for e in read(_ETAPES.where(Etape.tour_id == row.id))
        ),
        themes=tuple(themes.values()),
        partenaires=tuple((p.name, p.logo) for p in read(_PARTENAIRES.where(Partenaire.tour_id == row.id))),
    )


def published(slug: str) -> Programme:
    """Return the programme of a published tour; an unpublished one is unknown to the public."""
    found = of(slug)
    if found.published_at is None:
        raise Unknown("Cette tournée n’existe pas.")
    return found


def published_slugs() -> list[str]:
    """Return the slugs of the published tours, the one with the latest étape first."""
    latest = select(Etape.day).where(Etape.tour_id == Tour.id).order_by(Etape.day.desc()).limit(1)
    asked = select(Tour.slug).where(Tour.published_at.is_not(None))
    return list(db.session().scalars(asked.order_by(latest.scalar_subquery().desc(), Tour.id.desc())))


def watched(slug: str) -> Watched:
    """Return what to watch to know that a tour has changed."""
    return Watched("SELECT revision FROM tour WHERE slug = $1", (slug,))


def all_watched() -> Watched:
    """Return what to watch to know that any tour has changed: a number that only grows."""
    return Watched("SELECT COALESCE(SUM(revision), 0) FROM tour")


def _grouped(rows: Iterable[Any], themes: dict[int, ThemeVu]) -> dict[int, list[CreneauVu]]:
    """Return the créneaux by étape, each with its ateliers, from rows in that order."""
    heads: dict[int, Any] = {}
    ateliers: dict[int, list[AtelierVu]] = {}
    for row in rows:
        heads[row[1]] = row
        held = ateliers.setdefault(row[1], [])
        if row[6] is not None:
            held.append(_atelier(row, themes))
    creneaux: dict[int, list[CreneauVu]] = {}
    for creneau_id, (etape_id, _, ordre, starts_at, ends_at, *_) in heads.items():
        vu = CreneauVu(creneau_id, ordre, starts_at, ends_at, tuple(ateliers[creneau_id]))
        creneaux.setdefault(etape_id, []).append(vu)
    return creneaux


def _atelier(row: Any, themes: dict[int, ThemeVu]) -> AtelierVu:
    id_, ordre, *rest = row[6:]
    return AtelierVu(id_, ordre, row[1], themes.get(row[5]), *rest)
