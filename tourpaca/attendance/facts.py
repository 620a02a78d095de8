"""The two statements by which a mark becomes a fact and the presence follows it; one text for both engines."""

from datetime import datetime
from typing import Any

from sqlalchemy import Integer, String, bindparam, select, text

from tourpaca.attendance.models import Mark
from tourpaca.attendance.rules import NewMark
from tourpaca.db import Instant
from tourpaca.journal.models import Act
from tourpaca.prepared import Open, Prepared
from tourpaca.registration.models import Participant
from tourpaca.tour.models import Atelier

# Refusals are in the WHERE: a cancelled atelier or a person of another étape inserts nothing, in one round trip.
_APPEND = """
    INSERT INTO mark (nonce, participant_id, atelier_id, status, source, reason, marked_at, received_at,
                      member_id, author_name)
    SELECT :nonce, p.id, a.id, :status, :source, :reason, :marked_at, :received_at, :member_id, :author_name
    FROM participant p JOIN atelier a ON a.etape_id = p.etape_id JOIN etape e ON e.id = a.etape_id
    WHERE p.id = :participant_id AND a.id = :atelier_id AND a.state <> 'annule' AND e.state <> 'annule'
    ON CONFLICT (nonce) DO NOTHING
    RETURNING id
    """
APPEND = Prepared(
    text(_APPEND)
    .bindparams(
        *(bindparam(name, type_=String) for name in ("nonce", "status", "source", "reason", "author_name")),
        *(bindparam(name, type_=Integer) for name in ("participant_id", "atelier_id", "member_id")),
        *(bindparam(name, type_=Instant) for name in ("marked_at", "received_at")),
    )
    .columns(id=Integer)
)

# The newest mark wins even when two doors commit in the other order.
_FOLLOW = """
    INSERT INTO presence (participant_id, atelier_id, thematique_id, organisation_id, status, counted, mark_id)
    SELECT p.id, a.id, a.thematique_id, p.organisation_id, m.status, p.role = 'participant', m.id
    FROM mark m JOIN participant p ON p.id = m.participant_id JOIN atelier a ON a.id = m.atelier_id
    WHERE m.id {these}
    ON CONFLICT (participant_id, atelier_id) DO UPDATE SET
        thematique_id = excluded.thematique_id, organisation_id = excluded.organisation_id,
        status = excluded.status, counted = excluded.counted, mark_id = excluded.mark_id
    WHERE excluded.mark_id > presence.mark_id
    """
FOLLOW = Prepared(text(_FOLLOW.format(these="= :mark_id")).bindparams(bindparam("mark_id", type_=Integer)))
# Whoever cancels the atelier waits for the mark, or the mark sees it cancelled; other marks pass.
_HOLD = Prepared(
    select(Atelier.id).where(Atelier.id == bindparam("room")).with_for_update(read=True, key_share=True)
)
_NOTED = Prepared(select(Mark.id, Mark.status).where(Mark.nonce == bindparam("nonce")))
_EXPECTED = Prepared(
    select(Participant.id)
    .join(Atelier, Atelier.etape_id == Participant.etape_id)
    .where(Participant.id == bindparam("person"), Atelier.id == bindparam("room"))
)
FOLLOW_MANY = text(_FOLLOW.format(these="IN :mark_ids")).bindparams(bindparam("mark_ids", expanding=True))


def append(connection: Open, act: Act, mark: NewMark) -> int | None:
    """Add one mark and bring its presence up to date; return the mark's id, or None when nothing was added."""
    _HOLD.ask(connection, {"room": mark.atelier_id})
    mark_id: int | None = APPEND.value(connection, values(act, mark))
    if mark_id is not None:
        FOLLOW.run(connection, {"mark_id": mark_id})
    return mark_id


def noted(connection: Open, nonce: str) -> Any:
    """Return the mark that a gesture made (id, status), or None."""
    return _NOTED.first(connection, {"nonce": nonce})


def is_expected(connection: Open, mark: NewMark) -> bool:
    """Tell whether the person and the atelier of a mark belong to one étape."""
    return _EXPECTED.first(connection, {"person": mark.participant_id, "room": mark.atelier_id}) is not None


def values(act: Act, mark: NewMark) -> dict[str, str | int | datetime | None]:
    """Return the columns of a mark made by an act."""
    return {
        "nonce": mark.nonce,
        "participant_id": mark.participant_id,
        "atelier_id": mark.atelier_id,
        "status": mark.status,
        "source": mark.source,
        "reason": mark.reason,
        "marked_at": mark.marked_at or act.now,
        "received_at": act.now,
        "member_id": act.member_id,
        "author_name": act.name,
    }
