"""What must always be true of presences: the last word of the marks, and nothing else."""

from collections.abc import Iterator

from sqlalchemy import func, select

from tourpaca.attendance.models import PRESENT, Mark, Presence
from tourpaca.attendance.rules import IMPORT
from tourpaca.db import session
from tourpaca.registration.models import Participant
from tourpaca.tour.models import ANNULE, Atelier


def breaches() -> Iterator[str]:
    """Yield each breach as a French sentence that names rows by their id and nobody by name."""
    yield from _against_the_marks()
    yield from _against_the_programme()
    yield from _on_cancelled_ateliers()


def _against_the_marks() -> Iterator[str]:
    newest = (
        select(Mark.participant_id, Mark.atelier_id, func.max(Mark.id).label("id"))
        .group_by(Mark.participant_id, Mark.atelier_id)
        .subquery()
    )
    asked = (
        select(Mark.participant_id, Mark.atelier_id)
        .join(newest, newest.c.id == Mark.id)
        .outerjoin(
            Presence,
            (Presence.participant_id == Mark.participant_id) & (Presence.atelier_id == Mark.atelier_id),
        )
        .where(Presence.mark_id.is_(None) | (Presence.mark_id != Mark.id) | (Presence.status != Mark.status))
    )
    for participant, atelier in session().execute(asked):
        yield f"la présence de la personne {participant} à l’atelier {atelier} ne suit pas sa dernière marque"


def _against_the_programme() -> Iterator[str]:
    """The thématique, the organisation and whether the person counts are copied on the row: they must agree.

    A file alone may say that somebody came for another organisation this once.
    """
    copied = (
        Presence.thematique_id.is_distinct_from(Atelier.thematique_id)
        | (Presence.organisation_id.is_distinct_from(Participant.organisation_id) & (Mark.source != IMPORT))
        | (Presence.counted != (Participant.role == "participant"))
    )
    asked = (
        select(Presence.participant_id, Presence.atelier_id)
        .join(Atelier, Atelier.id == Presence.atelier_id)
        .join(Participant, Participant.id == Presence.participant_id)
        .join(Mark, Mark.id == Presence.mark_id)
        .where(copied)
    )
    for participant, atelier in session().execute(asked):
        yield f"la présence de la personne {participant} à l’atelier {atelier} ne suit pas le programme"


def _on_cancelled_ateliers() -> Iterator[str]:
    asked = (
        select(Presence.atelier_id, func.count())
        .join(Atelier, Atelier.id == Presence.atelier_id)
        .where(Atelier.state == ANNULE, Presence.status == PRESENT)
        .group_by(Presence.atelier_id)
    )
    for atelier, people in session().execute(asked):
        yield f"l’atelier {atelier} est annulé et compte {people} présences"
