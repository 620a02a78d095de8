"""What is proposed while a name is typed."""

import time
from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import insert, update

from tourpaca.db import transaction
from tourpaca.organisations import queries, rules
from tourpaca.organisations.attachment import recognise
from tourpaca.organisations.models import VERIFIEE, Graphie, Organisation

NOW = datetime(2017, 12, 1, 9, tzinfo=UTC)
NAMES = (
    "Chorum",
    "École des avocats du Sud Est",
    "Harmonie Mutuelle",
    "Mutuelle Eovi",
    "Mutualité française PACA",
)


def some_bodies() -> None:
    """Five bodies that the team has verified, and one that it has not."""
    with transaction() as current:
        for name in NAMES:
            recognise(current, name, NOW)
        recognise(current, "L'Ecole des Avocats du sud est", NOW)
        current.execute(update(Organisation).values(state=VERIFIEE))
        recognise(current, "Mutuelle des Pêcheurs", NOW)


def names(text: str, **options: bool) -> list[str]:
    """The names proposed for a text."""
    return [found.name for found in queries.suggest(text, **options)]


def test_r20_names_that_begin_so_come_first_then_words(app: Flask) -> None:
    with app.app_context():
        some_bodies()
        assert names("mutu") == ["Mutualité française PACA", "Mutuelle Eovi", "Harmonie Mutuelle"]
        assert names("PACA mutu") == ["Mutualité française PACA"]
        assert names("l’ecole des AVOCATS") == ["École des avocats du Sud Est"]
        assert names("utuelle") == names("% _") == names("") == []


def test_s10_a_name_that_nobody_verified_is_not_shown_to_strangers(app: Flask) -> None:
    with app.app_context():
        some_bodies()
        assert names("pecheurs") == []
        assert names("pecheurs", unverified=True) == ["Mutuelle des Pêcheurs"]


def duration(text: str) -> float:
    """The seconds that one search takes."""
    started = time.perf_counter()
    names(text)
    return time.perf_counter() - started


def test_r20_five_thousand_names_are_searched_at_once(app: Flask) -> None:
    with app.app_context():
        with transaction() as current:
            rows = [{"n": n, "name": f"Association n° {n} des amis de Carpentras"} for n in range(1, 5001)]
            bodies = [
                {
                    "id": r["n"],
                    "root_id": r["n"],
                    "slug": str(r["n"]),
                    "name": r["name"],
                    "sort_key": rules.key(r["name"]),
                }
                for r in rows
            ]
            current.execute(insert(Organisation).values(state=VERIFIEE, created_at=NOW), bodies)
            spelt = [{"organisation_id": b["id"], "text": b["name"], "key": b["sort_key"]} for b in bodies]
            current.execute(insert(Graphie), spelt)
        queries.suggest("carpentras")
        assert len(queries.suggest("amis carp")) == 10
        assert names("association n 4999") == ["Association n° 4999 des amis de Carpentras"]
        # The best of three: what the search costs, not what else the machine was doing.
        assert min(duration("association n 4999") for _ in range(3)) < 0.1
