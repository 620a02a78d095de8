"""The one read of the presences from which all figures come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Exists,
    Select,
    and_,
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
# An atelier counts when it was not cancelled, nor its étape, and when it is not the capitalisation event.
HELD = (Atelier.state != ANNULE, Etape.state != ANNULE, Etape.kind != CAPITALISATION)


def of_tour(tour_id: int, thematiques: Sequence[int]) -> dict[int, ChiffresCles]:
    """Return the live chiffres clés of the given thématiques of a tour, by id."""
    return compile_all(thematiques, facts(tour_id))


def facts(tour_id: int) -> Facts:
    """Return what the presences of a tour say, in one statement over them and two for the names."""
    participations: dict[tuple[int, int | None], int] = {}
    ateliers: dict[int, int] = {}
    for held, thematique, organisation, count in session().execute(_counts(tour_id)):
        if held:
            ateliers[thematique] = count
        else:
            participations[thematique, organisation] = count
    return Facts(participations, ateliers, _bodies(tour_id, {o for _, o in participations if o is not None}))


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


def _counts(tour_id: int) -> CompoundSelect[Any]:
    """Participations by thématique and organisation, in the order of the index; then the ateliers held."""
    of_tour = select(Thematique.id).where(Thematique.tour_id == tour_id)
    by_body = (
        select(
            literal(0).label("held"),
            Presence.thematique_id,
            Presence.organisation_id,
            func.count().label("count"),
        )
        .where(COUNTED, Presence.thematique_id.in_(of_tour), Presence.atelier_id.not_in(not_held(tour_id)))
        .group_by(Presence.thematique_id, Presence.organisation_id)
    )
    held = (
        select(literal(1), Atelier.thematique_id, literal(None), func.count())
        .where(Atelier.thematique_id.in_(of_tour), Atelier.id.not_in(not_held(tour_id)), _somebody_came())
        .group_by(Atelier.thematique_id)
    )
    return union_all(by_body, held)


def _somebody_came() -> Exists:
    return select(Presence.atelier_id).where(Presence.atelier_id == Atelier.id, COUNTED).exists()


def _bodies(tour_id: int, present: set[int]) -> dict[int, Body]:
    root = aliased(Organisation)
    asked = select(
        Organisation.id, root.id, root.name, (Organisation.cited == true()) & (root.cited == true())
    ).join(root, root.id == func.coalesce(Organisation.root_id, Organisation.id))
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
        .where(Etape.tour_id == tour_id, Dossier.cited.is_(False), Dossier.organisation_id.is_not(None))
        .distinct()
    )
    return {number for number in session().scalars(asked) if number is not None}
