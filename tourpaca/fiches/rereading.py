"""The draft of a fiche, for those who are asked what they think of it before it is published."""

from tourpaca.fiches import content, outline, queries
from tourpaca.fiches.outline import Fiche
from tourpaca.refusal import Unknown
from tourpaca.tour import rereading


def of(tour: str, slug: str, token: str) -> Fiche:
    """Return what the fiche says now; without its own token the draft does not exist (`Unknown`)."""
    thematique = queries.thematique(tour, slug)
    if not rereading.opens(token, thematique):
        raise Unknown(queries.MISSING)
    return outline.draft(content.of(thematique), len(queries.versions(thematique.id)) + 1)
