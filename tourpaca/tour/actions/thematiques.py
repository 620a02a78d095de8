"""The thématiques of a tour, written once and held at several étapes."""

from collections.abc import Collection, Sequence
from dataclasses import asdict

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tourpaca.db import transaction
from tourpaca.journal.models import Act
from tourpaca.refusal import Refused
from tourpaca.tour import acts, checks, slugs, versions
from tourpaca.tour.facts import Edited, Move, ThematiqueFacts
from tourpaca.tour.models import Atelier, Thematique

HELD = (
    "Une thématique retirée est encore au programme d’une étape, ou sa fiche est commencée. "
    "Rien n’a été enregistré\u00a0: décochez d’abord ses ateliers dans la grille."
)

ORDER_CHANGED = (
    "L’ordre des thématiques a changé pendant que vous écriviez. Rien n’a été enregistré, "
    "votre texte est gardé\u00a0: relisez l’ordre, puis recommencez."
)


def save(
    act: Act,
    tour_id: int,
    rows: Sequence[Edited[ThematiqueFacts]],
    new: Sequence[ThematiqueFacts] = (),
    removed: Collection[int] = (),
    move: Move | None = None,
) -> None:
    """Change, add, remove and move thématiques of a tour, all or none; a title changed is changed everywhere.

    Addresses stay as they were given. Refuses to remove one that an étape holds, and to move one in an order that
    is no longer what was seen; raises `Stale`, by id. The numbers of the ateliers follow; published fiches do not.
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
        moved = _move(session, tour_id, move) if move else 0
        if changed or new or removed or moved:
            counts = {"changed": len(changed), "added": len(new), "removed": len(removed), "moved": moved}
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


def _move(session: Session, tour_id: int, move: Move) -> int:
    """Exchange a thématique with its neighbour and return how many changed place: none at either end."""
    acts.alone_on(session, tour_id)
    asked = select(Thematique.id, Thematique.ordre).where(Thematique.tour_id == tour_id)
    ordres = dict(session.execute(asked.order_by(Thematique.ordre)).all())
    if [number for number in ordres if number in move.seen] != [n for n in move.seen if n in ordres]:
        raise Refused(ORDER_CHANGED)
    ids = list(ordres)
    place = ids.index(move.id) if move.id in ordres else 0
    other = place + move.step
    if move.id not in ordres or not 0 <= other < len(ids):
        return 0
    # One number is free for a moment: two thématiques of a tour never bear the same.
    for number, ordre in ((move.id, -1), (ids[other], ordres[move.id]), (move.id, ordres[ids[other]])):
        session.execute(update(Thematique).where(Thematique.id == number).values(ordre=ordre))
        session.execute(update(Atelier).where(Atelier.thematique_id == number).values(ordre=ordre))
    return 2
