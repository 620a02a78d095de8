"""Duplicating an étape: everything that describes it, nothing personal (row B03)."""

from datetime import date, datetime

import pytest
from sqlalchemy import select

from tests.tour.conftest import ACT, somebody
from tourpaca.accounts.models import Member
from tourpaca.db import Base, session, transaction
from tourpaca.journal.models import Entry
from tourpaca.refusal import Refused
from tourpaca.tour import queries
from tourpaca.tour.actions.duplication import Elsewhere, duplicate
from tourpaca.tour.models import Etape, Tour

CANARY = "Canari"
ELSEWHERE = Elsewhere(date(2018, 4, 2), "83", "Toulon")


def _fill(tour: Tour) -> Etape:
    """Write the canary wherever a person's name can stand around an étape, and texts to copy elsewhere."""
    with transaction() as writing:
        etape = writing.get_one(Etape, tour.etapes[0].id)
        etape.contact_name, etape.contact_email = CANARY, f"{CANARY}@exemple.org"
        etape.venue, etape.access, etape.capacity = "Maison des exemples", "De plain-pied", 60
        for atelier in etape.ateliers:
            atelier.facilitators, atelier.room, atelier.room_capacity = CANARY, "Salle Mistral", 12
            somebody(writing, atelier, CANARY)
        writing.add(
            Member(
                email=CANARY,
                name=CANARY,
                role="etape",
                etape_id=etape.id,
                password_hash="",
                created_at=ACT.now,
            )
        )
    return etape


def test_b03_a_duplicate_takes_everything_but_people(tour: Tour) -> None:
    source = _fill(tour)
    slug = duplicate(ACT, source.id, ELSEWHERE)
    copy = queries.etape(tour.slug, slug)
    assert (slug, copy.venue, copy.access, copy.capacity, copy.people) == (
        "toulon",
        "Maison des exemples",
        "De plain-pied",
        60,
        0,
    )
    assert [
        [(a.ordre, a.room, a.capacity, a.room_capacity, a.taken) for a in c.ateliers] for c in copy.creneaux
    ] == [[(n, "Salle Mistral", 14, 12, 0) for n in range(start, start + 4)] for start in (1, 5)]
    assert [(c.ordre, c.starts_at, c.ends_at) for c in copy.creneaux] == [
        (c.ordre, c.starts_at, c.ends_at) for c in source.creneaux
    ]


def test_b03_no_name_of_a_person_follows(tour: Tour) -> None:
    source = _fill(tour)
    before = _cells_with_the_canary()
    duplicate(ACT, source.id, ELSEWHERE)
    assert before > 10
    assert _cells_with_the_canary() == before


def _cells_with_the_canary() -> int:
    """Count the canary in every column of every table, so that a column added one day is seen here."""
    found = 0
    for table in Base.metadata.sorted_tables:
        for row in session().execute(select(table)):
            found += sum(CANARY.lower() in str(cell).lower() for cell in row)
    return found


def test_b03_opening_and_closing_move_with_the_date_at_the_same_hour(tour: Tour) -> None:
    slug = duplicate(ACT, tour.etapes[0].id, ELSEWHERE)
    copy = queries.etape(tour.slug, slug)
    assert (copy.day - tour.etapes[0].day).days == 104
    assert (copy.opens_at, copy.closes_at) == (datetime(2018, 2, 13, 8), datetime(2018, 4, 2, 9))


def test_b03_the_journal_tells_both_etapes_and_the_tour_counts_once(tour: Tour) -> None:
    duplicate(ACT, tour.etapes[0].id, ELSEWHERE)
    (entry,) = session().scalars(select(Entry)).all()
    assert "Marseille" in entry.text
    assert "Toulon" in entry.text
    assert queries.tour(tour.slug).revision == 2


def test_b03_without_a_day_nothing_is_made(tour: Tour) -> None:
    with pytest.raises(Refused) as refused:
        duplicate(ACT, tour.etapes[0].id, Elsewhere(None, "83"))
    assert refused.value.field == "day"
    assert len(queries.etapes(tour.slug)) == 4
