"""The rows of an attendance list: who was expected or noted, one row per person and atelier, read as they go out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, func, select, union
from sqlalchemy.orm import InstrumentedAttribute

from tourpaca import clock
from tourpaca.attendance.models import Mark, Presence
from tourpaca.attendance.rules import APRES_COUP
from tourpaca.attendance.workbook import Cell
from tourpaca.db import session
from tourpaca.mail import returns
from tourpaca.organisations.models import Organisation
from tourpaca.refusal import Refused
from tourpaca.registration.models import CONFIRMEE, Dossier, Participant, Place
from tourpaca.tour.models import Atelier, Creneau, Etape, Thematique

BATCH = 1_000
UNSAID = "sans réponse"
RETURNS = "adresse qui revient"
STATUS_WORDS = {"present": "présence", "absent": "absence", "excuse": "absence excusée"}
MARK_WORDS = {
    "porte": "à la porte",
    "papier": "sur la feuille",
    APRES_COUP: "saisi après coup",
    "import": "importé",
}


@dataclass(frozen=True)
class Scope:
    """What a list covers: a tour, one of its étapes, or one atelier."""

    tour_id: int
    etape_id: int | None = None
    atelier_id: int | None = None


@dataclass(frozen=True)
class Column:
    """One column that can be asked for: its title, what it reads, how it is said.

    `width` is its share of a printed page; 0 makes it as wide as its words.
    """

    label: str
    read: ColumnElement[Any] | InstrumentedAttribute[Any]
    say: Callable[[Any], Cell] | None = None
    width: float = 1


def _how_they_came(place_id: int | None) -> str:
    return "sur place" if place_id is None else "inscription"


def _what_comes_back(marked: bool) -> str:
    return RETURNS if marked else ""


# Who has no address of their own is written to through the contact.
_CONTACT = (
    select(Dossier.contact_email)
    .where(Dossier.id == Participant.dossier_id)
    .correlate_except(Dossier)
    .scalar_subquery()
)
_ADDRESS = func.lower(func.coalesce(func.nullif(Participant.email, ""), _CONTACT))
COLUMNS: dict[str, Column] = {
    "etape": Column("Étape", func.coalesce(func.nullif(Etape.town, ""), Etape.departement_name), width=1.2),
    "jour": Column("Jour", Etape.day, width=0),
    "creneau": Column("Créneau", Creneau.ordre, width=0),
    "atelier": Column("N°", Atelier.ordre, width=0),
    "thematique": Column("Atelier", func.coalesce(Thematique.title, "Événement"), width=2.2),
    "nom": Column("NOM", Participant.last_name, str.upper, width=1.4),
    "prenom": Column("Prénom", Participant.first_name, width=1.2),
    "organisation": Column("Organisation", func.coalesce(Organisation.name, ""), width=2),
    "courriel": Column("Courriel", Participant.email, width=2),
    "retour": Column("Retours", returns.bears_mark(_ADDRESS), _what_comes_back, width=0),
    "statut": Column("Présence", Presence.status, lambda status: STATUS_WORDS.get(status, UNSAID), width=0),
    "venue": Column("Venue", Place.id, _how_they_came, width=0),
    "note": Column("Note", func.coalesce(Mark.reason, ""), width=1.4),
    "marque": Column(
        "Noté le", Mark.marked_at, lambda at: at and clock.local(at).replace(tzinfo=None), width=0
    ),
    "par": Column("Noté par", func.coalesce(Mark.author_name, ""), width=1.2),
    "saisie": Column("Saisie", Mark.source, lambda source: MARK_WORDS.get(source, ""), width=1.1),
}
USUAL = (
    "etape",
    "jour",
    "creneau",
    "atelier",
    "thematique",
    "nom",
    "prenom",
    "organisation",
    "statut",
    "venue",
)


def chosen(names: Sequence[str]) -> tuple[str, ...]:
    """Return the columns asked for in the order of the list; refuses none at all."""
    wanted = tuple(name for name in COLUMNS if name in names)
    if not wanted:
        raise Refused("Choisissez au moins une colonne.", field="colonnes")
    return wanted


def rows(scope: Scope, names: Sequence[str]) -> Iterator[tuple[Cell, ...]]:
    """Yield the rows of a list in one snapshot, by étape, créneau, atelier and NOM; memory does not grow with them."""
    says = [COLUMNS[name].say for name in names]
    asked = _rows(scope, [COLUMNS[name].read for name in names])
    # Read by the connection: the ORM would look at each row again, and there are no objects to make of it.
    read = session().connection().execute(asked, execution_options={"yield_per": BATCH})
    for batch in read.partitions(BATCH):
        columns = zip(says, zip(*batch, strict=True), strict=True)
        told = (map(say, column) if say else column for say, column in columns)
        yield from zip(*told, strict=True)


def _rows(
    scope: Scope, columns: Sequence[ColumnElement[Any] | InstrumentedAttribute[Any]]
) -> Select[*tuple[Any, ...]]:
    expected = select(Place.participant_id, Place.atelier_id).where(Place.state == CONFIRMEE)
    noted = select(Presence.participant_id, Presence.atelier_id)
    both = union(expected, noted).subquery("both")
    here, room = both.c, _rooms(scope)
    return (
        select(*(column.label(f"c{at}") for at, column in enumerate(columns)))
        .select_from(both)
        .join(Participant, Participant.id == here.participant_id)
        .join(room, room.c.id == here.atelier_id)
        .join(Atelier, Atelier.id == here.atelier_id)
        .join(Creneau, Creneau.id == Atelier.creneau_id)
        .join(Etape, Etape.id == Atelier.etape_id)
        .outerjoin(Thematique, Thematique.id == Atelier.thematique_id)
        .outerjoin(
            Place,
            and_(
                Place.participant_id == here.participant_id,
                Place.atelier_id == here.atelier_id,
                Place.state == CONFIRMEE,
            ),
        )
        .outerjoin(
            Presence,
            and_(Presence.participant_id == here.participant_id, Presence.atelier_id == here.atelier_id),
        )
        .outerjoin(Mark, Mark.id == Presence.mark_id)
        .outerjoin(Organisation, Organisation.id == Participant.organisation_id)
        .order_by(room.c.place, Participant.sort_key, Participant.id)
    )


def _rooms(scope: Scope) -> Subquery:
    """Return the ateliers of a list, each with its place: sorting rows by this one number takes a quarter less."""
    place = func.row_number().over(order_by=(Etape.day, Etape.ordre, Creneau.ordre, Atelier.ordre))
    return (
        select(Atelier.id, place.label("place"))
        .select_from(Atelier)
        .join(Creneau, Creneau.id == Atelier.creneau_id)
        .join(Etape, Etape.id == Atelier.etape_id)
        .where(*_within(scope))
        .subquery("room")
    )


def _within(scope: Scope) -> Iterator[ColumnElement[bool]]:
    yield Etape.tour_id == scope.tour_id
    if scope.etape_id is not None:
        yield Etape.id == scope.etape_id
    if scope.atelier_id is not None:
        yield Atelier.id == scope.atelier_id
