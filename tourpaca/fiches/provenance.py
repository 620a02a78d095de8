"""Where a figure comes from: étape, atelier, organisation, then the presences themselves, for the team alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from tourpaca.attendance.models import Mark, Presence
from tourpaca.attendance.rules import APRES_COUP
from tourpaca.db import session, table
from tourpaca.fiches.figures import COUNTED, HELD
from tourpaca.organisations.models import Graphie, Organisation
from tourpaca.refusal import Unknown
from tourpaca.registration.models import SUR_PLACE, Dossier, Participant
from tourpaca.tour.models import Atelier, Creneau, Etape, Thematique

NOBODY = 0  # stands for "without organisation" where a number names one
# Not aliased(): joining the models takes a tenth of a start, and this name is made when the file is loaded.
ROOT = table(Organisation).alias("root")


@dataclass(frozen=True)
class Body:
    """An organisation in an atelier, under the name that the fiche gives it (number 0: none), and its presences."""

    number: int
    name: str
    count: int


@dataclass(frozen=True)
class Table:
    """An atelier that counts: where it was held, and who came, organisation by organisation."""

    atelier_id: int
    creneau: int
    starts_at: time | None
    ends_at: time | None
    room: str
    bodies: tuple[Body, ...]

    @property
    def count(self) -> int:
        """Its participations: the sum of its organisations."""
        return sum(body.count for body in self.bodies)


@dataclass(frozen=True)
class Stop:
    """An étape where the thématique was held, with its ateliers."""

    etape_id: int
    slug: str
    place: str
    day: date
    tables: tuple[Table, ...]

    @property
    def count(self) -> int:
        """Its participations: the sum of its ateliers."""
        return sum(table.count for table in self.tables)


@dataclass(frozen=True)
class Person:
    """One counted presence: who, in which étape and atelier, added on the spot or typed in late, and by whom."""

    etape_id: int
    place: str
    day: date
    etape_slug: str
    atelier_id: int
    number: int
    organisation: str
    last_name: str
    first_name: str
    on_the_spot: bool
    late: bool
    author: str
    noted_at: datetime


def stops(thematique_id: int) -> list[Stop]:
    """Return the étapes behind the figure of a fiche, in the order of their dates; they sum to its participants."""
    number, name = func.coalesce(ROOT.c.id, NOBODY), func.coalesce(ROOT.c.name, "")
    asked = _from_presences(select(Etape, Atelier, Creneau, number, name, func.count()), thematique_id)
    ordered = asked.join(Creneau, Creneau.id == Atelier.creneau_id).group_by(
        Etape.id, Atelier.id, Creneau.id, ROOT.c.id, ROOT.c.name, ROOT.c.sort_key
    )
    rows = session().execute(
        ordered.order_by(
            Etape.day,
            Etape.ordre,
            Creneau.ordre,
            Atelier.ordre,
            ROOT.c.id.is_(None),
            ROOT.c.sort_key,
            ROOT.c.id,
        )
    )
    return [_stop(etape, held) for etape, held in groupby(rows, lambda row: row[0])]


def _stop(etape: Etape, rows: Iterable[Any]) -> Stop:
    tables = [_table(atelier, held) for atelier, held in groupby(rows, lambda row: row[1])]
    return Stop(etape.id, etape.slug, etape.place_name, etape.day, tuple(tables))


def _table(atelier: Atelier, rows: Iterable[Any]) -> Table:
    held = list(rows)
    creneau = held[0][2]
    bodies = tuple(Body(number, name, count) for *_, number, name, count in held)
    return Table(atelier.id, creneau.ordre, creneau.starts_at, creneau.ends_at, atelier.room, bodies)


def _from_presences(asked: Select[*tuple[Any, ...]], thematique_id: int) -> Select[*tuple[Any, ...]]:
    """Complete a statement with the presences that a figure counts; an organisation is the end of its links."""
    written = aliased(Organisation)
    return (
        asked.select_from(Presence)
        .join(Atelier, Atelier.id == Presence.atelier_id)
        .join(Etape, Etape.id == Atelier.etape_id)
        .outerjoin(written, written.id == Presence.organisation_id)
        .outerjoin(ROOT, ROOT.c.id == func.coalesce(written.root_id, written.id))
        .where(Presence.thematique_id == thematique_id, COUNTED, *HELD)
    )


def people(thematique_id: int, number: int) -> list[Person]:
    """Return the counted presences of an organisation (0: of people without one) in a fiche, by étape then name."""
    asked = _people(thematique_id).where(ROOT.c.id == number if number else ROOT.c.id.is_(None))
    return _persons(asked.order_by(Etape.day, Etape.ordre, Participant.sort_key, Participant.id))


def noted_since(thematique_id: int, instant: datetime, limit: int = 20) -> list[Person]:
    """Return the counted presences whose last mark is newer than a publication, the newest first."""
    asked = _people(thematique_id).where(Mark.received_at > instant)
    return _persons(asked.order_by(Mark.received_at.desc(), Mark.id.desc()).limit(limit))


def _people(thematique_id: int) -> Select[*tuple[Any, ...]]:
    columns = select(Etape, Atelier.id, ROOT.c.id, ROOT.c.name, Participant, Dossier.source, Mark)
    return (
        _from_presences(columns, thematique_id)
        .join(Participant, Participant.id == Presence.participant_id)
        .join(Dossier, Dossier.id == Participant.dossier_id)
        .join(Mark, Mark.id == Presence.mark_id)
    )


def _persons(asked: Select[*tuple[Any, ...]]) -> list[Person]:
    return [
        Person(
            etape.id,
            etape.place_name,
            etape.day,
            etape.slug,
            atelier_id,
            number or NOBODY,
            name or "",
            person.last_name,
            person.first_name,
            source == SUR_PLACE,
            mark.source == APRES_COUP,
            mark.author_name,
            mark.received_at,
        )
        for etape, atelier_id, number, name, person, source, mark in session().execute(asked)
    ]


@dataclass(frozen=True)
class Mentions:
    """An organisation behind a fiche: its spellings, and its participations in each fiche of the tour."""

    number: int
    name: str
    spellings: tuple[str, ...]
    fiches: tuple[tuple[Thematique, int], ...]


def mentions(tour_id: int, number: int) -> Mentions:
    """Return where a tour cites an organisation and under which spellings; refuses (`Unknown`) one not known here."""
    body = session().get(Organisation, number)
    cited = _fiches_citing(tour_id, number)
    if body is None or not cited:
        raise Unknown("Cette organisation n’a aucune présence dans cette tournée.")
    spelled = (
        select(Graphie.text)
        .join(Organisation, Organisation.id == Graphie.organisation_id)
        .where(func.coalesce(Organisation.root_id, Organisation.id) == number)
        .order_by(Graphie.id)
    )
    spellings = tuple(dict.fromkeys([body.name, *session().scalars(spelled)]))
    return Mentions(body.id, body.name, spellings, tuple(cited))


def _fiches_citing(tour_id: int, number: int) -> list[tuple[Thematique, int]]:
    asked = (
        select(Thematique, func.count())
        .join(Presence, Presence.thematique_id == Thematique.id)
        .join(Atelier, Atelier.id == Presence.atelier_id)
        .join(Etape, Etape.id == Atelier.etape_id)
        .join(Organisation, Organisation.id == Presence.organisation_id)
        .where(
            Thematique.tour_id == tour_id,
            func.coalesce(Organisation.root_id, Organisation.id) == number,
            COUNTED,
            *HELD,
        )
        .group_by(Thematique.id)
        .order_by(Thematique.ordre)
    )
    return [(theme, count) for theme, count in session().execute(asked)]
