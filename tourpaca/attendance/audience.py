"""Who a message of the team would reach, by étape, atelier, place, presence and kind of organisation."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Row, case, func, select
from sqlalchemy.orm import aliased

from tourpaca.attendance.models import SANS_REPONSE, Presence
from tourpaca.db import session
from tourpaca.mail import returns, unsubscribing
from tourpaca.mail.models import REFUSE, Letter
from tourpaca.organisations.models import Organisation
from tourpaca.registration import files
from tourpaca.registration.files import Held
from tourpaca.registration.models import (
    ANNULEE,
    CONFIRMEE,
    EN_ATTENTE,
    LIVE,
    PASSEE,
    PROPOSEE,
    Dossier,
    Participant,
    Place,
)
from tourpaca.registration.rules import mailbox
from tourpaca.tour.models import Atelier, Etape, Thematique

CANCELLED, WAITING, CONFIRMED = "place annulée", "en liste d’attente", "place confirmée"
GONE = "sans invitations à sa demande"
NO_ADDRESS, REFUSED, UNREACHABLE = "sans adresse", "adresse refusée", "à joindre par téléphone"
OFFERED, PASSED = "place proposée", "offre sans réponse"
_REASONS = {
    ANNULEE: CANCELLED,
    PASSEE: PASSED,
    EN_ATTENTE: WAITING,
    PROPOSEE: OFFERED,
    CONFIRMEE: CONFIRMED,
}
_LIVE = (*LIVE, "")
_LOOSER: dict[str, dict[str, Any]] = {
    "refusees": {"refused_too": True},
    "type": {"kind": ""},
    "presence": {"presence": ""},
    "place": {"place": ""},
    "atelier": {"atelier_id": None},
    "etape": {"etape_id": None, "atelier_id": None},
}


@dataclass(frozen=True)
class Criteria:
    """What chooses people; an empty text or None chooses all. Without a place, live places and walk-ins count.

    An `invitation` leaves out those who want no more of them.
    """

    tour_id: int
    etape_id: int | None = None
    atelier_id: int | None = None
    place: str = ""
    presence: str = ""
    kind: str = ""
    refused_too: bool = False
    invitation: bool = False


@dataclass(frozen=True)
class Recipient:
    """A person who would receive the message once, whatever the number of étapes and ateliers that match.

    `contact` is who reads the mailbox when it is that of their dossier.
    """

    participant_id: int
    dossier_id: int
    first_name: str
    last_name: str
    email: str
    contact: str
    organisation: str
    etapes: tuple[Etape, ...]
    ateliers: tuple[str, ...]
    places: tuple[Held, ...]

    @property
    def name(self) -> str:
        """Prénom Nom."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True)
class LeftOut:
    """A person whom the criteria come near to and who would receive nothing; `reason` in a few words."""

    name: str
    reason: str


