"""Random lives of an étape: whatever people and the team do, in any order, what must be true stays true."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import time
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from tests.registration import sending
from tests.registration.sending import ACT, TEAM, person, submission
from tourpaca.db import session, transaction
from tourpaca.mail.models import Letter
from tourpaca.refusal import Refused
from tourpaca.registration import actions, files, invariants, rules
from tourpaca.registration.models import CONFIRMEE, EN_ATTENTE, Dossier, Lien, Participant, Passage, Place
from tourpaca.registration.programme import Slot
from tourpaca.tour.models import Atelier, Etape

THEMES = (2, 3, 6)
HOURS = st.times(min_value=time(8), max_value=time(20)).map(
    lambda hour: hour.replace(second=0, microsecond=0)
)
REGISTER = st.tuples(
    st.just("register"),
    st.integers(1, 3),
    st.lists(st.sampled_from((2, 3)), max_size=1),
    st.booleans(),
    st.booleans(),
)
CANCEL = st.tuples(st.just("cancel"), st.integers(0, 30))
PROMOTE = st.tuples(st.just("promote"), st.integers(0, 30))
RESIZE = st.tuples(st.just("resize"), st.sampled_from(THEMES), st.integers(0, 6))
HISTORY = st.lists(st.one_of(REGISTER, REGISTER, CANCEL, PROMOTE, RESIZE), max_size=14)


def clean_slate() -> None:
    """Empty the registrations, and give every atelier three places."""
    with transaction() as current:
        for model in (Letter, Lien, Passage, Place, Participant, Dossier):
            current.execute(delete(model))
        current.execute(update(Atelier).values(taken=0, capacity=3))
        current.execute(update(Etape).values(people=0))


def register(size: int, first: Sequence[int], second: bool, waits: bool) -> None:
    """Register a group for at most one atelier in each créneau."""
    themes = [*first, *([6] if second else [])]
    signed = [-theme if waits else theme for theme in themes]
    number = len(sending.letters())
    group = [person(f"Prénom{n} Nom{number}", *signed) for n in range(size)]
    actions.register(ACT, sending.etape_id(), submission(*group, contact_email=f"c{number}@exemple.org"))


def cancel(position: int) -> None:
    """Cancel the nth person."""
    found = session().scalars(select(Participant.id).order_by(Participant.id)).all()
    if found:
        actions.cancel_participant(ACT, found[position % len(found)])


def promote(position: int) -> None:
    """Give a place to the nth who waits."""
    found = session().scalars(select(Place.id).where(Place.state == EN_ATTENTE).order_by(Place.id)).all()
    if found:
        actions.promote(TEAM, found[position % len(found)])


def resize(theme: int, capacity: int) -> None:
    """Change a capacity, never under what is taken."""
    sending.shrink(max(capacity, sending.atelier(theme).taken), theme)


ACTS: dict[str, Any] = {"register": register, "cancel": cancel, "promote": promote, "resize": resize}


def assert_all_is_true() -> None:
    """Counters are their rows, limits hold, ranks are 1, 2, 3… in the order of arrival, nobody waits without cause."""
    assert list(invariants.breaches()) == []
    sending.assert_counters_are_the_rows()
    held = files.held(session(), Place.state != "annulee")
    for theme in THEMES:
        room = sending.atelier(theme).id
        waiting = sorted((p.place_id, p.rank) for p in held if p.atelier_id == room and p.waiting)
        assert [rank for _, rank in waiting] == list(range(1, len(waiting) + 1))
    assert all(p.rank == 0 for p in held if p.state == CONFIRMEE)


@settings(
    max_examples=20,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=HISTORY)
def test_r02_any_history_keeps_the_invariants(house: Flask, history: list[tuple[Any, ...]]) -> None:
    """Registering, cancelling, giving places and resizing, in any order, refused or not."""
    clean_slate()
    for name, *facts in history:
        try:
            ACTS[name](*facts)
        except Refused:
            session().rollback()
        assert_all_is_true()


@given(st.text(max_size=60), st.text(max_size=60))
def test_identity_ignores_order_case_and_accents(first: str, last: str) -> None:
    """A name and the same name turned round are one identity."""
    assert rules.identity_key(first, last) == rules.identity_key(last, first)
    assert rules.identity_key(first.upper(), last) == rules.identity_key(first.upper().lower().upper(), last)


@given(st.emails(), st.sampled_from(["", "+tour", "+a+b"]))
def test_mailbox_ignores_case_and_suffix(email: str, suffix: str) -> None:
    """One mailbox, however it is written."""
    local, _, domain = email.rpartition("@")
    plain = local.partition("+")[0]
    assert rules.mailbox(f"{plain}{suffix}@{domain}") == rules.mailbox(f"{plain}@{domain}".upper())


@given(HOURS, HOURS, HOURS, HOURS)
def test_r05_overlap_is_symmetric_and_touching_is_not_overlapping(a: time, b: time, c: time, d: time) -> None:
    """Two créneaux overlap both ways or not at all; one that begins when the other ends does not."""
    first = Slot(1, 1, min(a, b), max(a, b), ())
    second = Slot(2, 2, min(c, d), max(c, d), ())
    assert rules.overlap(first, second) == rules.overlap(second, first)
    assert not rules.overlap(first, replace(second, starts_at=first.ends_at, ends_at=time(23)))
