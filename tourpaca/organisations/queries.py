"""What can be asked of the organisations."""

from dataclasses import dataclass

from sqlalchemy import Row, func, select
from sqlalchemy.orm import aliased

from tourpaca.db import session
from tourpaca.organisations import rules
from tourpaca.organisations.models import A_VERIFIER, VERIFIEE, Graphie, Organisation

EXAMINED = 400


@dataclass(frozen=True)
class Suggestion:
    """A body proposed while a name is typed; `graphie` is the spelling that matched."""

    organisation_id: int
    name: str
    graphie: str
    departement: str


def suggest(text: str, limit: int = 10, unverified: bool = False) -> list[Suggestion]:
    """Return the bodies whose name or one spelling begins with the text, then those whose words do.

    Ignores accents, case and signs. A name typed by the public is proposed to others only once the team has
    verified it (it could be anything, a person's name included); `unverified` proposes all, for the team.
    """
    words = rules.searched(text)
    if not words:
        return []
    ranked = [(rules.search_rank(text, row.text), row) for row in _candidates(words, unverified)]
    kept = sorted((rank, row.key, row.id, row) for rank, row in ranked if rank is not None)
    first: dict[int, Suggestion] = {}
    for *_, row in kept:
        first.setdefault(row.id, Suggestion(row.id, row.name, row.text, row.departement))
    return list(first.values())[:limit]


def _candidates(words: list[str], unverified: bool) -> list[Row[tuple[int, str, str, str, str]]]:
    root = aliased(Organisation)
    asked = (
        select(root.id, root.name, root.departement, Graphie.text, Graphie.key)
        .join(Organisation, Organisation.id == Graphie.organisation_id)
        .join(root, root.id == func.coalesce(Organisation.root_id, Organisation.id))
        .where(Graphie.composite.is_(False), *(Graphie.key.contains(word) for word in words))
        .order_by(Graphie.key.not_like(f"{''.join(words)}%"), Graphie.key)
        .limit(EXAMINED)
    )
    return list(session().execute(asked if unverified else asked.where(root.state == VERIFIEE)))


def to_review() -> int:
    """Return how many bodies nobody of the team has verified yet."""
    asked = select(func.count()).where(
        Organisation.state == A_VERIFIER, Organisation.root_id == Organisation.id
    )
    return session().scalar(asked) or 0
