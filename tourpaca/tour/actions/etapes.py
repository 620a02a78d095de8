"""Adding, editing and removing an étape."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tourpaca.db import transaction
from tourpaca.journal.models import Act
from tourpaca.refusal import Refused
from tourpaca.tour import acts, changes, checks, departements, legal_time, rules, versions
from tourpaca.tour.facts import Edited, EtapeFacts, ScheduleFacts
from tourpaca.tour.models import CAPITALISATION, MATINEE, Atelier, Changement, Creneau, Etape

KEEPS_TRACES = (
    "Des personnes se sont inscrites à cette étape, ou des membres de l’équipe y sont rattachés\u00a0: "
    "elle est gardée telle quelle."
)


def create(act: Act, tour_id: int, facts: EtapeFacts, kind: str = MATINEE) -> str:
    """Add an étape and return its slug, made from its town or its département.

    An event of capitalisation receives its créneau and its only atelier, which has no thématique.
    """
    checks.refuse(checks.etape_messages(facts))
    with transaction() as session:
        etape = acts.add_etape(session, tour_id, facts, kind)
        if kind == CAPITALISATION:
            session.add(Atelier(etape=etape, creneau=Creneau(etape=etape, ordre=1), ordre=1))
        session.flush()
        _hand_down_hours(session, etape)
        slug = etape.slug
        acts.conclude_etape(session, act, "etape.create", etape, f"Ajoute l’étape {acts.named(etape)}")
    return slug


def _hand_down_hours(session: Session, etape: Etape) -> None:
    """Give the only créneau of an event the hours of its étape: letters and calendars read those of the créneau."""
    if etape.kind == CAPITALISATION:
        hours = {"starts_at": etape.starts_at, "ends_at": etape.ends_at}
        session.execute(update(Creneau).where(Creneau.etape_id == etape.id).values(**hours))


def write(session: Session, act: Act, etape_id: int, version: int, facts: EtapeFacts) -> list[str]:
    """Change an étape in the open transaction, people registered or not; its address stays.

    Returns what is good to know. Raises `Stale` when somebody saved first. The act itself is
    `registration.limits.edit_etape`, since a capacity raised serves those who wait.
    """
    checks.refuse(checks.etape_messages(facts))
    etape = acts.found(session, Etape, etape_id)
    name = departements.NAMES[facts.departement]
    with changes.watched(session, act, [etape.id]):
        changed = versions.save(session, etape, version, asdict(facts) | {"departement_name": name})
        if changed:
            _hand_down_hours(session, etape)
    if changed:
        text = f"Modifie l’étape {acts.named(etape)}"
        acts.conclude_etape(session, act, "etape.edit", etape, text, fields=changed)
    return [*rules.overrun("l’étape", etape.people, etape.capacity), *_twice(etape)]


def save_schedules(act: Act, tour_id: int, rows: Sequence[Edited[ScheduleFacts]]) -> list[str]:
    """Set the hours and the registrations of several étapes of a tour at once, and return what is good to know.

    All or none. Raises `Stale` with what is stored, by étape id, when somebody saved one of them first.
    """

    def check(etape: Etape, facts: ScheduleFacts) -> None:
        checks.belongs(etape.tour_id, tour_id)
        checks.refuse(checks.schedule_messages(etape.day, facts))

    with transaction() as session:
        with changes.watched(session, act, [row.id for row in rows]):
            changed = versions.save_all(session, Etape, rows, check)
            for etape in changed:
                _hand_down_hours(session, etape)
        for etape in changed:
            text = f"Règle les horaires de l’étape {acts.named(etape)}"
            acts.conclude_etape(session, act, "etape.schedule", etape, text)
        return [sentence for etape in changed for sentence in _twice(etape)]


def _twice(etape: Etape) -> list[str]:
    """Return which hour is meant, for those that come twice on the day."""
    hours = [
        datetime.combine(etape.day, hour)
        for hour in (etape.welcome_at, etape.starts_at, etape.ends_at)
        if hour is not None
    ]
    return legal_time.twice([*hours, etape.opens_at, etape.closes_at])


def remove(act: Act, etape_id: int) -> None:
    """Remove an étape where nobody ever registered, with its créneaux and ateliers; refused otherwise."""
    with transaction() as session:
        etape = acts.found(session, Etape, etape_id)
        tour_id, text = etape.tour_id, f"Retire l’étape {acts.named(etape)}"
        try:
            for table in (Atelier, Creneau, Changement):
                session.execute(delete(table).where(table.etape_id == etape_id))
            session.execute(delete(Etape).where(Etape.id == etape_id))
        except IntegrityError as held:
            raise Refused(KEEPS_TRACES) from held
        acts.conclude_tour(session, act, "etape.remove", tour_id, text)
