"""Sending a message of the team: the send and its letters are written together, once for each send key."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from tourpaca import french, security
from tourpaca.attendance import letters, placeholders
from tourpaca.attendance.audience import Audience, Criteria, Recipient
from tourpaca.attendance.letters import Message
from tourpaca.db import table
from tourpaca.journal.models import Act
from tourpaca.mail import outbox
from tourpaca.mail.draft import Draft
from tourpaca.mail.models import Envoi
from tourpaca.refusal import Refused
from tourpaca.registration import links
from tourpaca.registration.models import Lien
from tourpaca.tour.models import Tour

# The team may still stop a message in the two minutes after it was sent (« Départ dans deux minutes »).
RESPITE = timedelta(minutes=2)
SUBJECT_LENGTH = 150

_ENVOI, _LIEN = table(Envoi), table(Lien)
_OPEN = {
    engine: make(_ENVOI).on_conflict_do_nothing(index_elements=["send_key"]).returning(_ENVOI.c.id)
    for engine, make in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}


def check(message: Message) -> None:
    """Refuse a message without an object or a text, too long an object, or a field that does not exist."""
    if not message.subject.strip():
        raise Refused("Donnez un objet à ce message : c’est ce que les personnes lisent d’abord.", "objet")
    if len(message.subject) > SUBJECT_LENGTH:
        raise Refused(f"Raccourcissez l’objet : {SUBJECT_LENGTH} signes au plus.", "objet")
    if not message.body.strip():
        raise Refused("Écrivez le texte du message.", "texte")
    placeholders.check_fields(message.subject, message.body)


def check_count(audience: Audience, expected: int) -> None:
    """Refuse to write to other people than those whose number was shown on the button."""
    count = len(audience.recipients)
    if not count:
        raise Refused("Aucune personne avec ces critères : rien n’est parti. Élargissez la liste.")
    if count != expected:
        shown, now = french.plural(expected, "personne"), french.number(count)
        raise Refused(
            f"Entre-temps, la liste est passée de {shown} à {now}. Rien n’est parti : relisez-la, puis envoyez."
        )


def open_envoi(session: Session, act: Act, criteria: Criteria, message: Message) -> int | None:
    """Write the send and return its id, or None when this key has sent already."""
    values = {
        "tour_id": criteria.tour_id,
        "member_id": act.member_id,
        "subject": message.subject,
        "body": message.body,
        "criteria": asdict(criteria),
        "send_key": message.send_key,
        "created_at": act.now,
    }
    return session.scalar(_OPEN[session.get_bind().dialect.name].values(values))


def known_envoi(session: Session, send_key: str) -> int:
    """Return the send that a key has made."""
    return session.scalars(select(Envoi.id).where(Envoi.send_key == send_key)).one()


def post(
    session: Session, now: datetime, envoi_id: int, message: Message, tour: Tour, people: Sequence[Recipient]
) -> None:
    """Write one letter a person, with a fresh personal link where the text carries one."""
    tokens = [security.new_token() if placeholders.uses_link(message.body) else "" for _ in people]
    rows = [
        links.row(token, person.etapes[0].day, person.dossier_id, person.participant_id)
        for person, token in zip(people, tokens, strict=True)
        if token
    ]
    if rows:
        session.connection().execute(insert(_LIEN), rows)
    outbox.post(
        session, _drafts(envoi_id, message, tour, zip(people, tokens, strict=True)), now, now + RESPITE
    )


def _drafts(
    envoi_id: int, message: Message, tour: Tour, people: Iterable[tuple[Recipient, str]]
) -> Iterable[Draft]:
    for person, token in people:
        yield letters.message(message, person, tour, envoi_id, links.address(token) if token else "")
