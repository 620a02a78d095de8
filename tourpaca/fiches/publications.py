"""The published fiches of a tour, ready for their readers: pages, documents, booklet."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tourpaca import french
from tourpaca.fiches import documents, outline, queries
from tourpaca.fiches.chiffres_cles import Totals
from tourpaca.fiches.models import FichePubliee
from tourpaca.fiches.outline import Fiche
from tourpaca.refusal import Unknown
from tourpaca.tour.models import Thematique, Tour


@dataclass(frozen=True)
class Entry:
    """A thématique in the public list: its title, and its published fiche when there is one."""

    number: int
    slug: str
    title: str
    label: str
    fiche: Fiche | None
    versions: Sequence[FichePubliee] = ()


@dataclass(frozen=True)
class Published:
    """The fiches of a published tour, in order."""

    tour: Tour
    entries: tuple[Entry, ...]

    @property
    def out(self) -> list[Entry]:
        """Those that have a published version."""
        return [entry for entry in self.entries if entry.fiche]

    def entry(self, slug: str) -> Entry:
        """Return the entry of a published fiche, or refuse with `Unknown`."""
        for entry in self.out:
            if entry.slug == slug:
                return entry
        raise Unknown("Cette fiche n’est pas publiée.")

    def fiche(self, slug: str) -> Fiche:
        """Return a published fiche, or refuse with `Unknown`."""
        found = self.entry(slug).fiche
        assert found is not None
        return found


def of(tour_slug: str) -> Published:
    """Return the fiches of a tour that the public may see; an unpublished tour is unknown."""
    tour = queries.tour(tour_slug)
    if tour.published_at is None:
        raise Unknown("Cette tournée n’existe pas.")
    versions = queries.all_versions(tour.id)
    return Published(tour, tuple(_entry(theme, versions.get(theme.id, [])) for theme in tour.thematiques))


def _entry(theme: Thematique, versions: Sequence[FichePubliee]) -> Entry:
    fiche = outline.published(versions) if versions else None
    title = fiche.title if fiche else outline.split_title(theme.title)[0]
    return Entry(theme.ordre, theme.slug, title, theme.label, fiche, versions)


def livret(published: Published) -> bytes:
    """Return the booklet of the fiches that are out; refuses (`Unknown`) when none is."""
    if not published.out:
        raise Unknown("Le livret paraîtra avec la première fiche.")
    fiches = [entry.fiche for entry in published.out if entry.fiche]
    latest = max(outline.day_of(entry.versions[0]) for entry in published.out)
    edition = f"Édition du {french.plain_date(latest)}, {french.plural(len(fiches), 'fiche')}."
    return documents.livret_pdf(published.tour, fiches, totals(published), edition)


def totals(published: Published) -> Totals:
    """Return the numbers of the published fiches together; an organisation present in several counts once.

    Frozen fiches keep the ids of the organisations they count, so that one that is not named still counts.
    """
    contents: list[dict[str, Any]] = [dict(entry.versions[0].content) for entry in published.out]
    return Totals(
        sum(content["ateliers"] for content in contents),
        sum(content["participants"] for content in contents),
        len({body for content in contents for body in content["organisations_ids"]}),
    )
