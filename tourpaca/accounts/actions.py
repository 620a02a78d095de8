"""What can be done with the team's accounts: invite, sign in and out, change a password, disable."""

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from tourpaca.accounts import letters, queries, rules
from tourpaca.accounts.models import Attempt, Member, MemberSession, SignInLink
from tourpaca.db import transaction
from tourpaca.journal.models import Act
from tourpaca.journal.writing import write
from tourpaca.mail import outbox
from tourpaca.refusal import Refused
from tourpaca.security import hash_token, new_token


def invite(
    act: Act, email: str, role: str, name: str = "", etape_id: int | None = None, by_letter: bool = False
) -> str:
    """Add a member, or give an existing one this role, and return the token of a link that signs in once.

    `by_letter` also leaves the link in the outbox. Refuses an address that cannot exist and an unknown role.
    """
    address = rules.check_email(email)
    rules.check_role(role)
    with transaction() as session:
        member = session.scalar(select(Member).where(Member.email == address))
        if member is None:
            member = Member(email=address, role=role, created_at=act.now)
            session.add(member)
        member.role, member.name, member.disabled_at = role, name or member.name or "", None
        member.etape_id = etape_id if role in rules.BOUND_ROLES else None
        session.flush()
        write(
            session,
            act,
            "inviter",
            f"membre:{member.id}",
            f"Un accès « {rules.ROLE_NAMES[role]} » est ouvert.",
        )
        return _new_link(session, act, member, invited=True, by_letter=by_letter)


def send_link(act: Act, email: str, network: str) -> None:
    """Leave a ten-minute link in the outbox for a member; an unknown address is met with the same silence.

    Counted like the attempts at signing in, so that nobody's mailbox can be flooded.
    """
    keys = _attempt_keys(email, network)
    _check_attempts(act, keys)
    with transaction() as session:
        _count(session, act, keys)
        member = queries.by_email(email.strip().lower())
        if member is not None:
            _new_link(session, act, member, invited=False, by_letter=True)


def redeem(act: Act, token: str, password: str) -> str:
    """Use a link once: set the password, end every other session, and return the token of a new one.

    Of several uses at once exactly one wins; the others are refused.
    """
    link = queries.link(token, act.now)
    rules.check_password(password, link.member.email)
    password_hash, member_id, link_id = rules.hash_password(password), link.member_id, link.id
    with transaction() as session:
        used = update(SignInLink).where(SignInLink.id == link_id, SignInLink.used_at.is_(None))
        if session.execute(used.values(used_at=act.now)).rowcount != 1:  # type: ignore[attr-defined]
            raise Refused("Ce lien vient de servir. Demandez-en un autre à la page de connexion.")
        session.execute(update(Member).where(Member.id == member_id).values(password_hash=password_hash))
        _end_sessions(session, act, member_id)
        return _new_session(session, act, member_id)


def sign_in(act: Act, email: str, password: str, network: str) -> str:
    """Return the token of a new session, or refuse alike for a wrong password and an unknown address.

    After five attempts on an address (or many from one network) within a quarter of an hour, refuses to try.
    """
    keys = _attempt_keys(email, network)
    _check_attempts(act, keys)
    member = queries.by_email(email.strip().lower())
    right = rules.is_right(password, member.password_hash if member else "")
    member_id = member.id if member else None
    with transaction() as session:
        if not right or member_id is None:
            _count(session, act, keys)
        else:
            session.execute(delete(Attempt).where(Attempt.key == keys[0]))
            return _new_session(session, act, member_id)
    raise Refused(
        "Ce courriel et ce mot de passe ne vont pas ensemble. Vérifiez-les, ou demandez un lien.", "password"
    )


def sign_out(act: Act, token: str) -> None:
    """End one session: its cookie, copied or not, opens nothing any more."""
    with transaction() as session:
        ended = update(MemberSession).where(MemberSession.token_hash == hash_token(token))
        session.execute(ended.values(ended_at=act.now))


def sign_out_everywhere(act: Act, member_id: int) -> None:
    """End every session of a member."""
    with transaction() as session:
        _end_sessions(session, act, member_id)


def disable(act: Act, member_id: int) -> None:
    """Close a member's access at once; refuses to close one's own, lest nobody be left."""
    if act.member_id == member_id:
        raise Refused(
            "Vous ne pouvez pas fermer votre propre accès : demandez à une autre personne de l’équipe."
        )
    with transaction() as session:
        session.execute(update(Member).where(Member.id == member_id).values(disabled_at=act.now))
        _end_sessions(session, act, member_id)
        write(session, act, "fermer", f"membre:{member_id}", "Un accès est fermé.")


def _new_link(session: Session, act: Act, member: Member, invited: bool, by_letter: bool) -> str:
    token = new_token()
    life = rules.INVITATION_LIFE if invited else rules.LINK_LIFE
    link = SignInLink(token_hash=hash_token(token), member_id=member.id, expires_at=act.now + life)
    session.add(link)
    session.flush()
    if by_letter:
        reply_to = _address_of(session, act.member_id) if invited else ""
        outbox.post(session, [letters.sign_in_link(member, token, link.id, invited, reply_to)], act.now)
    return token


def _address_of(session: Session, member_id: int | None) -> str:
    """Return the address of the member who acts, or an empty text for the command line."""
    return session.scalar(select(Member.email).where(Member.id == member_id)) or ""


def _new_session(session: Session, act: Act, member_id: int) -> str:
    token = new_token()
    values = {"token_hash": hash_token(token), "member_id": member_id, "created_at": act.now}
    session.execute(insert(MemberSession).values(values))
    return token


def _end_sessions(session: Session, act: Act, member_id: int) -> None:
    open_ones = update(MemberSession).where(
        MemberSession.member_id == member_id, MemberSession.ended_at.is_(None)
    )
    session.execute(open_ones.values(ended_at=act.now))


def _attempt_keys(email: str, network: str) -> tuple[str, str]:
    """Hash what is counted, so that the table of attempts holds no personal data."""
    return hash_token(f"sign-in {email.strip().lower()}"), hash_token(f"sign-in from {network}")


def _check_attempts(act: Act, keys: tuple[str, str]) -> None:
    ceilings = (rules.ATTEMPTS_PER_ADDRESS, rules.ATTEMPTS_PER_NETWORK)
    if any(queries.attempts(key, act.now) >= most for key, most in zip(keys, ceilings, strict=True)):
        raise Refused("Trop d’essais de suite : attendez un quart d’heure, ou demandez un lien.", "password")


def _count(session: Session, act: Act, keys: tuple[str, str]) -> None:
    session.execute(delete(Attempt).where(Attempt.at < act.now - rules.ATTEMPTS_WINDOW))
    session.execute(insert(Attempt).values([{"key": key, "at": act.now} for key in keys]))