@dataclass(frozen=True)
class Audience:
    """The people who would receive, by NOM, and those left out."""

    recipients: tuple[Recipient, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    @property
    def organisations(self) -> int:
        """How many organisations they come from."""
        return len({person.organisation for person in self.recipients if person.organisation})

    def rank(self, asked: int) -> int:
        """Return the rank to show: the one asked for, or the last when the list has become shorter."""
        return min(asked, len(self.recipients) - 1)

    def at(self, asked: int) -> Recipient:
        """Return the person of that rank."""
        return self.recipients[self.rank(asked)]


@dataclass(frozen=True)
class _Tie:
    """What ties a person to an atelier: a place in some state ("" when they came without one), a presence."""

    atelier_id: int
    title: str
    state: str
    status: str


def of(criteria: Criteria) -> Audience:
    """Return the audience of a message, read in seven statements whatever the number of people."""
    scope = _scope(criteria)
    etapes = {etape.id: etape for etape in session().scalars(select(Etape).where(*scope))}
    ties, places = _ties(scope), defaultdict(list)
    for held in files.held(session(), Participant.etape_id.in_(etapes)):
        places[held.participant_id].append(held)
    people = session().execute(_people(criteria, scope)).all()
    closed = _closed(criteria, [person.email for person in people])
    chosen: dict[tuple[str, str], list[tuple[Row[Any], list[_Tie]]]] = defaultdict(list)
    left_out = []
    for person in people:
        near = [tie for tie in ties[person.id] if _is_near(criteria, tie)]
        matching = [tie for tie in near if _has_place(criteria, tie)]
        reason = _reason(person, near, matching, closed)
        if reason:
            left_out.append(LeftOut(f"{person.first_name} {person.last_name}".strip(), reason))
        elif matching:
            chosen[mailbox(person.email), person.identity_key].append((person, matching))
    return Audience(tuple(_recipient(rows, etapes, places) for rows in chosen.values()), tuple(left_out))


def without(criteria: Criteria, name: str) -> Criteria:
    """Return the criteria without the one of that name; an unknown name changes nothing."""
    return replace(criteria, **_LOOSER.get(name, {}))


def ways_out(criteria: Criteria, bound: bool) -> list[tuple[str, int]]:
    """Return the criteria that keep everybody out, each with the number of people it would let in.

    Asked only when nobody is chosen. A member bound to an étape cannot leave it.
    """
    looser = [(name, without(criteria, name)) for name in _LOOSER if not (bound and name == "etape")]
    found = [(name, len(of(wider).recipients)) for name, wider in looser if wider != criteria]
    return [(name, people) for name, people in found if people]


def kinds(tour_id: int) -> Sequence[str]:
    """Return the kinds of the organisations that come to a tour, in alphabetical order."""
    root = aliased(Organisation)
    asked = (
        select(root.kind)
        .join(Organisation, Organisation.root_id == root.id)
        .join(Participant, Participant.organisation_id == Organisation.id)
        .join(Etape, Etape.id == Participant.etape_id)
        .where(Etape.tour_id == tour_id)
    )
    return session().scalars(asked.distinct().order_by(root.kind)).all()


def _scope(criteria: Criteria) -> list[ColumnElement[bool]]:
    own = [Etape.id == criteria.etape_id] if criteria.etape_id is not None else []
    return [Etape.tour_id == criteria.tour_id, *own]


def _people(criteria: Criteria, scope: Iterable[ColumnElement[bool]]) -> Any:
    root = aliased(Organisation)
    asked = (
        select(
            Participant.id,
            Participant.dossier_id,
            Participant.etape_id,
            Participant.first_name,
            Participant.last_name,
            Participant.identity_key,
            func.coalesce(func.nullif(Participant.email, ""), Dossier.contact_email).label("email"),
            case((Participant.email == "", Dossier.contact_name), else_="").label("contact"),
            func.coalesce(Organisation.name, Dossier.organisation_typed).label("organisation"),
        )
        .join(Dossier, Dossier.id == Participant.dossier_id)
        .join(Etape, Etape.id == Participant.etape_id)
        .outerjoin(Organisation, Organisation.id == Participant.organisation_id)
        .outerjoin(root, root.id == Organisation.root_id)
        .where(*scope)
        .order_by(Participant.sort_key, Participant.id)
    )
    return asked.where(root.kind == criteria.kind) if criteria.kind else asked


def _ties(scope: Iterable[ColumnElement[bool]]) -> dict[int, list[_Tie]]:
    """Return what ties each person to ateliers: their last place there, and what was last noted."""
    status = func.coalesce(Presence.status, SANS_REPONSE)
    title = func.coalesce(Thematique.title, "")
    present = (Presence.participant_id == Place.participant_id) & (Presence.atelier_id == Place.atelier_id)
    placed = (
        select(Place.participant_id, Place.atelier_id, title, Place.state, status)
        .join(Atelier, Atelier.id == Place.atelier_id)
        .join(Etape, Etape.id == Atelier.etape_id)
        .outerjoin(Thematique, Thematique.id == Atelier.thematique_id)
        .outerjoin(Presence, present)
        .where(*scope)
        .order_by(Place.id)
    )
    came = (
        select(Presence.participant_id, Presence.atelier_id, title, Presence.status)
        .join(Atelier, Atelier.id == Presence.atelier_id)
        .join(Etape, Etape.id == Atelier.etape_id)
        .outerjoin(Thematique, Thematique.id == Atelier.thematique_id)
        .where(*scope)
    )
    last = {
        (person, atelier): _Tie(atelier, name, state, noted)
        for person, atelier, name, state, noted in session().execute(placed)
    }
    for person, atelier, name, noted in session().execute(came):
        last.setdefault((person, atelier), _Tie(atelier, name, "", noted))
    ties = defaultdict(list)
    for (person, _), tie in last.items():
        ties[person].append(tie)
    return ties


def _closed(criteria: Criteria, emails: Sequence[str]) -> dict[str, str]:
    """Return the mailboxes that are not written to, with why: a letter refused here, or what came back."""
    gone = unsubscribing.gone(criteria.tour_id, emails) if criteria.invitation else set()
    left = {mailbox(email): GONE for email in gone}
    if criteria.refused_too:
        return left
    refused = dict.fromkeys(_refused(criteria.tour_id), REFUSED)
    return refused | {mailbox(email): UNREACHABLE for email in returns.marked(emails)} | left


def _refused(tour_id: int) -> set[str]:
    """Return the mailboxes whose server refused a letter of this tour for good."""
    asked = select(Letter.to_email).where(Letter.tour_id == tour_id, Letter.state == REFUSE)
    return {mailbox(address) for address in session().scalars(asked.distinct())}


def _is_near(criteria: Criteria, tie: _Tie) -> bool:
    wanted = criteria.atelier_id is None or tie.atelier_id == criteria.atelier_id
    return wanted and criteria.presence in ("", tie.status)


def _has_place(criteria: Criteria, tie: _Tie) -> bool:
    return tie.state == criteria.place if criteria.place else tie.state in _LIVE


def _reason(person: Row[Any], near: list[_Tie], matching: list[_Tie], closed: dict[str, str]) -> str:
    """Return why a person near the criteria receives nothing, or an empty text."""
    if not matching:
        return next((_REASONS[tie.state] for tie in near if tie.state), "")
    if "@" not in person.email:
        return NO_ADDRESS
    return closed.get(mailbox(person.email), "")


def _recipient(
    rows: list[tuple[Row[Any], list[_Tie]]], etapes: dict[int, Etape], places: dict[int, list[Held]]
) -> Recipient:
    first = rows[0][0]
    return Recipient(
        participant_id=first.id,
        dossier_id=first.dossier_id,
        first_name=first.first_name,
        last_name=first.last_name,
        email=first.email,
        contact=first.contact,
        organisation=first.organisation,
        etapes=tuple(dict.fromkeys(etapes[person.etape_id] for person, _ in rows)),
        ateliers=tuple(dict.fromkeys(tie.title for _, ties in rows for tie in ties if tie.title)),
        places=tuple(held for person, _ in rows for held in places[person.id]),
    )
