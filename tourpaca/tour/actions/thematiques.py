"""The thématiques of a tour, written once and held at several étapes."""

from collections.abc import Collection, Sequence
from dataclasses import asdict

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tourpaca.db import transaction
from tourpaca.journal.models import Act
from tourpaca.refusal import Refused
from tourpaca.tour import acts, checks, slugs, versions
from tourpaca.tour.facts import Edited, ThematiqueFacts
from tourpaca.tour.models import Thematique

HELD = (
    "Une thématique retirée est encore au programme d’une étape, ou sa fiche est commencée. "
    "Rien n’a été enregistré\u00a0: décochez d’abord ses ateliers dans la grille."
)


def save(
    act: Act,
    tour_id: int,
    rows: Sequence[Edited[ThematiqueFacts]],
    new: Sequence[ThematiqueFacts] = (),
    removed: Collection[int] = (),
) -> None:
    """Change, add and remove thématiques of a tour, all or none; a title changed is changed everywhere.

    Addresses stay as they were given. Refuses to remove one that an étape holds; raises `Stale`, by id.
    """
    for facts in new:
        checks.refuse(checks.thematique_messages(facts))

    def check(thematique: Thematique, facts: ThematiqueFacts) -> None:
        checks.belongs(thematique.tour_id, tour_id)
        checks.refuse(checks.thematique_messages(facts))

    with transaction() as session:
        changed = versions.save_all(session, Thematique, rows, check)
        _remove(session, tour_id, removed)
        _add(session, tour_id, new)
        if changed or new or removed:
            counts = {"changed": len(changed), "added": len(new), "removed": len(removed)}
            acts.conclude_tour(
                session, act, "thematiques.save", tour_id, "Modifie les thématiques de la tournée", **counts
            )


def _remove(session: Session, tour_id: int, removed: Collection[int]) -> None:
    ours = (Thematique.tour_id == tour_id) & Thematique.id.in_(removed)
    try:
        session.execute(delete(Thematique).where(ours))
    except IntegrityError as held:
        raise Refused(HELD) from held


def _add(session: Session, tour_id: int, new: Sequence[ThematiqueFacts]) -> None:
    if not new:
        return
    acts.alone_on(session, tour_id)
    ours = Thematique.tour_id == tour_id
    taken = set(session.scalars(select(Thematique.slug).where(ours)))
    last = session.scalar(select(func.max(Thematique.ordre)).where(ours)) or 0
    for ordre, facts in enumerate(new, last + 1):
        slug = slugs.unique(facts.short_title or facts.title, taken, "thematique")
        taken.add(slug)
        session.add(Thematique(tour_id=tour_id, ordre=ordre, slug=slug, **asdict(facts)))
    session.flush()
