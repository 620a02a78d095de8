"""What a fiche says at one moment, as plain values: shown as a draft, or frozen as a version that never changes.

Every output (page, PDF, booklet, document, JSON) is made from this and from nothing else.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from tourpaca.fiches import chiffres_cles, figures, light_text, queries
from tourpaca.fiches.chiffres_cles import ChiffresCles
from tourpaca.fiches.models import ENJEUX, ILLUSTRATIONS, INDICATEURS, PARTENAIRES, PRESENTATION
from tourpaca.tour.models import Thematique, Tour

CHIFFRES_CLES = "chiffres_cles"
TITLES = {
    PRESENTATION: "Présentation de la thématique",
    CHIFFRES_CLES: "Chiffres clés de la tournée",
    ENJEUX: "Enjeux : pourquoi agir sur ce thème ?",
    INDICATEURS: "Des propositions d’indicateurs",
    ILLUSTRATIONS: "Des illustrations de bonnes pratiques",
    PARTENAIRES: "Partenaires",
}
Content = dict[str, Any]


def of(thematique: Thematique) -> Content:
    """Return what the fiche of a thématique says now: its texts, and its figures counted at this moment."""
    tour = thematique.tour
    live = figures.of_tour(tour.id, [thematique.id])[thematique.id]
    texts = {section.kind: section.text for section in queries.sections(thematique.id).values()}
    return {
        "tour": {"slug": tour.slug, "nom": tour.name, "organisateur": tour.organiser_name},
        "ordre": thematique.ordre,
        "slug": thematique.slug,
        "titre": thematique.title,
        "titre_court": thematique.short_title,
        "reference": thematique.reference,
        "etapes": _etapes(thematique.id),
        **_figures(live, tour.inclusive_form),
        "sections": [
            {"genre": kind, "titre": TITLES[kind], "texte": texts.get(kind, "")}
            for kind in tour.section_order
            if kind in TITLES
        ],
        "partenaires": _partners(tour, texts),
    }


def _figures(live: ChiffresCles, form: str) -> Content:
    return {
        "ateliers": live.ateliers,
        "participants": live.participants,
        "participants_mot": chiffres_cles.word(live.participants, form),
        "organisations": list(live.names),
        "organisations_nombre": live.organisations,
        "organisations_ids": sorted(live.roots),
        "debut": chiffres_cles.opening(live.ateliers, live.participants, form),
        "phrase": chiffres_cles.phrase(live, form),
    }


def _etapes(thematique_id: int) -> list[Content]:
    return [
        {"lieu": row.place, "date": row.day.isoformat(), "participants": row.participants}
        for row in figures.by_etape(thematique_id)
    ]


def _partners(tour: Tour, texts: Mapping[str, str]) -> list[Content]:
    """The names typed for this fiche, or the partners of the tour when none are; a known partner keeps its logo."""
    logos = {partner.name: partner.logo for partner in tour.partenaires}
    names = light_text.items(texts.get(PARTENAIRES, "")) or list(logos)
    return [{"nom": name, "logo": logos.get(name, "")} for name in names]


def digest(content: Content) -> str:
    """Return a short mark of a content: the page that was read and the act that publishes it compare theirs."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:20]
