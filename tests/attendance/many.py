"""Two thousand people at an étape, for what must hold at scale."""

from uuid import uuid4

from sqlalchemy import insert, select

from tests import factories
from tests.attendance import people
from tourpaca.db import session, table, transaction
from tourpaca.registration.models import CONFIRMEE, Dossier, Participant, Place
from tourpaca.tour.models import Etape


def expect_many(count: int, etape: str = "carpentras") -> None:
    """Expect so many people with a confirmed place, each with a mailbox of their own."""
    etape_id = session().scalars(select(Etape.id).where(Etape.slug == etape)).one()
    room, when, numbers = people.atelier(etape, 3), factories.EARLIER, range(1, count + 1)
    dossiers = [{"id": n, "etape_id": etape_id, "created_at": when} for n in numbers]
    persons = [
        {
            "id": n,
            "dossier_id": n,
            "etape_id": etape_id,
            "first_name": "Camille",
            "last_name": f"Exemple {n}",
            "email": f"camille.{n}@exemple.org",
            "sort_key": f"exemple {n:05}",
            "identity_key": f"camille exemple {n}",
        }
        for n in numbers
    ]
    held = {"atelier_id": room.id, "creneau_id": room.creneau_id, "state": CONFIRMEE}
    times = {"created_at": when, "changed_at": when}
    places = [{"participant_id": n, "uid": uuid4().hex, **held, **times} for n in numbers]
    with transaction() as current:
        for kind, rows in ((Dossier, dossiers), (Participant, persons), (Place, places)):
            current.execute(insert(table(kind)), rows)
