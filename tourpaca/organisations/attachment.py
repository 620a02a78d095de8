"""Attaching a name that somebody typed to the organisation it means, inside the transaction of their act.

An equal normalised key attaches alone while exactly one body holds it and no identifier contradicts; nothing
else does. Undecided homonyms share one body of their own, waiting for the team (docs/decisions/0010).
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from itertools import count
from typing import Any

from sqlalchemy import String, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from tourpaca.db import connection_of, insert_on, table
from tourpaca.kept.connection import Kept
from tourpaca.organisations import identifiers, rules
from tourpaca.organisations.identifiers import Identifiers
from tourpaca.organisations.models import A_VERIFIER, HOMONYME, Graphie, Organisation
from tourpaca.organisations.rules import Holder
from tourpaca.prepared import Asked, Open, Prepared

OWN, GRAPHIE = table(Organisation), table(Graphie)
ROOT = OWN.alias("root")
_SLUGS = Prepared(select(OWN.c.slug).where(OWN.c.slug.startswith(bindparam("base", type_=String))))
_OWN_ROOT = Prepared(update(OWN).where(OWN.c.id == bindparam("made")).values(root_id=bindparam("made")))
_LEARN = Prepared(
    update(OWN)
    .where(OWN.c.id == bindparam("learning"))
    .values(
        {
            f: func.coalesce(func.nullif(OWN.c[f], ""), bindparam(f"new_{f}", type_=String))
            for f in identifiers.FIELDS
        }
    )
)
_GRAPHIE = Prepared(insert(GRAPHIE))
_ALONE = Prepared(
    select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("purpose", type_=String), 0)))
)
_HOLDERS = Prepared(
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


@cache
def _new(engine: str) -> Prepared:
    written = insert_on(engine)(OWN).on_conflict_do_nothing(index_elements=["slug"])
    return Prepared(written.returning(OWN.c.id))


def recognise(
    session: Session | Kept,
    name: str,
    now: datetime,
    origin: str = "saisie",
    kind: str = "",
    siren: str = "",
    siret: str = "",
    rna: str = "",
    asked: Asked | None = None,
) -> int:
    """Return the id of the organisation that a typed name means, created "à vérifier" when nobody holds it.

    Keeps the spelling typed. `asked` is what `ask_holders` gave, when it was asked before. Refuses an empty name and
    impossible identifiers. Call it in an open transaction, before taking any place: on PostgreSQL a name never seen
    waits for the other transactions that bring it.
    """
    typed = rules.as_typed(name)
    given = identifiers.checked(siren, siret, rna)
    holders = _read(asked) if asked else _holders(session, typed)
    return _known(holders, typed, given) or _settle(session, typed, given, now, origin, kind)


def _known(found: Sequence[Holder], typed: str, given: Identifiers) -> int | None:
    """Return the organisation without waiting for anyone, when there is nothing to write down."""
    holders, undecided = rules.meant(found, given)
    for holder in holders:
        if holder.text == typed and (undecided or not _learnt(holder, given)):
            return holder.id
    return None


def _settle(
    session: Session | Kept, typed: str, given: Identifiers, now: datetime, origin: str, kind: str
) -> int:
    """Decide with the key held, so that two acts that bring the same new name make one organisation."""
    hold(session, rules.key(typed))
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


def hold(session: Session | Kept, key: str) -> None:
    """Let one act at a time decide of a key until it commits; SQLite has one writer at a time already."""
    if connection_of(session).dialect.name == "postgresql":
        _ALONE.rows(connection_of(session), {"purpose": f"graphie {key}"})


def _holders(session: Session | Kept, typed: str) -> list[Holder]:
    """Return who holds the key of a name; the exact spelling first, then bodies before what is linked to them."""
    return _read(ask_holders(session, typed))


def ask_holders(session: Session | Kept, name: str) -> Asked:
    """Ask who holds the key of a name; on a kept connection the question leaves with the next ones."""
    typed = rules.as_typed(name)
    return _HOLDERS.ask(connection_of(session), {"asked_key": rules.key(typed), "typed": typed})


def _read(asked: Asked) -> list[Holder]:
    return [_holder(row) for row in asked.rows()]


def _holder(row: Any) -> Holder:
    waits = row.origin == HOMONYME and row.state == A_VERIFIER and row.root_id == row.id
    numbers = {field: getattr(row, field) for field in identifiers.FIELDS}
    return Holder(row.id, row.root_id, row.text, waits, numbers)


def _attach(session: Session | Kept, holders: Sequence[Holder], given: Identifiers) -> int:
    """Return the first holder, having written down the identifiers it lacked."""
    holder = holders[0]
    learnt = _learnt(holder, given)
    if learnt and not holder.waits:
        news = {f"new_{field}": learnt.get(field, "") for field in identifiers.FIELDS}
        _LEARN.run(connection_of(session), {"learning": holder.id, **news})
    return holder.id


def _learnt(holder: Holder, given: Identifiers) -> Identifiers:
    return {f: given[f] for f in identifiers.FIELDS if given[f] and not holder.identifiers[f]}


def _create(session: Session | Kept, typed: str, given: Identifiers, now: datetime, kind: str) -> int:
    """Insert an organisation under the first free address; a concurrent one with the same address goes further."""
    row = {
        "name": typed,
        "sort_key": rules.key(typed),
        "kind": kind or "a_qualifier",
        "state": A_VERIFIER,
        "created_at": now,
        **given,
    }
    connection = connection_of(session)
    write = _new(connection.dialect.name)
    made = (write.value(connection, {**row, "slug": slug}) for slug in _addresses(connection, typed))
    organisation_id: int = next(number for number in made if number is not None)
    _OWN_ROOT.run(connection, {"made": organisation_id})
    return organisation_id


def _addresses(connection: Open, typed: str) -> Iterator[str]:
    base = rules.slug(typed)
    taken = {row.slug for row in _SLUGS.rows(connection, {"base": base})}
    return (slug for slug in (base if n == 1 else f"{base}-{n}" for n in count(1)) if slug not in taken)


def write_graphie(
    session: Session | Kept, organisation_id: int, text: str, origin: str, composite: bool = False
) -> None:
    """Keep one spelling of an organisation, as it was typed or printed."""
    row = {
        "organisation_id": organisation_id,
        "text": text,
        "key": rules.key(text),
        "origin": origin,
        "composite": composite,
    }
    _GRAPHIE.run(connection_of(session), row)
