"""What surrounds the figures of a fiche: ateliers without presences, cancelled ones with some, names to settle."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, case, func, select

from tourpaca.attendance.models import Presence
from tourpaca.db import session
from tourpaca.fiches import figures, rules
from tourpaca.fiches.chiffres_cles import ChiffresCles
from tourpaca.fiches.rules import Check, Facts
from tourpaca.organisations.models import A_VERIFIER, Organisation
from tourpaca.tour.models import Atelier, Etape


@dataclass(frozen=True)
class Held:
    """An atelier of the thématique: where, when, whether it counts, and whether somebody came."""

    place: str
    day: date
    counts: bool
    people: bool


def checks(thematique_id: int, live: ChiffresCles, today: date) -> list[Check]:
    """Return the checks of a fiche whose live figures are known; an atelier of `today` may still be running."""
    ateliers = _ateliers(thematique_id)
    to_qualify, to_review = _to_settle(live.roots)
    return rules.checks(
        live,
        Facts(
            [held.place for held in ateliers if held.counts and not held.people and held.day < today],
            [held.place for held in ateliers if not held.counts and held.people],
            to_qualify,
            to_review,
        ),
    )


def _ateliers(thematique_id: int) -> Sequence[Held]:
    somebody = select(Presence.atelier_id).where(Presence.atelier_id == Atelier.id, figures.COUNTED).exists()
    asked = (
        select(Etape, and_(*figures.HELD), somebody)
        .join(Atelier, Atelier.etape_id == Etape.id)
        .where(Atelier.thematique_id == thematique_id)
        .order_by(Etape.day, Etape.ordre)
    )
    return [
        Held(etape.place_name, etape.day, bool(counts), bool(people))
        for etape, counts, people in session().execute(asked)
    ]


def _to_settle(roots: frozenset[int]) -> tuple[int, int]:
    """Return how many of these organisations have no type yet, and how many have a name that nobody verified."""
    asked = select(
        func.count(case((Organisation.kind == "a_qualifier", 1))),
        func.count(case((Organisation.state == A_VERIFIER, 1))),
    ).where(Organisation.id.in_(roots))
    to_qualify, to_review = session().execute(asked).one()
    return to_qualify, to_review
