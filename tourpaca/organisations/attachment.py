"""Attaching a name that somebody typed to the organisation it means, inside the transaction of their act.

An equal normalised key attaches alone while exactly one body holds it and no identifier contradicts; nothing
else does. Undecided homonyms share one body of their own, waiting for the team (docs/decisions/0010).
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from tourpaca.db import table
from tourpaca.organisations import identifiers, rules
from tourpaca.organisations.identifiers import Identifiers
from tourpaca.organisations.models import A_VERIFIER, HOMONYME, Graphie, Organisation
from tourpaca.organisations.rules import Holder

OWN, GRAPHIE = table(Organisation), table(Graphie)
ROOT = OWN.alias("root")
# Built once: this read is made at every registration, and building it costs more than asking it.
_HOLDERS = (
    select(
        OWN.c.id,
        ROOT.c.id.label("root_id"),
        OWN.c.state,
        GRAPHIE.c.text,
        GRAPHIE.c.origin,
        *(func.coalesce(func.nullif(OWN.c[f], ""), ROOT.c[f]).label(f) for f in identifiers.FIELDS),
    )
    .join_from(OWN, GRAPHIE, GRAPHIE.c.organisation_id == OWN.c.id)
    .join(ROOT, ROOT.c.id == func.coalesce(OWN.c.root_id, OWN.c.id))
    .where(GRAPHIE.c.key == bindparam("asked_key"), GRAPHIE.c.composite.is_(False))
    .order_by(GRAPHIE.c.text != bindparam("typed"), OWN.c.id != ROOT.c.id, OWN.c.id)
)


def recognise(
    session: Session,
    name: str,
    now: datetime,
    origin: str = "saisie",
    kind: str = "",
    siren: str = "",
    siret: str = "",
    rna: str = "",
) -> int:
    """Return the id of the organisation that a typed name means, created "à vérifier" when nobody holds it.

    Keeps the spelling typed. Refuses an empty name and impossible identifiers. Call it in an open transaction,
    before taking any place: on PostgreSQL a name never seen waits for the other transactions that bring it.
    """
    typed = rules.as_typed(name)
    given = identifiers.checked(siren, siret, rna)
    return _known(session, typed, given) or _settle(session, typed, given, now, origin, kind)


def _known(session: Session, typed: str, given: Identifiers) -> int | None:
    """Return the organisation without waiting for anyone, when there is nothing to write down."""
    holders, undecided = rules.meant(_holders(session, typed), given)
    for holder in holders:
        if holder.text == typed and (undecided or not _learnt(holder, given)):
            return holder.id
    return None


def _settle(session: Session, typed: str, given: Identifiers, now: datetime, origin: str, kind: str) -> int:
    """Decide with the key held, so that two acts that bring the same new name make one organisation."""
    _hold(session, rules.key(typed))
    found = _holders(session, typed)
    holders, undecided = rules.meant(found, given)
    origin = HOMONYME if undecided else origin
    if not holders:
        chosen = _create(session, typed, given, now, kind)
    else:
        chosen = _attach(session, holders, given)
    if not any(h.id == chosen and h.text == typed for h in found):
        write_graphie(session, chosen, typed, origin)
    return chosen


def _hold(session: Session, key: str) -> None:
    # SQLite has one writer at a time already.
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"graphie {key}", 0))))


def _holders(session: Session, typed: str) -> list[Holder]:
    """Return who holds the key of a name; the exact spelling first, then bodies before what is linked to them."""
    asked = {"asked_key": rules.key(typed), "typed": typed}
    return [_holder(row) for row in session.connection().execute(_HOLDERS, asked)]


def _holder(row: Any) -> Holder:
    waits = row.origin == HOMONYME and row.state == A_VERIFIER and row.root_id == row.id
    numbers = {field: getattr(row, field) for field in identifiers.FIELDS}
    return Holder(row.id, row.root_id, row.text, waits, numbers)


def _attach(session: Session, holders: Sequence[Holder], given: Identifiers) -> int:
    """Return the first holder, having written down the identifiers it lacked."""
    holder = holders[0]
    learnt = _learnt(holder, given)
    if learnt and not holder.waits:
        session.execute(update(Organisation).where(Organisation.id == holder.id).values(**learnt))
    return holder.id


def _learnt(holder: Holder, given: Identifiers) -> Identifiers:
    return {f: given[f] for f in identifiers.FIELDS if given[f] and not holder.identifiers[f]}


def _create(session: Session, typed: str, given: Identifiers, now: datetime, kind: str) -> int:
    """Insert an organisation under the first free address; a concurrent one with the same address goes further."""
    row = {
        "name": typed,
        "sort_key": rules.key(typed),
        "kind": kind or "a_qualifier",
        "state": A_VERIFIER,
        "created_at": now,
        **given,
    }
    made = (_insert(session, {**row, "slug": slug}) for slug in _addresses(session, typed))
    organisation_id = next(number for number in made if number is not None)
    session.execute(
        update(Organisation).where(Organisation.id == organisation_id).values(root_id=organisation_id)
    )
    return organisation_id


def _addresses(session: Session, typed: str) -> Iterator[str]:
    base = rules.slug(typed)
    taken = set(session.scalars(select(Organisation.slug).where(Organisation.slug.startswith(base))))
    return (slug for slug in (base if n == 1 else f"{base}-{n}" for n in count(1)) if slug not in taken)


def _insert(session: Session, row: dict[str, Any]) -> int | None:
    dialect: Any = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(Organisation).values(**row).on_conflict_do_nothing(index_elements=["slug"])
    return session.scalar(statement.returning(Organisation.id))


def write_graphie(
    session: Session, organisation_id: int, text: str, origin: str, composite: bool = False
) -> None:
    """Keep one spelling of an organisation, as it was typed or printed."""
    session.execute(
        insert(Graphie).values(
            organisation_id=organisation_id,
            text=text,
            key=rules.key(text),
            origin=origin,
            composite=composite,
        )
    )
