"""What a fiche said at an earlier moment: each change leaves in the journal, which only grows, the text it replaced."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from tourpaca import clock
from tourpaca.db import session
from tourpaca.fiches import changes, queries
from tourpaca.fiches.changes import TextChange
from tourpaca.journal import queries as journal
from tourpaca.registration.rules import beginning
from tourpaca.tour.models import CAPITALISATION, PREVU, Etape

REPLACED = "replaced"


@dataclass(frozen=True)
class Rereading:
    """The event where the drafts were commented last, and the instant from which they were shown."""

    etape: Etape
    at: datetime


def rereading(tour_id: int, now: datetime) -> Rereading | None:
    """Return the last event of capitalisation that has begun, or None."""
    asked = select(Etape).where(Etape.tour_id == tour_id, Etape.kind == CAPITALISATION, Etape.state == PREVU)
    events = [Rereading(etape, clock.instant_of(beginning(etape))) for etape in session().scalars(asked)]
    return max((event for event in events if event.at <= now), key=lambda event: event.at, default=None)


def texts_at(thematique_id: int, at: datetime) -> dict[str, str]:
    """Return the five texts as they were at an instant, by kind of section."""
    texts = _now(thematique_id)
    for entry in reversed(journal.of_subject(f"thematique:{thematique_id}")):
        if entry.at <= at:
            break
        replaced = entry.data.get(REPLACED)
        texts |= replaced if isinstance(replaced, Mapping) else {}
    return texts


def since(thematique_id: int, at: datetime) -> list[TextChange]:
    """Return what was added to the texts and taken out of them since an instant, section by section."""
    return changes.of_texts(texts_at(thematique_id, at), _now(thematique_id))


def _now(thematique_id: int) -> dict[str, str]:
    return {kind: section.text for kind, section in queries.sections(thematique_id).items()}
