"""The one read of the presences from which all figures come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Exists,
    Select,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    not_,
    select,
    text,
    true,
    union_all,
)
from sqlalchemy.orm import aliased

from tourpaca.attendance.models import Presence
from tourpaca.db import session
from tourpaca.fiches.chiffres_cles import Body, ChiffresCles, Facts, compile_all
from tourpaca.organisations.models import Organisation
from tourpaca.registration.models import Dossier
from tourpaca.tour.models import ANNULE, CAPITALISATION, Atelier, Etape, Thematique

# Written as the partial index ix_presence_counted is: with a bound value neither engine would use it.
COUNTED = text("presence.status = 'present' AND presence.counted")
# Written as the partial index ix_dossier_silent is, for the same reason.
SILENT = text("NOT dossier.cited")
# An atelier counts when it was not cancelled, nor its étape, and when it is not the capitalisation event.
HELD = (Atelier.state != ANNULE, Etape.state != ANNULE, Etape.kind != CAPITALISATION)


def of_tour(tour_id: int, thematiques: Sequence[int]) -> dict[int, ChiffresCles]:
    """Return the live chiffres clés of the given thématiques of a tour, by id."""
    return compile_all(thematiques, facts(tour_id))


def facts(tour_id: int, link: tuple[int, int] | None = None) -> Facts:
    """Return what the presences of a tour say, in one statement over them and two for the names.

    With `link`, as they would say it if the first body were linked to the second.
    """
    participants: dict[int, int] = {}
    ateliers: dict[int, int] = {}
    organisations: dict[int, list[int]] = {}
    for held, thematique, count, bodies in session().execute(_counts(tour_id)):
        (ateliers if held else participants)[thematique] = int(count)
        if bodies:
            organisations[thematique] = [int(number) for number in bodies.split(",")]
    present = set().union(*organisations.values())
    return Facts(participants, ateliers, organisations, _bodies(tour_id, present, link))


@dataclass(frozen=True)
class Table:
    """An étape where a thématique was held, and how many people were there."""

    place: str
    day: date
    participants: int


def by_etape(thematique_id: int) -> list[Table]:
    """Return the étapes where a thématique was held, in the order of their dates; they sum to its participants."""
    asked = (
        select(Etape, func.count())
        .join(Atelier, Atelier.etape_id == Etape.id)
        .join(Presence, Presence.atelier_id == Atelier.id)
        .where(Presence.thematique_id == thematique_id, COUNTED, *HELD)
        .group_by(Etape.id)
        .order_by(Etape.day, Etape.ordre)
    )
    return [Table(etape.place_name, etape.day, count) for etape, count in session().execute(asked)]


def not_held(tour_id: int) -> Select[int]:
    """Return the ateliers that never count: cancelled, of a cancelled étape, or of the capitalisation event."""
    return (
        select(Atelier.id)
        .join(Atelier.etape)
        .where(
            Etape.tour_id == tour_id,
            not_(and_(*HELD)),
        )
    )


def participations(tour_id: int) -> dict[tuple[int, int | None], int]:
    """Return how many presences each organisation (or nobody) has in each thématique of a tour."""
    return {(row[0], row[1]): row[2] for row in session().execute(_by_body(tour_id)).all()}


def _themes(tour_id: int) -> Select[int]:
    return select(Thematique.id).where(Thematique.tour_id == tour_id)


def _by_body(tour_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(Presence.thematique_id, Presence.organisation_id, func.count().label("count"))
        .where(
            COUNTED,
            Presence.thematique_id.in_(_themes(tour_id)),
            Presence.atelier_id.not_in(not_held(tour_id)),
        )
        .group_by(Presence.thematique_id, Presence.organisation_id)
    )


def _counts(tour_id: int) -> CompoundSelect[Any]:
    """Participations by thématique with who came, in the order of the index; then the ateliers held.

    The organisations of a thématique come as one text: thousands of rows would cost more than counting them.
    """
    of_tour = _themes(tour_id)
    by_body = _by_body(tour_id).subquery("by_body")
    listed = func.aggregate_strings(cast(by_body.c.organisation_id, String), ",")
    by_theme = select(
        literal(0).label("held"), by_body.c.thematique_id, func.sum(by_body.c.count), listed
    ).group_by(by_body.c.thematique_id)
    held = (
        select(literal(1), Atelier.thematique_id, func.count(), literal(None))
        .where(Atelier.thematique_id.in_(of_tour), Atelier.id.not_in(not_held(tour_id)), _somebody_came())
        .group_by(Atelier.thematique_id)
    )
    return union_all(by_theme, held)


def _somebody_came() -> Exists:
    return select(Presence.atelier_id).where(Presence.atelier_id == Atelier.id, COUNTED).exists()


def _bodies(tour_id: int, present: set[int], link: tuple[int, int] | None) -> dict[int, Body]:
    root = aliased(Organisation)
    end: ColumnElement[int] = func.coalesce(Organisation.root_id, Organisation.id)
    if link:
        end = case((end == link[0], link[1]), else_=end)
    asked = select(
        Organisation.id, root.id, root.name, (Organisation.cited == true()) & (root.cited == true())
    ).join(root, root.id == end)
    silent = _asked_not_to_be_named(tour_id)
    return {
        number: Body(root_id, name, bool(cited) and number not in silent)
        for number, root_id, name, cited in session().execute(asked)
        if number in present
    }


def _asked_not_to_be_named(tour_id: int) -> set[int]:
    """Return the organisations for which a dossier of the tour asked that the fiches do not name them."""
    asked = (
        select(Dossier.organisation_id)
        .join(Etape, Etape.id == Dossier.etape_id)
        .where(Etape.tour_id == tour_id, SILENT, Dossier.organisation_id.is_not(None))
        .distinct()
    )
    return {number for number in session().scalars(asked) if number is not None}
