"""Where the fiches of a tour stand: counted now, published or not, and what is left to settle before publishing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tourpaca.fiches import checking, figures, queries, rules
from tourpaca.fiches.chiffres_cles import ChiffresCles
from tourpaca.fiches.content import Content
from tourpaca.fiches.models import FichePubliee
from tourpaca.fiches.queries import Text
from tourpaca.fiches.rules import FAIT, REFUS, Check
from tourpaca.tour.models import Thematique, Tour


@dataclass(frozen=True)
class Standing:
    """One fiche: its figures counted now, its newest version or none, how today differs from it, and the checks."""

    thematique: Thematique
    live: ChiffresCles
    checks: tuple[Check, ...]
    newest: FichePubliee | None = None
    gaps: tuple[str, ...] = ()
    texts_changed: bool = False
    written_at: datetime | None = None

    @property
    def next_number(self) -> int:
        """The number that the next version will bear."""
        return self.newest.number + 1 if self.newest else 1

    @property
    def to_settle(self) -> list[Check]:
        """The checks that are not good news."""
        return [check for check in self.checks if check.level != FAIT]

    @property
    def is_blocked(self) -> bool:
        """Whether something forbids publishing."""
        return any(check.level == REFUS for check in self.checks)

    @property
    def is_behind(self) -> bool:
        """Whether the published version says something else than today's count and texts."""
        return bool(self.newest and (self.gaps or self.texts_changed))

    @property
    def waits(self) -> bool:
        """Whether publishing would tell readers something new."""
        return self.is_behind or bool(not self.newest and self.live.participants)


def of_tour(tour: Tour, today: date) -> list[Standing]:
    """Return where each fiche of a tour stands, in order; the same number of statements whatever their number."""
    live = figures.of_tour(tour.id, [theme.id for theme in tour.thematiques])
    versions, texts = queries.all_versions(tour.id), queries.all_sections(tour.id)
    checks = checking.of_all(live, today)
    return [
        _standing(
            theme, live[theme.id], checks[theme.id], versions.get(theme.id, ()), texts.get(theme.id, {})
        )
        for theme in tour.thematiques
    ]


def of(thematique: Thematique, today: date) -> Standing:
    """Return where one fiche stands."""
    live = figures.of_tour(thematique.tour_id, [thematique.id])[thematique.id]
    checks = checking.checks(thematique.id, live, today)
    versions, texts = queries.versions(thematique.id), queries.sections(thematique.id)
    return _standing(thematique, live, checks, versions, texts)


def _standing(
    thematique: Thematique,
    live: ChiffresCles,
    checks: Sequence[Check],
    versions: Sequence[FichePubliee],
    texts: Mapping[str, Text],
) -> Standing:
    newest = versions[0] if versions else None
    return Standing(
        thematique,
        live,
        tuple(checks),
        newest,
        tuple(rules.gaps(newest.content, live)) if newest else (),
        newest is not None and _differ(newest.content, texts),
        max((text.changed_at for text in texts.values() if text.changed_at), default=None),
    )


def _differ(published: Content, texts: Mapping[str, Text]) -> bool:
    """Tell whether a text that the published version shows is no longer what is written."""
    return any(
        section["texte"] != (texts[section["genre"]].text if section["genre"] in texts else "")
        for section in published["sections"]
    )
