"""What surrounds the figures of a fiche: ateliers without presences, cancelled ones with some, names to settle."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, or_, select

from tourpaca.attendance.models import Presence
from tourpaca.db import session
from tourpaca.fiches import figures, rules
from tourpaca.fiches.chiffres_cles import ChiffresCles
from tourpaca.fiches.rules import Check, Facts
from tourpaca.organisations.models import A_VERIFIER, Organisation
from tourpaca.tour.models import Atelier, Etape

A_QUALIFIER = "a_qualifier"


@dataclass(frozen=True)
class Held:
    """An atelier of a thématique: where, when, whether it counts, and whether somebody came."""

    place: str
    day: date
    counts: bool
    people: bool


def checks(thematique_id: int, live: ChiffresCles, today: date) -> list[Check]:
    """Return the checks of a fiche whose live figures are known; an atelier of `today` may still be running."""
    return of_all({thematique_id: live}, today)[thematique_id]


def of_all(live: Mapping[int, ChiffresCles], today: date) -> dict[int, list[Check]]:
    """Return the checks of several fiches by thématique, in two statements however many they are."""
    ateliers = _ateliers(live)
    unsettled = _unsettled(frozenset[int]().union(*(each.roots for each in live.values())))
    return {
        number: rules.checks(each, _facts(ateliers.get(number, []), each.roots, unsettled, today))
        for number, each in live.items()
    }


def _facts(
    ateliers: Sequence[Held], roots: frozenset[int], unsettled: tuple[set[int], set[int]], today: date
) -> Facts:
    to_qualify, to_review = unsettled
    return Facts(
        [held.place for held in ateliers if held.counts and not held.people and held.day < today],
        [held.place for held in ateliers if not held.counts and held.people],
        len(roots & to_qualify),
        len(roots & to_review),
    )


def _ateliers(thematiques: Collection[int]) -> Mapping[int | None, list[Held]]:
    somebody = select(Presence.atelier_id).where(Presence.atelier_id == Atelier.id, figures.COUNTED).exists()
    asked = (
        select(Atelier.thematique_id, Etape, and_(*figures.HELD), somebody)
        .join(Etape, Etape.id == Atelier.etape_id)
        .where(Atelier.thematique_id.in_(thematiques))
        .order_by(Etape.day, Etape.ordre)
    )
    found: dict[int | None, list[Held]] = {}
    for thematique_id, etape, counts, people in session().execute(asked):
        held = Held(etape.place_name, etape.day, bool(counts), bool(people))
        found.setdefault(thematique_id, []).append(held)
    return found


def _unsettled(roots: frozenset[int]) -> tuple[set[int], set[int]]:
    """Return which of these organisations have no type yet, and which have a name that nobody verified."""
    asked = select(Organisation.id, Organisation.kind, Organisation.state).where(
        Organisation.id.in_(roots),
        or_(Organisation.kind == A_QUALIFIER, Organisation.state == A_VERIFIER),
    )
    rows = session().execute(asked).all()
    return (
        {row.id for row in rows if row.kind == A_QUALIFIER},
        {row.id for row in rows if row.state == A_VERIFIER},
    )
