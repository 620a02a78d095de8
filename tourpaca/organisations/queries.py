"""What can be asked of the organisations."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Row, func, select
from sqlalchemy.orm import aliased, selectinload

from tourpaca.db import session
from tourpaca.organisations import rules
from tourpaca.organisations.models import A_VERIFIER, VERIFIEE, Graphie, Organisation
from tourpaca.refusal import Unknown

EXAMINED = 400
BODIES = Organisation.root_id == Organisation.id
TO_REVIEW = (Organisation.state == A_VERIFIER) & BODIES


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
    return session().scalar(select(func.count()).select_from(Organisation).where(TO_REVIEW)) or 0


def names_to_review(limit: int) -> Sequence[Organisation]:
    """Return the bodies that nobody has verified, the oldest first, with their spellings."""
    asked = select(Organisation).where(TO_REVIEW).order_by(Organisation.created_at, Organisation.id)
    return session().scalars(asked.limit(limit).options(selectinload(Organisation.graphies))).all()


@dataclass(frozen=True)
class Listed:
    """A page of the bodies of the house, in alphabetical order, and how many there are in all."""

    bodies: Sequence[Organisation]
    total: int
    number: int = 1
    per_page: int = 30

    @property
    def has_next(self) -> bool:
        """Whether another page follows."""
        return self.number * self.per_page < self.total


def directory(number: int = 1, per_page: int = 30) -> Listed:
    """Return one page of all bodies."""
    total = session().scalar(select(func.count()).select_from(Organisation).where(BODIES)) or 0
    asked = select(Organisation).where(BODIES).order_by(Organisation.sort_key, Organisation.id)
    page = asked.limit(per_page).offset((number - 1) * per_page)
    return Listed(session().scalars(page).all(), total, number, per_page)


def search(text: str, limit: int = 50) -> Listed:
    """Return the bodies that a text finds by any of their spellings, the best first."""
    ids = [found.organisation_id for found in suggest(text, limit, unverified=True)]
    rows = bodies(ids)
    return Listed([rows[number] for number in ids if number in rows], len(ids), 1, limit)


def body(organisation_id: int) -> Organisation:
    """Return an organisation, linked or not, or refuse with `Unknown`."""
    found = session().get(Organisation, organisation_id)
    if found is None:
        raise Unknown("Cette organisation n’existe pas.")
    return found


def family(organisation_id: int) -> Sequence[Organisation]:
    """Return the body at the end of an organisation's links, then all that count with it, with their spellings."""
    root = select(func.coalesce(Organisation.root_id, Organisation.id)).where(
        Organisation.id == organisation_id
    )
    asked = (
        select(Organisation)
        .where(func.coalesce(Organisation.root_id, Organisation.id) == root.scalar_subquery())
        .order_by(Organisation.linked_to_id.is_not(None), Organisation.sort_key, Organisation.id)
        .options(selectinload(Organisation.graphies))
    )
    return session().scalars(asked).all()


def every_spelling() -> list[tuple[int, str]]:
    """Return every spelling that names one body, as (id of the body, text)."""
    end = func.coalesce(Organisation.root_id, Organisation.id)
    asked = select(end, Graphie.text).join(Graphie, Graphie.organisation_id == Organisation.id)
    return [(number, text) for number, text in session().execute(asked.where(Graphie.composite.is_(False)))]


def bodies(ids: Sequence[int]) -> dict[int, Organisation]:
    """Return organisations by their ids."""
    return {row.id: row for row in session().scalars(select(Organisation).where(Organisation.id.in_(ids)))}
