"""What can be asked of the team."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import joinedload

from tourpaca.accounts import rules
from tourpaca.accounts.letters import ACCES
from tourpaca.accounts.models import Attempt, Member, MemberSession, SignInLink
from tourpaca.db import ask, session
from tourpaca.mail.models import Letter
from tourpaca.prepared import Prepared
from tourpaca.refusal import Unknown
from tourpaca.security import hash_token


def members() -> Sequence[Member]:
    """Return the team, sorted by address."""
    return session().scalars(select(Member).order_by(Member.email)).all()


def last_letters() -> dict[str, Any]:
    """Return where the last link written to each address is: these letters are in no tour's outbox.

    Neither their text nor their link is read: it would open the account of another.
    """
    newest = select(func.max(Letter.id)).where(Letter.kind == ACCES).group_by(Letter.to_email)
    asked = select(
        Letter.to_email,
        Letter.kind,
        Letter.state,
        Letter.attempts,
        Letter.answer,
        Letter.due_at,
        Letter.sent_at,
    ).where(Letter.id.in_(newest))
    return {row.to_email: row for row in session().execute(asked)}


def member(member_id: int) -> Member:
    """Return one member, or refuse with `Unknown`."""
    found = session().get(Member, member_id)
    if found is None:
        raise Unknown("Cette personne ne fait pas partie de l’équipe.")
    return found


def by_email(email: str) -> Member | None:
    """Return the enabled member with this address, or None."""
    return session().scalar(select(Member).where(Member.email == email, Member.disabled_at.is_(None)))


_OF_SESSION = Prepared(
    select(Member.id, Member.email, Member.name, Member.role, Member.etape_id)
    .join(MemberSession, MemberSession.member_id == Member.id)
    .where(
        MemberSession.token_hash == bindparam("hash"),
        MemberSession.ended_at.is_(None),
        MemberSession.created_at > bindparam("since"),
        Member.disabled_at.is_(None),
    )
)


def of_session(token: str, now: datetime) -> Any:
    """Return the member whose session this token opens (id, email, name, role, etape_id).

    None when it ended, expired or never was.
    """
    asked = {"hash": hash_token(token), "since": now - rules.SESSION_LIFE}
    return ask(lambda kept: _OF_SESSION.first(kept, asked))


def link(token: str, now: datetime) -> SignInLink:
    """Return a sign-in link that still opens, or refuse with `Unknown`."""
    asked = (
        select(SignInLink)
        .where(
            SignInLink.token_hash == hash_token(token),
            SignInLink.used_at.is_(None),
            SignInLink.expires_at > now,
        )
        .options(joinedload(SignInLink.member))
    )
    found = session().scalar(asked)
    if found is None or found.member.disabled_at is not None:
        raise Unknown(
            "Ce lien a déjà servi ou n’est plus valable. Demandez-en un autre à la page de connexion."
        )
    return found


def attempts(key: str, now: datetime) -> int:
    """Return how many attempts were counted under a key within the window."""
    asked = select(func.count()).where(Attempt.key == key, Attempt.at > now - rules.ATTEMPTS_WINDOW)
    return session().scalar(asked) or 0
