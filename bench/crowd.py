"""Bases with many people in them, written in bulk: what the measures of attendance read."""

from collections.abc import Iterable, Iterator
from itertools import islice

from flask import Flask
from sqlalchemy import insert, select, update

from tests import factories
from tourpaca import create_app
from tourpaca.attendance.models import Mark, Presence
from tourpaca.db import Base, db, transaction
from tourpaca.organisations.models import VERIFIEE, Organisation
from tourpaca.registration.models import Dossier, Participant
from tourpaca.tour.models import Atelier

SECRET = "a secret of the tests, long enough for anyone"
BATCH = 10_000
Values = dict[str, object]


def house(url: str) -> Flask:
    """Return the application on a base, in this process, with the secret of the servers of the stage."""
    return create_app({"SQLALCHEMY_DATABASE_URI": url, "SECRET_KEY": SECRET, "NOW": "2017-12-01T10:00"})


def fill(presences: int, organisations: int) -> int:
    """Write the tour of the stories with that many presences, one a person, over its 24 ateliers; return its id.

    Each organisation sends people to every thématique, so that there is as much to tell apart as can be.
    """
    tour_id = factories.tour_paca().id
    with transaction() as session:
        asked = select(Atelier).where(Atelier.thematique_id.is_not(None)).order_by(Atelier.id)
        ateliers = list(session.scalars(asked))
        bodies = [number // len(ateliers) % organisations + 1 for number in range(presences)]
        rooms = [ateliers[number % len(ateliers)] for number in range(presences)]
        rows: dict[type[Base], Iterable[Values]] = {
            Organisation: map(_organisation, range(1, organisations + 1)),
            Dossier: (_dossier(n, room) for n, room in enumerate(rooms, 1)),
            Participant: (_participant(n, room, bodies[n - 1]) for n, room in enumerate(rooms, 1)),
            Mark: (_mark(n, room) for n, room in enumerate(rooms, 1)),
            Presence: (_presence(n, room, bodies[n - 1]) for n, room in enumerate(rooms, 1)),
        }
        for model, values in rows.items():
            for batch in _batches(values):
                session.execute(insert(model), batch)
        session.execute(update(Organisation).values(root_id=Organisation.id))
    _settle()
    return tour_id


def _batches(values: Iterable[Values]) -> Iterator[list[Values]]:
    source = iter(values)
    return iter(lambda: list(islice(source, BATCH)), [])


def _settle() -> None:
    """Let the engine learn about its new rows, as it does by itself after a while, and number the next ones."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if db.engine.name != "postgresql":
            connection.exec_driver_sql("ANALYZE")
            return
        connection.exec_driver_sql("VACUUM ANALYZE")
        for name in ("organisation", "dossier", "participant", "mark"):
            last = f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))"
            connection.exec_driver_sql(last)


def _organisation(number: int) -> Values:
    name = f"Association des exemples {number}"
    at = {"state": VERIFIEE, "created_at": factories.EARLIER}
    return {"id": number, "slug": f"exemple-{number}", "name": name, "sort_key": name.lower(), **at}


def _dossier(number: int, room: Atelier) -> Values:
    return {"id": number, "etape_id": room.etape_id, "source": "sur_place", "created_at": factories.EARLIER}


def _participant(number: int, room: Atelier, body: int) -> Values:
    last = f"Exemple {number:06}"
    return {
        "id": number,
        "dossier_id": number,
        "etape_id": room.etape_id,
        "organisation_id": body,
        "first_name": "Camille",
        "last_name": last,
        "email": f"camille{number}@exemple.org",
        "sort_key": f"{last.lower()} camille",
        "identity_key": f"{number:06} camille exemple",
    }


def _mark(number: int, room: Atelier) -> Values:
    at = {"marked_at": factories.EARLIER, "received_at": factories.EARLIER}
    return {
        "id": number,
        "nonce": f"n{number}",
        "status": "present",
        "source": "porte",
        **_where(number, room),
        **at,
    }


def _presence(number: int, room: Atelier, body: int) -> Values:
    theme = {"thematique_id": room.thematique_id, "organisation_id": body}
    return {**_where(number, room), **theme, "status": "present", "mark_id": number}


def _where(number: int, room: Atelier) -> Values:
    return {"participant_id": number, "atelier_id": room.id}
