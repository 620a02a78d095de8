"""Writing a dossier: its rows, one multi-row statement per table, in Core (the hot lines of the house)."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import bindparam, func, insert, select

from tourpaca import french, setting
from tourpaca.db import insert_on, table
from tourpaca.kept.connection import Kept
from tourpaca.organisations.models import Organisation
from tourpaca.prepared import Asked, Open, Prepared
from tourpaca.registration import links, rules
from tourpaca.registration.models import CONFIRMEE, EN_ATTENTE, EN_LIGNE, Dossier, Participant, Place
from tourpaca.registration.programme import Programme
from tourpaca.registration.submission import Person, Submission, Wish
from tourpaca.registration.taking import Taken
from tourpaca.tour.models import Etape

DOSSIER, PARTICIPANT, PLACE = table(Dossier), table(Participant), table(Place)
OWN, ETAPE = table(Organisation), table(Etape)
# The organisation that a name leads to once spellings are linked: somebody's, and the one of the form.
_BODY = func.coalesce(OWN.c.root_id, OWN.c.id)
_MEANT = select(_BODY).where(OWN.c.id == bindparam("meant")).correlate(None).scalar_subquery()
_PERSON = Prepared(insert(PARTICIPANT).returning(PARTICIPANT.c.id))
_PLACES = Prepared(insert(PLACE))
_LIENS = Prepared(insert(links.LIEN))
_WRITTEN = Prepared(
    select(DOSSIER.c.id, ETAPE.c.day)
    .join(ETAPE, ETAPE.c.id == DOSSIER.c.etape_id)
    .where(DOSSIER.c.submission_key == bindparam("key"))
)


@cache
def _open(engine: str) -> Prepared:
    opened = insert_on(engine)(DOSSIER).on_conflict_do_nothing(index_elements=["submission_key"])
    return Prepared(opened.returning(DOSSIER.c.id))


@cache
def _namesakes(keys: int) -> Prepared:
    """Return the statement that looks for this many names at once; there are as many as people in a form."""
    asked: list[Any] = [bindparam(f"key_{number}") for number in range(keys)]
    return Prepared(
        select(
            PARTICIPANT.c.id,
            PARTICIPANT.c.identity_key,
            PARTICIPANT.c.email,
            DOSSIER.c.contact_email,
            (_BODY == _MEANT).label("same_body"),
        )
        .join_from(PARTICIPANT, DOSSIER, PARTICIPANT.c.dossier_id == DOSSIER.c.id)
        .outerjoin(OWN, OWN.c.id == PARTICIPANT.c.organisation_id)
        .where(
            PARTICIPANT.c.etape_id == bindparam("etape"),
            PARTICIPANT.c.identity_key.in_(asked),
            PARTICIPANT.c.dossier_id != bindparam("own"),
            PARTICIPANT.c.cancelled_at.is_(None),
        )
    )


@dataclass(frozen=True)
class NewPlace:
    """A place to write: whose (the position in the submission), what was wished, what was got.

    `told` is what the letter tells: the calendar of who has a place, the eyes of who waits.
    """

    number: int
    wish: Wish
    uid: str
    state: str
    rank: int = 0
    told: str = ""


def is_written(connection: Kept, key: str) -> bool:
    """Tell whether a submission was received before."""
    return _WRITTEN.first(connection, {"key": key}) is not None


def open_one(
    connection: Kept,
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
        "together": submission.together,
        "source": EN_LIGNE,
        "submission_key": submission.key,
        "created_at": now,
    }
    written: int | None = _open(connection.dialect.name).value(connection, row)
    return written


def link_again(connection: Kept, key: str) -> str:
    """Return the token of a dossier written before, sure to open it: the secret key may have changed since."""
    dossier_id, day = _WRITTEN.first(connection, {"key": key})
    token = links.token_of(key)
    links.stand(connection, [links.row(token, day, dossier_id)])
    return token


def namesakes(
    connection: Open,
    etape_id: int,
    submission: Submission,
    dossier_id: int,
    organisation_id: int | None,
) -> Callable[[], dict[int, int]]:
    """Ask who seems registered already, in another dossier; the answer is position in the submission → participant.

    With `dossier_id` 0, in whichever dossier.

    Same name and same mailbox, or same name and same organisation, whichever of its linked spellings was typed;
    who answered "somebody else" is left out.
    """
    keys = {rules.identity_key(p.first_name, p.last_name) for p in submission.people if not p.another}
    if not keys:
        return dict
    asked = {f"key_{number}": key for number, key in enumerate(keys)}
    known = {"etape": etape_id, "own": dossier_id, "meant": organisation_id}
    found = _namesakes(len(keys)).ask(connection, known | asked)
    return lambda: {
        number: row.id
        for number, person in enumerate(submission.people)
        for row in found.rows()
        if _same(person, row, submission)
    }


def _same(person: Person, row: Any, submission: Submission) -> bool:
    if person.another or row.identity_key != rules.identity_key(person.first_name, person.last_name):
        return False
    written = rules.mailbox(person.email or submission.contact_email)
    kept = rules.mailbox(row.email or row.contact_email)
    return written == kept or bool(row.same_body)


def add_people(
    connection: Open,
    programme: Programme,
    submission: Submission,
    dossier_id: int,
    organisation_id: int | None,
) -> list[Asked]:
    """Write the participants and return what tells their ids, in the order of the submission."""
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
    return [_PERSON.ask(connection, row) for row in rows]


def form_of(found: Dossier, newcomer: Person) -> Submission:
    """Return what the form would have sent for one person of a dossier that is there."""
    return Submission(
        key=found.submission_key or "",
        organisation=found.organisation_typed,
        contact_name=found.contact_name,
        contact_email=found.contact_email,
        people=(newcomer,),
    )


def new_uid() -> str:
    """Return the name of a calendar entry, which no other will ever have (RFC 7986 §5.3)."""
    return f"{secrets.token_hex(12)}@{urlsplit(setting.base_url()).hostname}"


def plan_places(programme: Programme, wishes: Sequence[tuple[int, Wish]], taken: Taken) -> list[NewPlace]:
    """Return the places that follow from what was taken; those who wait rank in the order of the submission."""
    ranks = dict(taken.first_ranks)
    planned = []
    for number, wish in wishes:
        uid, told = new_uid(), programme.told(wish.atelier_id)
        if wish.atelier_id in taken.confirmed:
            planned.append(NewPlace(number, wish, uid, CONFIRMEE, told=told))
        else:
            planned.append(NewPlace(number, wish, uid, EN_ATTENTE, ranks[wish.atelier_id], told))
            ranks[wish.atelier_id] += 1
    return planned


def add_places(connection: Open, places: Sequence[NewPlace], people: Sequence[int], now: datetime) -> None:
    """Write the places of the people just added."""
    rows = [
        {
            "participant_id": people[place.number],
            "atelier_id": place.wish.atelier_id,
            "creneau_id": place.wish.creneau_id,
            "state": place.state,
            "uid": place.uid,
            "calendar_sequence": 0,
            "told": place.told,
            "created_at": now,
            "changed_at": now,
        }
        for place in places
    ]
    _PLACES.each(connection, rows)


def add_links(
    connection: Kept, programme: Programme, key: str, dossier_id: int, people: Sequence[int]
) -> None:
    """Write the link of the dossier, and one for each person."""
    rows = [links.row(links.token_of(key), programme.etape.day, dossier_id)]
    rows += [
        links.row(links.token_of(key, number), programme.etape.day, dossier_id, participant_id)
        for number, participant_id in enumerate(people)
    ]
    _LIENS.each(connection, rows)
