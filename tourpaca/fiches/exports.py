"""The figures of a tour and the versions of its fiches, as JSON values."""

from collections.abc import Sequence
from typing import Any

from tourpaca.fiches import chiffres_cles, figures, queries
from tourpaca.fiches.models import FichePubliee


def figures_of(tour_slug: str) -> dict[str, Any]:
    """Return the live figures of a tour and of each of its fiches; refuses (`Unknown`) a tour that does not exist."""
    tour = queries.tour(tour_slug)
    live = figures.of_tour(tour.id, [theme.id for theme in tour.thematiques])
    total = chiffres_cles.totals(live.values())
    return {
        "tour": tour.slug,
        "ateliers": total.ateliers,
        "participations": total.participations,
        "organisations": total.organisations,
        "fiches": [
            {
                "ordre": theme.ordre,
                "slug": theme.slug,
                "ateliers": live[theme.id].ateliers,
                "participants": live[theme.id].participants,
                "organisations": list(live[theme.id].names),
                "phrase": chiffres_cles.phrase(live[theme.id], tour.inclusive_form),
            }
            for theme in tour.thematiques
        ],
    }


def fiche(versions: Sequence[FichePubliee]) -> dict[str, Any]:
    """Return the newest of a fiche's published versions (newest first): its content, its edition, every erratum."""
    newest = versions[0]
    return {
        "version": newest.number,
        "publiee_le": newest.published_at.isoformat(),
        **{name: value for name, value in newest.content.items() if name != "organisations_ids"},
        "errata": [
            {"version": each.number, "publiee_le": each.published_at.isoformat(), "texte": each.erratum}
            for each in versions
            if each.erratum
        ],
    }
