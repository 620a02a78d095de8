"""Where organisations are cited, which were printed side by side, and what a link between two would change."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sqlalchemy import func, select

from tourpaca.attendance.models import PRESENT, Presence
from tourpaca.db import session
from tourpaca.fiches import figures
from tourpaca.fiches.chiffres_cles import ChiffresCles, Facts, compile_all, totals
from tourpaca.fiches.models import FichePubliee
from tourpaca.organisations.models import Organisation
from tourpaca.registration.models import Participant
from tourpaca.tour.models import Atelier, Etape, Thematique, Tour

END = func.coalesce(Organisation.root_id, Organisation.id)


@dataclass
class Citation:
    """What a body did in a tour: its presences, fiche by fiche (by thématique)."""

    by_fiche: dict[int, int] = field(default_factory=dict)

    @property
    def presences(self) -> int:
        """All its presences."""
        return sum(self.by_fiche.values())


def of_tour(tour_id: int) -> dict[int, Citation]:
    """Return the presences of each body that came to a tour."""
    found: dict[int, Citation] = defaultdict(Citation)
    bodies = figures.facts(tour_id).bodies
    for (thematique, organisation), count in figures.participations(tour_id).items():
        if organisation is not None:
            fiches = found[bodies[organisation].root_id].by_fiche
            fiches[thematique] = fiches.get(thematique, 0) + count
    return dict(found)


def published(tour_id: int) -> dict[int, int]:
    """Return the number of the version in force of each published fiche of a tour, by thématique."""
    asked = (
        select(FichePubliee.thematique_id, func.max(FichePubliee.number))
        .join(Thematique, Thematique.id == FichePubliee.thematique_id)
        .where(Thematique.tour_id == tour_id)
        .group_by(FichePubliee.thematique_id)
    )
    return dict(session().execute(asked).all())


def printed_together() -> Callable[[int, int], bool]:
    """Return what tells whether a fiche in force, of any tour, lists two bodies side by side."""
    newest = select(func.max(FichePubliee.id)).group_by(FichePubliee.thematique_id)
    asked = select(FichePubliee.content["organisations_ids"]).where(FichePubliee.id.in_(newest))
    return _share(set(ids or ()) for ids in session().scalars(asked))


def met(tour_id: int, ids: Iterable[int]) -> Callable[[int, int], bool]:
    """Return what tells whether one of these bodies and another came to one atelier of a tour."""
    present = (
        select(Presence.atelier_id)
        .join(Organisation, Organisation.id == Presence.organisation_id)
        .join(Atelier, Atelier.id == Presence.atelier_id)
        .join(Etape, Etape.id == Atelier.etape_id)
        .where(Etape.tour_id == tour_id, END.in_(list(ids)), Presence.status == PRESENT)
    )
    asked = (
        select(Presence.atelier_id, END)
        .join(Organisation, Organisation.id == Presence.organisation_id)
        .where(Presence.atelier_id.in_(present), Presence.status == PRESENT)
        .distinct()
    )
    rooms: dict[int, set[int]] = defaultdict(set)
    for atelier, body in session().execute(asked):
        rooms[atelier].add(body)
    return _share(rooms.values())


def _share(groups: Iterable[set[int]]) -> Callable[[int, int], bool]:
    lists: dict[int, set[int]] = defaultdict(set)
    for number, group in enumerate(groups):
        for body in group:
            lists[body].add(number)
    return lambda one, other: bool(lists.get(one, set()) & lists.get(other, set()))


@dataclass(frozen=True)
class Line:
    """One fiche before and after a link; `version` is the published one, which does not move, or None."""

    ordre: int
    label: str
    before: ChiffresCles
    after: ChiffresCles
    version: int | None


@dataclass(frozen=True)
class Effect:
    """What a link would change in a tour: the fiches that count either body, and the organisations of the tour."""

    tour: str
    lines: tuple[Line, ...]
    before: int
    after: int


def effects(organisation_id: int, to_id: int) -> list[Effect]:
    """Return what linking the first body to the second would change, tour by tour, the newest first."""
    both = {organisation_id, to_id}
    return [_effect(tour, organisation_id, to_id) for tour in _tours(both)]


def _tours(bodies: set[int]) -> Iterable[Tour]:
    came = (
        select(Etape.tour_id)
        .join(Participant, Participant.etape_id == Etape.id)
        .join(Organisation, Organisation.id == Participant.organisation_id)
        .where(END.in_(bodies))
    )
    return session().scalars(select(Tour).where(Tour.id.in_(came)).order_by(Tour.id.desc())).all()


def _effect(tour: Tour, organisation_id: int, to_id: int) -> Effect:
    themes = {theme.id: theme for theme in tour.thematiques}
    before = _compiled(themes, figures.facts(tour.id))
    after = _compiled(themes, figures.facts(tour.id, (organisation_id, to_id)))
    versions = published(tour.id)
    lines = (
        Line(theme.ordre, theme.label, before[number], after[number], versions.get(number))
        for number, theme in themes.items()
        if before[number].roots & {organisation_id, to_id}
    )
    numbers = (totals(each.values()).organisations for each in (before, after))
    return Effect(tour.name, tuple(lines), *numbers)


def _compiled(themes: Iterable[int], facts: Facts) -> dict[int, ChiffresCles]:
    return compile_all(list(themes), facts)
