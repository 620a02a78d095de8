"""Where a fiche is reread before it is published: an address that is given to some and cannot be guessed."""

from tourpaca import security, setting
from tourpaca.tour.models import Thematique, Tour

PURPOSE = "relecture"


def token(thematique: Thematique) -> str:
    """Return what opens the draft of a fiche; the same for everybody it is given to, another for each fiche."""
    return security.derived(PURPOSE, str(thematique.id))


def opens(token: str, thematique: Thematique) -> bool:
    """Tell whether a token opens the draft of a fiche; those given before the key was changed still do."""
    return security.is_derived(token, PURPOSE, str(thematique.id))


def address(tour: Tour, thematique: Thematique) -> str:
    """Return the whole address of the draft of a fiche, fit for a letter."""
    return f"{setting.base_url()}/tours/{tour.slug}/fiches/{thematique.slug}/relecture/{token(thematique)}"
