"""What a calendar to subscribe to shows: the places held today, no personal link, nobody's address."""

from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from tourpaca import french, setting
from tourpaca.db import session
from tourpaca.organisations.models import Organisation
from tourpaca.refusal import Unknown
from tourpaca.registration import calendar, files, links
from tourpaca.registration.models import CONFIRMEE, Agenda, Participant, Place
from tourpaca.security import hash_token
from tourpaca.tour import rules as tour_rules
from tourpaca.tour.models import PREVU, Atelier, Creneau, Etape, Thematique, Tour

if TYPE_CHECKING:
    from icalendar import Event


@dataclass(frozen=True)
class Shared:
    """An atelier where an organisation has people, as an entry of its calendar."""

    uid: str
    sequence: int
    title: str
    room: str
    starts_at: time | None
    ends_at: time | None


def feed(token: str, now: datetime) -> str:
    """Return the calendar that an address opens, always current.

    Refuses with `Unknown` an address never made, given up for another, or thirty days past the last day it follows.
    """
    asked = select(Agenda).where(Agenda.token_hash == hash_token(token), Agenda.revoked_at.is_(None))
    agenda = session().scalar(asked)
    if agenda is None or links.expiry(_last_day(agenda)) <= now:
        raise Unknown("Cet agenda n’existe pas, ou son adresse a changé.")
    tour = session().get_one(Tour, agenda.tour_id)
    entries = _of_person(agenda) if agenda.participant_id else _of_organisation(agenda)
    return calendar.feed(tour.name, entries)


def _last_day(agenda: Agenda) -> Any:
    asked = select(func.max(Etape.day)).where(Etape.tour_id == agenda.tour_id)
    if agenda.participant_id:
        asked = asked.join(Participant, Participant.etape_id == Etape.id).where(
            Participant.id == agenda.participant_id
        )
    return session().execute(asked).scalar_one()


def _of_person(agenda: Agenda) -> list["Event"]:
    person = session().get_one(Participant, agenda.participant_id)
    etape = files.etape(session(), person.etape_id)
    held = files.held(session(), Participant.id == person.id, Place.state == CONFIRMEE)
    return [calendar.entry(etape, place, place.changed_at) for place in held if not place.off]


def _of_organisation(agenda: Agenda) -> list["Event"]:
    """Return one entry an atelier where the organisation has people, with their number and no name.

    Anybody may type an organisation's name in a form: what others registered must not be read by it.
    """
    body = func.coalesce(Organisation.root_id, Organisation.id)
    whose = select(body).where(Organisation.id == agenda.organisation_id).correlate(None).scalar_subquery()
    asked = (
        select(
            Atelier.id,
            (Atelier.version + Creneau.version + Etape.version).label("sequence"),
            Thematique.title.label("theme"),
            Atelier.room,
            Creneau.starts_at,
            Creneau.ends_at,
            Etape.kind,
            Etape.day,
            Etape.venue,
            Etape.address,
            Etape.town,
            func.count().label("people"),
            func.max(Place.changed_at).label("changed_at"),
        )
        .join_from(Place, Participant, Participant.id == Place.participant_id)
        .join(Organisation, Organisation.id == Participant.organisation_id)
        .join(Atelier, Atelier.id == Place.atelier_id)
        .join(Creneau, Creneau.id == Atelier.creneau_id)
        .join(Etape, Etape.id == Atelier.etape_id)
        .outerjoin(Thematique, Thematique.id == Atelier.thematique_id)
        .where(
            body == whose,
            Etape.tour_id == agenda.tour_id,
            Place.state == CONFIRMEE,
            Atelier.state == PREVU,
            Etape.state == PREVU,
        )
        .group_by(Atelier.id, Creneau.id, Etape.id, Thematique.id)
        .order_by(Etape.day, Creneau.ordre, Atelier.ordre)
    )
    return [_shared(agenda, row) for row in session().execute(asked)]


def _shared(agenda: Agenda, row: Any) -> "Event":
    place = Shared(
        uid=f"atelier-{row.id}-organisation-{agenda.organisation_id}@{setting.host()}",
        sequence=row.sequence,
        title=row.theme or tour_rules.kind_name(row).capitalize(),
        room=row.room,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
    )
    return calendar.entry(row, place, row.changed_at, french.plural(row.people, "personne"))
