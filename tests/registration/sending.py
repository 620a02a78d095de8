"""Submissions for the tests of registration: a form filled in for the tour of the stories."""

from datetime import UTC, datetime, time
from uuid import uuid4

from sqlalchemy import func, select

from tests import factories
from tourpaca.db import session, transaction
from tourpaca.journal.models import Act
from tourpaca.mail.models import Letter
from tourpaca.registration import invariants
from tourpaca.registration.models import CONFIRMEE, EN_ATTENTE, TAKING, Lien, Participant, Place
from tourpaca.registration.submission import Person, Submission, Wish
from tourpaca.security import hash_token
from tourpaca.tour.models import Atelier, Creneau, Etape, Thematique, Tour

ACT = Act(datetime(2017, 12, 1, 9, tzinfo=UTC), "public", "Le public")
TEAM = Act(ACT.now, "membre:1", "Dominique")


def etape_id(slug: str = "nice") -> int:
    """Return the id of an étape of the stories' tour."""
    return session().scalars(select(Etape.id).join(Etape.tour).where(Etape.slug == slug)).one()


def atelier(ordre: int, etape: str = "nice") -> Atelier:
    """Return the atelier of a theme (by its order number) at an étape."""
    asked = (
        select(Atelier)
        .join(Atelier.etape)
        .join(Etape.tour)
        .join(Atelier.thematique)
        .where(Tour.slug == factories.TOUR, Etape.slug == etape, Thematique.ordre == ordre)
    )
    return session().scalars(asked).one()


def person(name: str, *ordres: int, etape: str = "nice", email: str = "", **facts: object) -> Person:
    """Return somebody who wants the ateliers of the given themes; « 3 » as −3 accepts the waiting list."""
    first, _, last = name.partition(" ")
    rooms = [(atelier(abs(ordre), etape), ordre < 0) for ordre in ordres]
    wishes = tuple(Wish(room.creneau_id, room.id, waits) for room, waits in rooms)
    return Person(first, last, email, wishes, **facts)  # type: ignore[arg-type]


def submission(*people: Person, **facts: object) -> Submission:
    """Return a filled form with a key of its own."""
    filled = {
        "key": uuid4().hex,
        "organisation": "Harmonie Mutuelle",
        "contact_name": "Morgan Factice",
        "contact_email": "morgan.factice@exemple.org",
        **facts,
    }
    return Submission(people=people, **filled)  # type: ignore[arg-type]


def shrink(capacity: int, *ordres: int, etape: str = "nice") -> None:
    """Set the capacity of ateliers."""
    ids = [atelier(ordre, etape).id for ordre in ordres]
    with transaction() as current:
        for room in current.scalars(select(Atelier).where(Atelier.id.in_(ids))):
            room.capacity = capacity


def third_creneau() -> tuple[int, int]:
    """Give Nice an afternoon with one atelier, and return the ids of its créneau and of the atelier."""
    with transaction() as current:
        nice = current.scalars(select(Etape).where(Etape.slug == "nice")).one()
        third = Creneau(ordre=3, starts_at=time(13, 30), ends_at=time(14, 45))
        theme = nice.ateliers[0].thematique
        nice.creneaux.append(third)
        held = Atelier(creneau=third, thematique=theme, ordre=9, room="Salle Mistral", capacity=14)
        nice.ateliers.append(held)
        current.flush()
        return third.id, held.id


def open_event(capacity: int | None = None) -> None:
    """Open the event of capitalisation, with its hours."""
    with transaction() as current:
        event = current.scalars(select(Etape).where(Etape.slug == "bouches-du-rhone")).one()
        event.opens_at = datetime(2017, 11, 1, 8)
        current.scalars(select(Atelier).where(Atelier.etape_id == event.id)).one().capacity = capacity


def letters(kind: str = "") -> list[Letter]:
    """Return the letters of the outbox, oldest first."""
    asked = select(Letter).order_by(Letter.id)
    return list(session().scalars(asked.where(Letter.kind == kind) if kind else asked))


def assert_counters_are_the_rows() -> None:
    """Every counter equals what it counts, nobody has two places in a créneau, no limit is passed."""
    now = session()
    now.rollback()
    for room in now.scalars(select(Atelier)):
        rows = now.scalar(select(func.count()).where(Place.atelier_id == room.id, Place.state.in_(TAKING)))
        assert room.taken == rows, f"atelier {room.id}: counter {room.taken}, rows {rows}"
        assert room.capacity is None or room.taken <= room.capacity
    for place in now.scalars(select(Etape)):
        seated = (
            select(func.count(Place.participant_id.distinct()))
            .join(Participant, Participant.id == Place.participant_id)
            .where(Participant.etape_id == place.id, Place.state.in_(TAKING))
        )
        assert place.people == now.scalar(seated)
    twice = (
        select(Place.participant_id)
        .where(Place.state == CONFIRMEE)
        .group_by(Place.participant_id, Place.creneau_id)
        .having(func.count() > 1)
    )
    assert now.execute(twice).all() == []
    assert list(invariants.breaches()) == []


def wait_too(last_name: str, ordre: int) -> None:
    """Let somebody who holds a place at Nice wait for another atelier as well."""
    room = atelier(ordre)
    facts = {"atelier_id": room.id, "creneau_id": room.creneau_id, "uid": f"{uuid4().hex}@localhost"}
    with transaction() as current:
        current.add(
            Place(
                participant_id=participant(last_name),
                state=EN_ATTENTE,
                created_at=ACT.now,
                changed_at=ACT.now,
                **facts,
            )
        )


def waiting(ordre: int, etape: str = "nice") -> list[int]:
    """Return the participants who wait for an atelier, first come first."""
    room = atelier(ordre, etape)
    asked = select(Place.participant_id).where(Place.atelier_id == room.id, Place.state == EN_ATTENTE)
    return list(session().scalars(asked.order_by(Place.id)))


def participant(last_name: str) -> int:
    """Return the id of somebody registered, by last name."""
    return session().scalars(select(Participant.id).where(Participant.last_name == last_name)).one()


def dossier_of(token: str) -> int:
    """Return the dossier that a link opens."""
    return session().scalars(select(Lien.dossier_id).where(Lien.token_hash == hash_token(token))).one()
