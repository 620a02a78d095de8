"""What the team does to organisations: link two names, undo it, rename, qualify, confirm, cite or not.

Nothing is merged and nothing moves: a link says which body two names count for, and taking it off gives each one
its own registrations back (docs/decisions/0010). What a fiche published stays as it was frozen.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tourpaca.db import transaction
from tourpaca.journal import writing
from tourpaca.journal.models import Act
from tourpaca.organisations import attachment, chains, facts, identifiers, queries, rules
from tourpaca.organisations.facts import Qualities
from tourpaca.organisations.models import A_VERIFIER, EQUIPE, VERIFIEE, Graphie, Organisation
from tourpaca.refusal import Refused, Stale

CHANGED_MEANWHILE = (
    "Cette organisation a changé pendant que vous écriviez. "
    "Votre texte est gardé\u00a0: comparez, puis enregistrez."
)


def link(act: Act, organisation_id: int, to_id: int, tour_id: int | None = None) -> None:
    """Make a name count with another body, until somebody undoes it; repeating it changes nothing.

    Refuses itself, a name linked already, a target that is itself linked (what was read has changed), and two
    bodies that an identifier tells apart. `tour_id` is the tour in whose pages it was decided.
    """
    with transaction() as session:
        _alone(session)
        own, to = queries.body(organisation_id), queries.body(to_id)
        if own.linked_to_id == to.id:
            return
        rules.check_link(own, to)
        chains.lead(session, own.id, to.id)
        _tell(
            session, act, "organisation.link", own, f"Lie « {own.name} » à « {to.name} »", tour_id, to=to.id
        )


def unlink(act: Act, organisation_id: int, tour_id: int | None = None) -> None:
    """Take a name off the body it was linked to: each has its own registrations again. Repeating changes nothing."""
    with transaction() as session:
        _alone(session)
        own = queries.body(organisation_id)
        if own.linked_to_id is None:
            return
        to = queries.body(own.linked_to_id)
        chains.lead(session, own.id, None)
        _tell(
            session,
            act,
            "organisation.unlink",
            own,
            f"Sépare « {own.name} » de « {to.name} »",
            tour_id,
            to=to.id,
        )


def rename(act: Act, organisation_id: int, name: str, version: int, tour_id: int | None = None) -> None:
    """Change the name under which a body is cited from now on; both names stay known.

    Refuses a name that another body holds, unless an identifier tells them apart; raises `Stale`.
    """
    typed = facts.name(name)
    with transaction() as session:
        attachment.hold(session, rules.key(typed))
        own = queries.body(organisation_id)
        before = own.name
        if not _save(session, own, version, {"name": typed}, {"sort_key": rules.key(typed)}):
            return
        _check_free(session, own, typed)
        for text in (before, typed):
            _keep_spelling(session, own.id, text)
        _tell(session, act, "organisation.rename", own, f"Renomme « {before} » en « {typed} »", tour_id)


def qualify(
    act: Act, organisation_id: int, qualities: Qualities, version: int, tour_id: int | None = None
) -> None:
    """Write the family, the département and the numbers of a body; refuses impossible ones, raises `Stale`."""
    checked = qualities.checked()
    with transaction() as session:
        own = queries.body(organisation_id)
        _check_numbers(session, own, checked)
        changed = _save(session, own, version, asdict(checked))
        if changed:
            said = f"Qualifie « {own.name} »"
            _tell(session, act, "organisation.qualify", own, said, tour_id, changed=changed)


def confirm(act: Act, organisation_id: int, confirmed: bool = True, tour_id: int | None = None) -> None:
    """Say that a new name is a body of its own, spelled as it should be; or put it back among those to review."""
    with transaction() as session:
        own = queries.body(organisation_id)
        state = VERIFIEE if confirmed else A_VERIFIER
        if own.state != state:
            own.state = state
            said = f"Confirme « {own.name} »" if confirmed else f"Remet « {own.name} » à vérifier"
            _tell(session, act, "organisation.confirm", own, said, tour_id, confirmed=confirmed)


def cite(act: Act, organisation_id: int, cited: bool, tour_id: int | None = None) -> None:
    """Note whether a body lets itself be named: one that does not is counted everywhere and named nowhere."""
    with transaction() as session:
        own = queries.body(organisation_id)
        if own.cited != cited:
            own.cited = cited
            said = f"Cite de nouveau « {own.name} »" if cited else f"Ne cite plus « {own.name} »"
            _tell(session, act, "organisation.cite", own, said, tour_id, cited=cited)


def _alone(session: Session) -> None:
    # Two links at once could close a circle, or leave a chain that ends nowhere. SQLite has one writer anyway.
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("organisation links", 0))))


def _check_free(session: Session, own: Organisation, typed: str) -> None:
    """A key new to the body must not be another's: names typed later would mean neither of them."""
    asked = (
        select(Organisation)
        .join(Graphie, Graphie.organisation_id == Organisation.id)
        .where(Graphie.key == rules.key(typed), Graphie.composite.is_(False))
    )
    holders = session.scalars(asked).all()
    if any(holder.root_id == own.root_id for holder in holders):
        return
    for holder in holders:
        if not identifiers.contradict(own.identifiers, holder.identifiers):
            raise Refused(
                f"« {holder.name} » porte déjà ce nom. Si c’est la même organisation, liez-les ; sinon, "
                "précisez le nom, par exemple avec la ville.",
                "name",
            )


def _check_numbers(session: Session, own: Organisation, checked: Qualities) -> None:
    """A SIRET or an RNA belongs to one body; a SIREN may serve several sections of one house (domain §13)."""
    for field in ("siret", "rna"):
        value = getattr(checked, field)
        ours = Organisation.root_id == own.root_id
        asked = select(Organisation.name).where(getattr(Organisation, field) == value, ~ours)
        other = session.scalar(asked) if value else None
        if other:
            raise Refused(f"« {other} » porte déjà ce numéro : si c’est la même, liez-les.", field)


def _save(
    session: Session,
    row: Organisation,
    version: int,
    values: Mapping[str, Any],
    along: Mapping[str, Any] | None = None,
) -> list[str]:
    """Write values over the version that was read and return the names of those that changed; raises `Stale`."""
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not changed:
        return []
    read = (Organisation.id == row.id) & (Organisation.version == version)
    written = update(Organisation).where(read).values(**changed, **(along or {}), version=version + 1)
    saved: Any = session.execute(written.execution_options(synchronize_session=False))
    session.refresh(row)
    if saved.rowcount == 0:
        raise Stale(CHANGED_MEANWHILE, {name: getattr(row, name) for name in (*values, "version")})
    return list(changed)


def _keep_spelling(session: Session, organisation_id: int, text: str) -> None:
    asked = select(Graphie.id).where(Graphie.organisation_id == organisation_id, Graphie.text == text)
    if session.scalar(asked) is None:
        attachment.write_graphie(session, organisation_id, text, EQUIPE)


def _tell(
    session: Session, act: Act, verb: str, row: Organisation, text: str, tour_id: int | None, **data: Any
) -> None:
    writing.write(session, act, verb, f"organisation:{row.id}", text, tour_id=tour_id, **data)
