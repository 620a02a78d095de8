"""Writing a dossier: its rows, one multi-row statement per table, in Core (the hot lines of the house)."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import bindparam, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from tourpaca import french, setting
from tourpaca.db import table
from tourpaca.registration import links, rules
from tourpaca.registration.models import CONFIRMEE, EN_ATTENTE, EN_LIGNE, Dossier, Lien, Participant, Place
from tourpaca.registration.programme import Programme
from tourpaca.registration.submission import Person, Submission, Wish
from tourpaca.registration.taking import Taken

DOSSIER, PARTICIPANT, PLACE, LIEN = table(Dossier), table(Participant), table(Place), table(Lien)
_OPEN = {
    engine: make(DOSSIER).on_conflict_do_nothing(index_elements=["submission_key"]).returning(DOSSIER.c.id)
    for engine, make in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}
_PEOPLE = insert(PARTICIPANT).returning(PARTICIPANT.c.id, sort_by_parameter_order=True)
_PLACES = insert(PLACE)
_LIENS = insert(LIEN)
_NAMESAKES = (
    select(
        PARTICIPANT.c.id,
        PARTICIPANT.c.identity_key,
        PARTICIPANT.c.email,
        PARTICIPANT.c.organisation_id,
        DOSSIER.c.contact_email,
    )
    .join_from(PARTICIPANT, DOSSIER, PARTICIPANT.c.dossier_id == DOSSIER.c.id)
    .where(
        PARTICIPANT.c.etape_id == bindparam("etape_id"),
        PARTICIPANT.c.identity_key.in_(bindparam("keys", expanding=True)),
        PARTICIPANT.c.cancelled_at.is_(None),
    )
)


@dataclass(frozen=True)
class NewPlace:
    """A place to write: whose (the position in the submission), what was wished, what was got."""

    number: int
    wish: Wish
    uid: str
    state: str
    rank: int = 0


def open_one(
    connection: Connection,
    programme: Programme,
    submission: Submission,
    organisation_id: int | None,
    now: datetime,
) -> int | None:
    """Write the dossier and return its id, or None when this submission was written before.

    A second sending of the same key waits here until the first is committed, before it takes any place.
    """
    row = {
        "etape_id": programme.etape.id,
        "organisation_id": organisation_id,
        "organisation_typed": submission.organisation,
        "contact_name": submission.contact_name,
        "contact_email": submission.contact_email,
        "contact_phone": submission.contact_phone,
        "access_needs": submission.access_needs,
        "cited": submission.cited,
        "source": EN_LIGNE,
        "submission_key": submission.key,
        "created_at": now,
    }
    return connection.execute(_OPEN[connection.dialect.name], row).scalar()


def namesakes(
    connection: Connection, etape_id: int, submission: Submission, organisation_id: int | None
) -> dict[int, int]:
    """Return who seems registered already: position in the submission → participant.

    Same name and same mailbox, or same name and same organisation; who answered "somebody else" is left out.
    """
    keys = {rules.identity_key(p.first_name, p.last_name) for p in submission.people if not p.another}
    if not keys:
        return {}
    rows = connection.execute(_NAMESAKES, {"etape_id": etape_id, "keys": list(keys)}).all()
    return {
        number: row.id
        for number, person in enumerate(submission.people)
        for row in rows
        if _same(person, row, submission, organisation_id)
    }


def _same(person: Person, row: Any, submission: Submission, organisation_id: int | None) -> bool:
    if person.another or row.identity_key != rules.identity_key(person.first_name, person.last_name):
        return False
    written = rules.mailbox(person.email or submission.contact_email)
    kept = rules.mailbox(row.email or row.contact_email)
    return written == kept or (organisation_id is not None and organisation_id == row.organisation_id)


def add_people(
    connection: Connection,
    programme: Programme,
    submission: Submission,
    dossier_id: int,
    organisation_id: int | None,
) -> list[int]:
    """Write the participants and return their ids, in the order of the submission."""
    rows = [
        {
            "dossier_id": dossier_id,
            "etape_id": programme.etape.id,
            "organisation_id": organisation_id,
            "first_name": person.first_name,
            "last_name": person.last_name,
            "email": person.email,
            "role": "participant",
            "sort_key": french.sort_key(person.last_name, person.first_name),
            "identity_key": rules.identity_key(person.first_name, person.last_name),
        }
        for person in submission.people
    ]
    return list(connection.execute(_PEOPLE, rows).scalars())


def plan_places(wishes: Sequence[tuple[int, Wish]], taken: Taken) -> list[NewPlace]:
    """Return the places that follow from what was taken; those who wait rank in the order of the submission."""
    host = urlsplit(setting.base_url()).hostname
    ranks = dict(taken.first_ranks)
    planned = []
    for number, wish in wishes:
        uid = f"{secrets.token_hex(12)}@{host}"
        if wish.atelier_id in taken.confirmed:
            planned.append(NewPlace(number, wish, uid, CONFIRMEE))
        else:
            planned.append(NewPlace(number, wish, uid, EN_ATTENTE, ranks[wish.atelier_id]))
            ranks[wish.atelier_id] += 1
    return planned


def add_places(
    connection: Connection, places: Sequence[NewPlace], people: Sequence[int], now: datetime
) -> None:
    """Write the places of the people just added."""
    rows = [
        {
            "participant_id": people[place.number],
            "atelier_id": place.wish.atelier_id,
            "creneau_id": place.wish.creneau_id,
            "state": place.state,
            "uid": place.uid,
            "calendar_sequence": 0,
            "created_at": now,
            "changed_at": now,
        }
        for place in places
    ]
    connection.execute(_PLACES, rows)


def add_links(
    connection: Connection, programme: Programme, key: str, dossier_id: int, people: Sequence[int]
) -> None:
    """Write the link of the dossier, and one for each person."""
    rows = [links.row(links.token_of(key), programme.etape.day, dossier_id)]
    rows += [
        links.row(links.token_of(key, number), programme.etape.day, dossier_id, participant_id)
        for number, participant_id in enumerate(people)
    ]
    connection.execute(_LIENS, rows)
