"""People expected at an étape of the stories' tour, for the tests of attendance."""

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import select

from tests import factories
from tourpaca import french
from tourpaca.attendance.rules import NewMark
from tourpaca.db import session, transaction
from tourpaca.journal.models import Act
from tourpaca.organisations import rules
from tourpaca.organisations.models import VERIFIEE, Graphie, Organisation
from tourpaca.registration.models import CONFIRMEE, Dossier, Participant, Place
from tourpaca.tour.models import Atelier, Etape, Thematique, Tour

THE_DAY = datetime(2018, 2, 13, 8, 0, tzinfo=UTC)
ACT = Act(THE_DAY, "membre:1", "Dominique")


def atelier(etape: str, ordre: int) -> Atelier:
    """Return the atelier of a theme (by its order number) at an étape."""
    asked = (
        select(Atelier)
        .join(Atelier.etape)
        .join(Etape.tour)
        .join(Atelier.thematique)
        .where(Tour.slug == factories.TOUR, Etape.slug == etape, Thematique.ordre == ordre)
    )
    return session().scalars(asked).one()


def organisation(name: str, slug: str = "", spellings: Iterable[str] = ()) -> int:
    """Return the id of a new verified organisation that holds its name and the given spellings."""
    with transaction() as current:
        body = Organisation(
            slug=slug or rules.slug(name),
            name=name,
            sort_key=french.sort_key(name),
            state=VERIFIEE,
            created_at=factories.EARLIER,
        )
        body.graphies = [Graphie(text=text, key=rules.key(text)) for text in {name, *spellings}]
        current.add(body)
        current.flush()
        body.root_id = body.id
        return body.id


def expect(
    etape: str,
    name: tuple[str, str],
    ordres: tuple[int, ...],
    organisation_id: int | None = None,
    role: str = "participant",
) -> int:
    """Return the id of a new participant with a confirmed place in the given themes' ateliers."""
    last, first = name
    rooms = [atelier(etape, ordre) for ordre in ordres]
    etape_id = session().scalars(select(Etape.id).join(Etape.tour).where(Etape.slug == etape)).one()
    slots = [(room.id, room.creneau_id) for room in rooms]
    with transaction() as current:
        person = Participant(
            etape_id=etape_id,
            last_name=last,
            first_name=first,
            organisation_id=organisation_id,
            sort_key=french.sort_key(last, first),
            identity_key=french.fold(f"{first} {last}"),
            role=role,
            dossier=Dossier(etape_id=etape_id, organisation_id=organisation_id, created_at=factories.EARLIER),
        )
        person.places = [_place(*slot) for slot in slots]
        current.add(person)
        current.flush()
        return person.id


def _place(atelier_id: int, creneau_id: int) -> Place:
    return Place(
        atelier_id=atelier_id,
        creneau_id=creneau_id,
        state=CONFIRMEE,
        uid=uuid4().hex,
        created_at=factories.EARLIER,
        changed_at=factories.EARLIER,
    )


def mark(
    participant_id: int, atelier_id: int, status: str = "present", nonce: str = "", **facts: object
) -> NewMark:
    """Return a mark with a fresh nonce unless one is given."""
    return NewMark(nonce or uuid4().hex, participant_id, atelier_id, status, **facts)  # type: ignore[arg-type]
