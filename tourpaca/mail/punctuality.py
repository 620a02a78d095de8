"""How long letters took to leave, over the last day: the promise of the outbox as a live figure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Float, and_, case, func, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from tourpaca.db import session
from tourpaca.mail.models import PARTI, REVENU, Letter

DAY = timedelta(days=1)
# What came back had left: a notice of an hour later says nothing of the house.
_LEFT = Letter.state.in_((PARTI, REVENU))


class Seconds(FunctionElement[float]):
    """The seconds from one instant of the database to another; each engine counts its own way."""

    type = Float()
    inherit_cache = True


@compiles(Seconds)
def _as_an_interval(element: Seconds, compiler: Any, **given: Any) -> str:
    first, second = (compiler.process(each, **given) for each in element.clauses)
    return f"extract(epoch from {second} - {first})"


@compiles(Seconds, "sqlite")
def _as_days(element: Seconds, compiler: Any, **given: Any) -> str:
    first, second = (compiler.process(each, **given) for each in element.clauses)
    return f"(julianday({second}) - julianday({first})) * 86400.0"


@dataclass(frozen=True)
class Punctuality:
    """The letters that left in the last day, and the seconds within which 99 % and all of them did."""

    letters: int
    most: float
    longest: float


def last_day(now: datetime) -> Punctuality | None:
    """Return how punctual the whole house was, or None when nothing left.

    A letter counts from the instant it was due (its commit, or the hour chosen for it) to the server's 250; one that
    was tried again, from its commit.
    """
    since = case((Letter.attempts > 1, Letter.created_at), else_=Letter.due_at)
    took = Seconds(since, Letter.sent_at).label("took")
    order = func.row_number().over(order_by=took.desc()).label("order")
    ranked = (
        select(took, order, func.count().over().label("number"))
        .where(and_(_LEFT, Letter.due_at > now - DAY, Letter.sent_at > now - DAY))
        .subquery()
    )
    kept = or_(ranked.c.order == 1, ranked.c.order == 1 + ranked.c.number // 100)
    rows = session().execute(select(ranked).where(kept).order_by(ranked.c.order)).all()
    return Punctuality(rows[0].number, max(rows[-1].took, 0), max(rows[0].took, 0)) if rows else None
