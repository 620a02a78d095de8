"""Writing the presences of a file in bulk: organisations, people added on the spot, marks, presences."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from tourpaca import french
from tourpaca.attendance import facts
from tourpaca.attendance.models import Mark, Presence
from tourpaca.attendance.presences_known import Who, is_name, name_key
from tourpaca.attendance.presences_plan import Change
from tourpaca.attendance.rules import IMPORT, NewMark, split_name
from tourpaca.journal.models import Act
from tourpaca.organisations.attachment import recognise
from tourpaca.registration.models import SUR_PLACE, Dossier, Participant

BATCH = 5_000
_FOR_ANOTHER_BODY = (
    update(Presence)
    .where(Presence.participant_id == bindparam("person"), Presence.atelier_id == bindparam("room"))
    .values(organisation_id=bindparam("body"))
)


@dataclass(frozen=True)
class _Settled:
    """A change whose organisation is known, or nobody."""

    change: Change
    organisation_id: int | None


def write(session: Session, act: Act, changes: Sequence[Change]) -> None:
    """Write every change in the open transaction; people who are not known yet come as added on the spot."""
    settled = _settle_organisations(session, act, changes)
    people = _people(session, act, settled)
    marks = [
        NewMark(uuid4().hex, people[_who(s)], s.change.atelier_id, s.change.status, IMPORT) for s in settled
    ]
    ids = _append(session, act, marks)
    _follow(session, settled, marks, ids)


def _who(settled: _Settled) -> tuple[int, Who]:
    return settled.change.etape_id, settled.change.who


def _settle_organisations(session: Session, act: Act, changes: Sequence[Change]) -> list[_Settled]:
    names = dict.fromkeys(c.organisation_name for c in changes if c.organisation_name)
    recognised = {name: recognise(session, name, act.now, origin=IMPORT) for name in names}
    return [_Settled(c, c.organisation_id or recognised.get(c.organisation_name)) for c in changes]


def _people(session: Session, act: Act, settled: Sequence[_Settled]) -> dict[tuple[int, Who], int]:
    """Return the participants by étape and by who they are, the missing ones created with a dossier each."""
    known: dict[tuple[int, Who], int] = {}
    missing: dict[tuple[int, Who], _Settled] = {}
    for s in settled:
        who = _who(s)
        if isinstance(who[1], int):
            known[who] = who[1]
        elif who not in missing or missing[who].organisation_id is None:
            missing[who] = s
    return {**known, **_create(session, act, missing)}


def _create(
    session: Session, act: Act, missing: dict[tuple[int, Who], _Settled]
) -> dict[tuple[int, Who], int]:
    if not missing:
        return {}
    dossiers = session.scalars(
        insert(Dossier).returning(Dossier.id, sort_by_parameter_order=True),
        [_dossier(act, s) for s in missing.values()],
    )
    people = session.scalars(
        insert(Participant).returning(Participant.id, sort_by_parameter_order=True),
        [_participant(s, dossier_id) for s, dossier_id in zip(missing.values(), dossiers.all(), strict=True)],
    )
    return dict(zip(missing, people.all(), strict=True))


def _dossier(act: Act, settled: _Settled) -> dict[str, object]:
    return {
        "etape_id": settled.change.etape_id,
        "organisation_id": settled.organisation_id,
        "organisation_typed": settled.change.organisation_name,
        "source": SUR_PLACE,
        "created_at": act.now,
    }


def _participant(settled: _Settled, dossier_id: int) -> dict[str, object]:
    reference = settled.change.person
    first, last = split_name(reference) if is_name(reference) else ("", reference)
    return {
        "dossier_id": dossier_id,
        "etape_id": settled.change.etape_id,
        "organisation_id": settled.organisation_id,
        "first_name": first,
        "last_name": last,
        "sort_key": french.sort_key(last, first),
        "identity_key": name_key(reference),
        "external_ref": reference,
    }


def _append(session: Session, act: Act, marks: Sequence[NewMark]) -> list[int]:
    statement = insert(Mark).returning(Mark.id, sort_by_parameter_order=True)
    return list(session.scalars(statement, [facts.values(act, mark) for mark in marks]))


def _follow(session: Session, settled: Sequence[_Settled], marks: Sequence[NewMark], ids: list[int]) -> None:
    """Bring the presences up to date; a file may say for whom a person came each time, and is believed."""
    connection = session.connection()
    for start in range(0, len(ids), BATCH):
        connection.execute(facts.FOLLOW_MANY, {"mark_ids": ids[start : start + BATCH]})
    own = dict(_own_bodies(session, settled))
    other = [
        {"person": mark.participant_id, "room": mark.atelier_id, "body": s.organisation_id}
        for mark, s in zip(marks, settled, strict=True)
        if own[mark.participant_id] != s.organisation_id
    ]
    if other:
        connection.execute(_FOR_ANOTHER_BODY, other)


def _own_bodies(session: Session, settled: Sequence[_Settled]) -> Iterator[tuple[int, int | None]]:
    etapes = {s.change.etape_id for s in settled}
    asked = select(Participant.id, Participant.organisation_id).where(Participant.etape_id.in_(etapes))
    return ((row[0], row[1]) for row in session.execute(asked))
