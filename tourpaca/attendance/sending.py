"""Sending a message of the team: the send and its letters are written together, once for each send key."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from tourpaca import clock, french, security
from tourpaca.attendance import letters, placeholders
from tourpaca.attendance.audience import Audience, Criteria, Recipient
from tourpaca.attendance.letters import Message
from tourpaca.db import insert_on, table
from tourpaca.journal.models import Act
from tourpaca.mail import outbox
from tourpaca.mail.draft import Draft
from tourpaca.mail.models import Envoi
from tourpaca.refusal import Refused
from tourpaca.registration import links
from tourpaca.registration.models import Lien
from tourpaca.registration.rules import mailbox
from tourpaca.tour.models import Tour

# The team may still stop a message in the two minutes after it was sent (« Départ dans deux minutes »).
RESPITE = timedelta(minutes=2)
SUBJECT_LENGTH = 150

_ENVOI, _LIEN = table(Envoi), table(Lien)


@dataclass(frozen=True)
class Leaving:
    """When the letters of a send leave, and after when they say nothing useful any more (None: never)."""

    due_at: datetime
    expires_at: datetime | None = None


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
    check_somebody(audience)
    if count != expected:
        shown, now = french.plural(expected, "personne"), french.number(count)
        raise Refused(
            f"Entre-temps, la liste est passée de {shown} à {now}. Rien n’est parti : relisez-la, puis envoyez."
        )


def check_somebody(audience: Audience) -> None:
    """Refuse criteria that choose nobody."""
    if not audience.recipients:
        raise Refused("Aucune personne avec ces critères : rien n’est parti. Élargissez la liste.")


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
    opened = insert_on(session.get_bind().dialect.name)(_ENVOI).values(values)
    return session.scalar(opened.on_conflict_do_nothing(index_elements=["send_key"]).returning(_ENVOI.c.id))


def known_envoi(session: Session, send_key: str) -> int:
    """Return the send that a key has made."""
    return session.scalars(select(Envoi.id).where(Envoi.send_key == send_key)).one()


def post(
    session: Session,
    now: datetime,
    envoi_id: int,
    message: Message,
    tour: Tour,
    people: Sequence[Recipient],
    leaving: Leaving | None = None,
) -> None:
    """Write one letter a person, with a fresh personal link where the text carries one.

    A link written after the étape opens as long from the day it is written: months later too, it must not be dead.
    They leave after the time in which the team may still stop them, unless `leaving` says otherwise.
    """
    when, today = leaving or Leaving(now + RESPITE), clock.local(now).date()
    tokens = [security.new_token() if placeholders.uses_link(message.body) else "" for _ in people]
    rows = [
        links.row(token, max(person.etapes[0].day, today), person.dossier_id, person.participant_id)
        for person, token in zip(people, tokens, strict=True)
        if token
    ]
    if rows:
        session.connection().execute(insert(_LIEN), rows)
    told = zip(people, tokens, strict=True)
    outbox.post(session, _drafts(envoi_id, message, tour, told, when.expires_at), now, when.due_at)


def _drafts(
    envoi_id: int,
    message: Message,
    tour: Tour,
    people: Iterable[tuple[Recipient, str]],
    expires_at: datetime | None,
) -> Iterable[Draft]:
    told = list(people)
    readers = Counter(mailbox(person.email) for person, _ in told)
    for person, token in told:
        link = links.address(token) if token else ""
        shared = readers[mailbox(person.email)] > 1
        yield letters.message(message, person, tour, envoi_id, link, expires_at, shared)
