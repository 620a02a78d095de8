"""What can be asked of the outbox: the letters of a tour by state, one letter, the sends under way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true

from tourpaca import clock
from tourpaca.db import session
from tourpaca.mail import composition
from tourpaca.mail.models import (
    A_ENVOYER,
    EN_COURS,
    INTERROMPU,
    NOUVEL_ESSAI,
    PARTI,
    PERIME,
    REFUSE,
    RETENU,
    REVENU,
    Envoi,
    Letter,
)
from tourpaca.refusal import Unknown

PAGE = 50
WAITING = (A_ENVOYER, EN_COURS, NOUVEL_ESSAI, RETENU)
TABS = {
    A_ENVOYER: (A_ENVOYER, EN_COURS),
    NOUVEL_ESSAI: (NOUVEL_ESSAI,),
    RETENU: (RETENU,),
    PARTI: (PARTI,),
    REFUSE: (REFUSE,),
    REVENU: (REVENU,),
    PERIME: (PERIME,),
    INTERROMPU: (INTERROMPU,),
}


@dataclass(frozen=True)
class Trouble:
    """Why the mail server takes nothing, in words; how many letters wait for it, and when the next try is."""

    words: str
    letters: int
    next_try: datetime


@dataclass(frozen=True)
class Standings:
    """How many letters are in each tab, and the trouble of the mail server if there is one."""

    counts: dict[str, int]
    trouble: Trouble | None


@dataclass(frozen=True)
class Sought:
    """What narrows the outbox beside its state: words of the reader, of the object; an étape; the day of leaving."""

    text: str = ""
    etape_id: int | None = None
    day: date | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return what a letter must satisfy."""
        told = (Letter.to_name, Letter.to_email, Letter.organisation_name, Letter.subject)
        said = [or_(*(one.icontains(self.text, autoescape=True) for one in told))] if self.text else []
        there = [Letter.etape_id == self.etape_id] if self.etape_id else []
        return [*said, *there, *self._on_the_day()]

    def _on_the_day(self) -> list[ColumnElement[bool]]:
        if self.day is None:
            return []
        begins, ends = (clock.instant(self.day + timedelta(days=n), time()) for n in (0, 1))
        left = func.coalesce(Letter.sent_at, Letter.due_at)
        return [left >= begins, left < ends]


EVERYTHING = Sought()


@dataclass(frozen=True)
class Listed:
    """One page of the outbox, newest first; `total` counts the letters of the tab, `counts` those of every tab."""

    rows: Sequence[Any]
    counts: dict[str, int]
    total: int
    page: int
    trouble: Trouble | None

    @property
    def has_next(self) -> bool:
        """Whether older letters follow."""
        return self.page * PAGE < self.total


@dataclass(frozen=True)
class Progress:
    """A send of the team: how many of its letters left, wait, were refused; the server's last word when it fails."""

    envoi_id: int
    subject: str
    created_at: datetime
    total: int
    sent: int
    waiting: int
    refused: int
    departure: datetime | None
    trouble: str


@dataclass(frozen=True)
class Reading:
    """A letter as its reader sees it: its text, the files that travel with it, how many could not be made."""

    letter: Letter
    text: str
    files: list[str]
    missing: int


