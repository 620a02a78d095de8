"""The fiches of a tour, ready for their readers: pages, documents, booklet; those published, or all as they stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tourpaca import french
from tourpaca.fiches import content, documents, outline, queries
from tourpaca.fiches.chiffres_cles import Totals
from tourpaca.fiches.content import Content
from tourpaca.fiches.models import FichePubliee
from tourpaca.fiches.outline import Fiche
from tourpaca.refusal import Unknown
from tourpaca.tour.models import Thematique, Tour


@dataclass(frozen=True)
class Entry:
    """A thématique in the list: its title, and what its fiche says when it is shown (`versions`: newest first)."""

    number: int
    slug: str
    title: str
    label: str
    fiche: Fiche | None
    content: Content
    versions: Sequence[FichePubliee] = ()


@dataclass(frozen=True)
class Published:
    """The fiches of a tour, in order."""

    tour: Tour
    entries: tuple[Entry, ...]

    @property
    def out(self) -> list[Entry]:
        """Those that are shown."""
        return [entry for entry in self.entries if entry.fiche]

    def entry(self, slug: str) -> Entry:
        """Return the entry of a fiche that is shown, or refuse with `Unknown`."""
        for entry in self.out:
            if entry.slug == slug:
                return entry
        raise Unknown("Cette fiche n’est pas publiée.")

    def fiche(self, slug: str) -> Fiche:
        """Return a fiche that is shown, or refuse with `Unknown`."""
        found = self.entry(slug).fiche
        assert found is not None
        return found


def of(tour_slug: str) -> Published:
    """Return the fiches of a tour that the public may see; an unpublished tour is unknown."""
    tour = queries.tour(tour_slug)
    if tour.published_at is None:
        raise Unknown("Cette tournée n’existe pas.")
    return _of(tour, drafts=False)


def as_they_stand(tour_slug: str) -> Published:
    """Return every fiche of a tour: its published version, else the draft with the figures of this moment."""
    return _of(queries.tour(tour_slug), drafts=True)


def _of(tour: Tour, drafts: bool) -> Published:
    versions = queries.all_versions(tour.id)
    return Published(
        tour, tuple(_entry(theme, versions.get(theme.id, []), drafts) for theme in tour.thematiques)
    )


def _entry(theme: Thematique, versions: Sequence[FichePubliee], drafts: bool) -> Entry:
    says: Content = dict(versions[0].content) if versions else content.of(theme) if drafts else {}
    fiche = outline.published(versions) if versions else outline.draft(says, 1) if drafts else None
    title = fiche.title if fiche else outline.split_title(theme.title)[0]
    return Entry(theme.ordre, theme.slug, title, theme.label, fiche, says, versions)


def page(published: Published, slug: str) -> dict[str, Any]:
    """Return what the page of a fiche shows beside its tour: the fiche, its neighbours, the pages of its PDF."""
    fiche = published.fiche(slug)
    return {
        "fiche": fiche,
        "others": [entry for entry in published.out if entry.slug != slug],
        "near": [entry for entry in published.out if abs(entry.number - fiche.number) == 1],
        "pages": documents.pages(documents.fiche_pdf(fiche)),
    }


def livret(published: Published) -> bytes:
    """Return the booklet of the fiches that are out; refuses (`Unknown`) when none is."""
    if not published.out:
        raise Unknown("Le livret paraîtra avec la première fiche.")
    fiches = [entry.fiche for entry in published.out if entry.fiche]
    return documents.livret_pdf(published.tour, fiches, totals(published), _edition(published.out))


def _edition(out: Sequence[Entry]) -> str:
    drafts = [entry for entry in out if not entry.versions]
    if drafts:
        return f"Épreuve, {french.plural(len(out), 'fiche')}, dont {len(drafts)} en brouillon."
    latest = max(outline.day_of(entry.versions[0]) for entry in out)
    return f"Édition du {french.plain_date(latest)}, {french.plural(len(out), 'fiche')}."


def totals(published: Published) -> Totals:
    """Return the numbers of the fiches shown, together; an organisation present in several counts once."""
    return _totals([entry.content for entry in published.out])


@dataclass(frozen=True)
class Out:
    """How many fiches of a tour are published, and their numbers together."""

    fiches: int
    totals: Totals


def out(tour_id: int) -> Out:
    """Return what the home of a tour says of its fiches, in one statement."""
    newest: list[Content] = [dict(found[0].content) for found in queries.all_versions(tour_id).values()]
    return Out(len(newest), _totals(newest))


def _totals(contents: Sequence[Content]) -> Totals:
    """Fiches keep the ids of the organisations they count, so that one that is not named still counts."""
    return Totals(
        sum(content["ateliers"] for content in contents),
        sum(content["participants"] for content in contents),
        len({body for content in contents for body in content["organisations_ids"]}),
    )
