"""The créneaux of an étape: adding them, their hours, removing the empty ones."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tourpaca.db import transaction
from tourpaca.journal.models import Act
from tourpaca.refusal import Refused
from tourpaca.tour import acts, changes, checks, legal_time, versions
from tourpaca.tour.facts import CreneauFacts, Edited
from tourpaca.tour.models import Creneau, Etape

HELD = (
    "Un créneau retiré a encore des ateliers. "
    "Rien n’a été enregistré\u00a0: retirez d’abord ses ateliers, ou déplacez-les dans un autre créneau."
)


def save(
    act: Act,
    etape_id: int,
    rows: Sequence[Edited[CreneauFacts]],
    new: Sequence[CreneauFacts] = (),
    removed: Collection[int] = (),
) -> list[str]:
    """Change, add and remove créneaux of an étape, all or none, and return what is good to know.

    Refuses hours out of order and the removal of a créneau with ateliers; raises `Stale`, by créneau id.
    """

    def check(creneau: Creneau, _facts: CreneauFacts) -> None:
        checks.belongs(creneau.etape_id, etape_id)

    with transaction() as session:
        etape = acts.found(session, Etape, etape_id)
        with changes.watched(session, act, [etape_id]):
            changed = versions.save_all(session, Creneau, rows, check)
        _remove(session, etape_id, removed)
        _add(session, etape, new)
        _renumber(session, etape)
        _refuse_disorder(etape)
        if changed or new or removed:
            text = f"Modifie les créneaux de l’étape {acts.named(etape)}"
            acts.conclude_etape(session, act, "creneaux.save", etape, text)
        hours = [hour for slot in etape.creneaux for hour in (slot.starts_at, slot.ends_at) if hour]
        return legal_time.twice(datetime.combine(etape.day, hour) for hour in hours)


def _remove(session: Session, etape_id: int, removed: Collection[int]) -> None:
    try:
        session.execute(delete(Creneau).where(Creneau.etape_id == etape_id, Creneau.id.in_(removed)))
    except IntegrityError as held:
        raise Refused(HELD) from held


def _add(session: Session, etape: Etape, new: Sequence[CreneauFacts]) -> None:
    if new:
        acts.alone_on(session, etape.tour_id)
    last = max((creneau.ordre for creneau in etape.creneaux), default=0)
    session.add_all(
        Creneau(etape_id=etape.id, ordre=ordre, **asdict(facts)) for ordre, facts in enumerate(new, last + 1)
    )
    session.flush()


def _renumber(session: Session, etape: Etape) -> None:
    session.expire(etape, ["creneaux"])
    for ordre, creneau in enumerate(etape.creneaux, 1):
        creneau.ordre = ordre
    session.flush()


def _refuse_disorder(etape: Etape) -> None:
    told = checks.creneaux_messages(
        etape.day,
        [CreneauFacts(creneau.starts_at, creneau.ends_at) for creneau in etape.creneaux],
    )
    for messages in told:
        checks.refuse(messages)