def outbox(
    tour_id: int, etape_id: int | None, state: str = "", page: int = 1, sought: Sought = EVERYTHING
) -> Listed:
    """Return a page of letters of a tour (of one étape for a member bound to it), in two statements.

    Neither texts nor bytes are read: a list of thousands costs what it shows.
    """
    found = standings(tour_id, etape_id, sought)
    counts = found.counts
    asked = (
        select(
            Letter.id,
            Letter.to_name,
            Letter.to_email,
            Letter.organisation_name,
            Letter.subject,
            Letter.kind,
            Letter.state,
            Letter.attempts,
            Letter.answer,
            Letter.due_at,
            Letter.sent_at,
            Letter.unjoined,
        )
        .where(*_own(tour_id, etape_id), *sought.conditions())
        .order_by(Letter.id.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    if state:
        asked = asked.where(Letter.state.in_(TABS[state]))
    total = counts[state] if state else sum(counts.values())
    return Listed(session().execute(asked).all(), counts, total, page, found.trouble)


def reading(tour_id: int, etape_id: int | None, letter_id: int) -> Reading:
    """Return a letter of a tour as it reads, or refuse with `Unknown` (another étape's is unknown too)."""
    letter = session().scalar(select(Letter).where(Letter.id == letter_id, *_own(tour_id, etape_id)))
    if letter is None:
        raise Unknown("Ce message n’existe pas.")
    return Reading(
        letter, composition.text(letter), composition.attachments(letter), composition.missing(letter)
    )


def sends(tour_id: int, etape_id: int | None) -> Sequence[Progress]:
    """Return the sends that still have letters to carry, newest first."""
    waiting = func.sum(case((Letter.state.in_(WAITING), 1), else_=0))
    asked = (
        select(
            Envoi.id,
            Envoi.subject,
            Envoi.created_at,
            func.count(),
            func.sum(case((Letter.state.in_((PARTI, REVENU)), 1), else_=0)),
            waiting,
            func.sum(case((Letter.state == REFUSE, 1), else_=0)),
            func.min(case((Letter.state.in_(WAITING), Letter.due_at))),
            func.max(case((Letter.state.in_((NOUVEL_ESSAI, RETENU)), Letter.answer), else_="")),
        )
        .join(Letter, Letter.envoi_id == Envoi.id)
        .where(*_own(tour_id, etape_id))
        .group_by(Envoi.id)
        .having(waiting > 0)
        .order_by(Envoi.id.desc())
    )
    return [Progress(*row) for row in session().execute(asked)]


def envoi(tour_id: int, etape_id: int | None, envoi_id: int) -> int:
    """Return the id of a send that this member may stop, or refuse with `Unknown`.

    A member bound to an étape may only stop a send whose letters all belong to it.
    """
    letters = select(Letter.etape_id).where(Letter.tour_id == tour_id, Letter.envoi_id == envoi_id).distinct()
    found = set(session().scalars(letters))
    if not found or (etape_id is not None and found != {etape_id}):
        raise Unknown("Cet envoi n’existe pas.")
    return envoi_id


def standings(tour_id: int, etape_id: int | None, sought: Sought = EVERYTHING) -> Standings:
    """Return how the letters of a tour (of one étape) stand, in one statement; only what is `sought` is counted.

    A letter waits for the server, not for its own address, when the answer begins with our words and not with a code;
    those behind it were not tried. Held letters are the whole trouble when there are any.
    """
    held = Letter.state.in_((NOUVEL_ESSAI, RETENU)) & (func.substr(Letter.answer, 1, 1) > "9")
    asked = (
        select(
            Letter.state,
            func.count().label("all"),
            func.sum(case((and_(*sought.conditions(), true()), 1), else_=0)).label("number"),
            func.sum(case((held, 1), else_=0)).label("held"),
            func.max(case((held, Letter.answer), else_="")).label("words"),
            func.min(case((held, Letter.due_at))).label("next_try"),
        )
        .where(*_own(tour_id, etape_id))
        .group_by(Letter.state)
    )
    found = {row.state: row for row in session().execute(asked)}
    numbers = {state: row.number for state, row in found.items()}
    counts = {tab: sum(numbers.get(state, 0) for state in states) for tab, states in TABS.items()}
    late = next(
        (found[state] for state in (RETENU, NOUVEL_ESSAI) if state in found and found[state].held), None
    )
    behind = sum(found[state].all for state in TABS[A_ENVOYER] if state in found) if late else 0
    return Standings(counts, Trouble(late.words, late.held + behind, late.next_try) if late else None)


def _own(tour_id: int, etape_id: int | None) -> list[ColumnElement[bool]]:
    """Return what confines a list to a tour, and to the étape of a member who is bound to one."""
    bound = [Letter.etape_id == etape_id] if etape_id is not None else []
    return [Letter.tour_id == tour_id, *bound]
