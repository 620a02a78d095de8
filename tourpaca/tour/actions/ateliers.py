"""The grid thématique × étape that makes ateliers, and what each atelier needs."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import delete, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tourpaca.db import transaction
from tourpaca.french import typo
from tourpaca.journal.models import Act
from tourpaca.refusal import Refused
from tourpaca.tour import acts, changes, checks, rules, versions
from tourpaca.tour.facts import AtelierFacts, Edited
from tourpaca.tour.models import Atelier, Creneau, Etape, Thematique


@dataclass(frozen=True, order=True)
class Cell:
    """A cell of the grid: a thématique held, or not, at an étape."""

    etape_id: int
    thematique_id: int


@dataclass(frozen=True)
class NewLimits:
    """The limits that ateliers made by the grid start with."""

    capacity: int | None = None
    minimum: int = 0


NO_LIMITS = NewLimits()


def save_grid(
    act: Act,
    tour_id: int,
    ticked: Collection[Cell],
    unticked: Collection[Cell],
    limits: NewLimits = NO_LIMITS,
) -> None:
    """Make an atelier for each cell ticked and remove those of each cell unticked, all or none.

    Only what the organiser changed is given: two people who change different cells lose nothing, and the
    same cell ticked twice is one atelier. It goes into the créneau of its thématique, made when missing.
    Refuses to remove an atelier that somebody registered for, ever.
    """
    checks.refuse(checks.limits_messages(limits.capacity, None, limits.minimum))
    with transaction() as session:
        for cell in sorted(unticked):
            _empty(session, tour_id, cell)
        if ticked:
            acts.alone_on(session, tour_id)
        made = sum(_fill(session, tour_id, cell, limits) for cell in sorted(ticked))
        if made or unticked:
            counts = {"added": made, "removed": len(unticked)}
            acts.conclude_tour(session, act, "grid.save", tour_id, "Modifie le programme", **counts)


def _empty(session: Session, tour_id: int, cell: Cell) -> None:
    etape = acts.found(session, Etape, cell.etape_id)
    checks.belongs(etape.tour_id, tour_id)
    _remove(
        session,
        etape,
        (Atelier.etape_id == cell.etape_id) & (Atelier.thematique_id == cell.thematique_id),
    )


def _remove(session: Session, etape: Etape, which: object) -> None:
    """Remove ateliers unless a place, past or present, hangs on them: the foreign keys know, under any race."""
    try:
        session.execute(delete(Atelier).where(which))  # type: ignore[arg-type]
    except IntegrityError as held:
        raise Refused(
            typo(
                f"Un atelier de {rules.place(etape)} a déjà servi (inscriptions, présences ou notes) : "
                "il reste au programme et dans son créneau. "
                "Rien n’a été enregistré, vos autres choix sont gardés ici."
            )
        ) from held


def _fill(session: Session, tour_id: int, cell: Cell, limits: NewLimits) -> int:
    """Make the atelier of a cell and return 1, or 0 when it is held already."""
    etape = acts.found(session, Etape, cell.etape_id)
    thematique = acts.found(session, Thematique, cell.thematique_id)
    checks.belongs(etape.tour_id, tour_id)
    checks.belongs(thematique.tour_id, tour_id)
    held = (Atelier.etape_id == etape.id) & (Atelier.thematique_id == thematique.id)
    if session.scalar(select(func.count()).select_from(Atelier).where(held)):
        return 0
    creneau = _creneau(session, etape, thematique.creneau_ordre)
    atelier = Atelier(
        etape_id=etape.id,
        creneau_id=creneau.id,
        thematique_id=thematique.id,
        ordre=thematique.ordre,
        **asdict(limits),
    )
    session.add(atelier)
    session.flush()
    return 1


def _creneau(session: Session, etape: Etape, ordre: int) -> Creneau:
    """Return the créneau of that number, making the missing ones, whose hours are unknown."""
    for number in range(len(etape.creneaux) + 1, ordre + 1):
        etape.creneaux.append(Creneau(ordre=number))
    session.flush()
    return etape.creneaux[ordre - 1]


def write_ateliers(
    session: Session, act: Act, etape_id: int, rows: Sequence[Edited[AtelierFacts]]
) -> list[str]:
    """Change, in the open transaction, the créneau, the room and the limits of ateliers of an étape, all or none.

    Returns what is good to know: a limit lowered under the number registered removes nobody, and says so. Raises
    `Stale`, by atelier id. Refuses to move to another créneau an atelier that somebody registered for. The act itself
    is `registration.limits.save_ateliers`, since a limit raised serves those who wait.
    """
    for row in rows:
        checks.refuse(checks.atelier_messages(row.facts))

    def check(atelier: Atelier, _facts: AtelierFacts) -> None:
        checks.belongs(atelier.etape_id, etape_id)

    etape = acts.found(session, Etape, etape_id)
    moved = [row.id for row in rows if _move(session, etape, row)]
    with changes.watched(session, act, [etape_id]):
        changed = versions.save_all(session, Atelier, rows, check)
    if changed or moved:
        text = f"Modifie les ateliers de l’étape {acts.named(etape)}"
        touched = moved + [atelier.id for atelier in changed]
        acts.conclude_etape(session, act, "ateliers.save", etape, text, ateliers=touched)
    return [told for atelier in changed for told in _overruns(atelier)]


def _move(session: Session, etape: Etape, row: Edited[AtelierFacts]) -> bool:
    """Put an atelier in another créneau of its étape, with its other facts; tell whether it moved.

    A place remembers its créneau, so a held atelier must not move under it. The row is therefore removed and
    written again under its own id: the foreign keys refuse when anything hangs on it.
    """
    ours = (Atelier.id == row.id) & (Atelier.etape_id == etape.id) & (Atelier.version == row.version)
    stored = session.execute(select(Atelier.__table__).where(ours)).mappings().one_or_none()
    if stored is None or stored["creneau_id"] == row.facts.creneau_id:
        return False
    if row.facts.creneau_id not in {creneau.id for creneau in etape.creneaux}:
        raise Refused("Choisissez un créneau de cette étape.", "creneau_id")
    _remove(session, etape, ours)
    again = dict(stored) | asdict(row.facts) | {"version": row.version + 1}
    try:
        session.execute(insert(Atelier).values(**again))
    except IntegrityError as twice:
        raise Refused("Cette thématique est déjà tenue dans ce créneau.", "creneau_id") from twice
    return True


def _overruns(atelier: Atelier) -> list[str]:
    limits = [limit for limit in (atelier.capacity, atelier.room_capacity) if limit is not None]
    name = atelier.thematique.label if atelier.thematique else "l’événement"
    return rules.overrun(name, atelier.taken, min(limits, default=None))
