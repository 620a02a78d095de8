"""The figures of a tour and the versions of its fiches, as JSON values."""

import json
from collections.abc import Sequence
from typing import Any

from tourpaca.fiches import chiffres_cles, figures, queries
from tourpaca.fiches.content import Content
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


def fiche(says: Content, versions: Sequence[FichePubliee]) -> dict[str, Any]:
    """Return what a fiche says, its edition (version 0: a draft) and every erratum; `versions`: newest first."""
    return {
        "version": versions[0].number if versions else 0,
        "publiee_le": versions[0].published_at.isoformat() if versions else None,
        **{name: value for name, value in says.items() if name != "organisations_ids"},
        "errata": [
            {"version": each.number, "publiee_le": each.published_at.isoformat(), "texte": each.erratum}
            for each in versions
            if each.erratum
        ],
    }


def fiche_json(says: Content, versions: Sequence[FichePubliee]) -> bytes:
    """Return the same as a JSON file, accents kept."""
    return json.dumps(fiche(says, versions), ensure_ascii=False, indent=2).encode()
