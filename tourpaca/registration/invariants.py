"""What must always be true of places, whatever races, crashes or restarts happened."""

from collections.abc import Iterator

from sqlalchemy import String, case, cast, func, literal, select

from tourpaca.db import session
from tourpaca.mail.models import Letter
from tourpaca.registration.models import CONFIRMEE, EN_LIGNE, PROPOSEE, TAKING, Dossier, Participant, Place
from tourpaca.tour.models import ANNULE, Atelier, Etape


def breaches() -> Iterator[str]:
    """Yield each breach as a French sentence that names rows by their id and nobody by name."""
    yield from _counters()
    yield from _two_places_at_once()
    yield from _places_elsewhere()
    yield from _offers_of_nothing()
    yield from _letters()


def warnings() -> Iterator[str]:
    """Yield what is allowed but worth a look: an atelier lowered under its people removes nobody by itself."""
    own, room = Atelier.capacity, Atelier.room_capacity
    limit = case((room.is_(None), own), (own.is_(None), room), (own < room, own), else_=room)
    asked = select(Atelier.id, Atelier.taken, limit).where(Atelier.taken > limit).order_by(Atelier.id)
    for number, taken, most in session().execute(asked):
        yield f"l’atelier {number} a {taken} personnes confirmées pour {most} places"


def _counters() -> Iterator[str]:
    places = (
        select(Place.atelier_id, func.count().label("n"))
        .where(Place.state.in_(TAKING))
        .group_by(Place.atelier_id)
        .subquery()
    )
    people = (
        select(Participant.etape_id, func.count(Participant.id.distinct()).label("n"))
        .join(Place, Place.participant_id == Participant.id)
        .where(Place.state.in_(TAKING))
        .group_by(Participant.etape_id)
        .subquery()
    )
    for kind, table, counter, rows, key in (
        ("l’atelier", Atelier, Atelier.taken, places, places.c.atelier_id),
        ("l’étape", Etape, Etape.people, people, people.c.etape_id),
    ):
        real = func.coalesce(rows.c.n, 0)
        asked = select(table.id, counter, real).outerjoin(rows, key == table.id).where(counter != real)
        for number, kept, counted in session().execute(asked.order_by(table.id)):
            yield f"{kind} {number} compte {kept} personnes confirmées, ses inscriptions en font {counted}"


def _two_places_at_once() -> Iterator[str]:
    asked = (
        select(Place.participant_id, Place.creneau_id, func.count())
        .where(Place.state == CONFIRMEE)
        .group_by(Place.participant_id, Place.creneau_id)
        .having(func.count() > 1)
    )
    for participant, creneau, places in session().execute(asked):
        yield f"la personne {participant} a {places} places dans le créneau {creneau}"


def _places_elsewhere() -> Iterator[str]:
    asked = (
        select(Place.id)
        .join(Atelier, Atelier.id == Place.atelier_id)
        .join(Participant, Participant.id == Place.participant_id)
        .where((Place.creneau_id != Atelier.creneau_id) | (Participant.etape_id != Atelier.etape_id))
    )
    for number in session().scalars(asked):
        yield f"la place {number} ne correspond pas au créneau ou à l’étape de son atelier"


def _offers_of_nothing() -> Iterator[str]:
    asked = (
        select(Place.id)
        .join(Atelier, Atelier.id == Place.atelier_id)
        .where(Place.state == PROPOSEE, Atelier.state == ANNULE)
        .order_by(Place.id)
    )
    for number in session().scalars(asked):
        yield f"la place {number} est proposée dans un atelier annulé"


def _letters() -> Iterator[str]:
    """A registration online and the summary to its contact are one transaction: both are there, or neither."""
    written = select(Letter.subject_key).where(Letter.kind == "recapitulatif")
    key = literal("dossier:") + cast(Dossier.id, String)
    silent = select(Dossier.id).where(Dossier.source == EN_LIGNE, key.not_in(written)).order_by(Dossier.id)
    for number in session().scalars(silent):
        yield f"le dossier {number} est enregistré sans sa lettre"
    orphans = select(Letter.id).where(Letter.kind == "recapitulatif", Letter.subject_key.not_in(select(key)))
    for number in session().scalars(orphans):
        yield f"la lettre {number} parle d’un dossier qui n’existe pas"
