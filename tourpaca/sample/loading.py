"""Load the sample into an empty house, by the same acts as the team's."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from tourpaca.attendance import actions as attendance
from tourpaca.fiches import actions as fiches
from tourpaca.fiches import content
from tourpaca.fiches import queries as fiche_queries
from tourpaca.fiches.tour_file import actions as tour_file
from tourpaca.journal.models import Act
from tourpaca.refusal import Refused
from tourpaca.sample import coming
from tourpaca.tour import queries as tours

FILES = Path(__file__).parent
PAST = "tour-paca-2017-2018"
ANNOUNCED = datetime(2017, 11, 6, 8, tzinfo=UTC)
COUNTED = datetime(2018, 4, 3, 8, tzinfo=UTC)
PUBLISHED = datetime(2018, 4, 16, 8, tzinfo=UTC)


def is_wanted() -> bool:
    """Tell whether the house holds nothing but what an interrupted loading left: the tour to come is written last."""
    return {tour.slug for tour in tours.tours()} <= {PAST}


def load(now: datetime) -> None:
    """Load both tours; refuses in a house that holds anything else. Interrupted, it is taken up again.

    The finished tour gets the 203 presences that compile to the printed figures, then its eight fiches are published.
    """
    if not is_wanted():
        raise Refused("La maison n’est pas vide : l’exemple n’est pas chargé, rien n’est changé.")
    data = (FILES / f"{PAST}.yaml").read_bytes()
    tour_file.import_tour(Act(ANNOUNCED), data, apply=True)
    attendance.import_presences(Act(COUNTED), tours.tour(PAST).id, (FILES / "presences.csv").read_bytes())
    _publish()
    tour_file.import_tour(Act(now), _file(coming.document(_read(data), now)), apply=True)


def _publish() -> None:
    """Publish what is not yet, as the team would: each fiche read once more, then frozen."""
    for slug in [theme.slug for theme in fiche_queries.tour(PAST).thematiques]:
        thematique = fiche_queries.thematique(PAST, slug)
        if not fiche_queries.versions(thematique.id):
            digest = content.digest(content.of(thematique))
            fiches.publish(Act(PUBLISHED), thematique.id, 1, digest)


def _read(data: bytes) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load(data, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return loaded


def _file(document: dict[str, Any]) -> bytes:
    return str(yaml.safe_dump(document, allow_unicode=True, sort_keys=False)).encode()
