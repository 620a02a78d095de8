"""What exists before a file of presences is taken in: the programme, the names, the people, what is noted."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import and_, select

from tourpaca import french
from tourpaca.attendance.models import Presence
from tourpaca.attendance.rules import split_name
from tourpaca.db import session
from tourpaca.organisations.models import A_VERIFIER, HOMONYME, Graphie, Organisation
from tourpaca.registration.models import Participant
from tourpaca.registration.rules import identity_key
from tourpaca.tour.models import Atelier, Creneau, Etape, Thematique

NOBODY = ""
Who = int | str


@dataclass(frozen=True)
class Programme:
    """The ateliers of a tour by order numbers (étape, créneau, fiche), and what exists to say what is missing."""

    etapes: dict[int, Etape]
    creneaux: frozenset[tuple[int, int]]
    fiches: frozenset[int]
    ateliers: dict[tuple[int, int, int | None], tuple[int, str]]


@dataclass(frozen=True)
class Names:
    """Organisations by id (slug) and by normalised key (the body that counts → who spells it so), and spellings."""

    by_slug: dict[str, int]
    by_key: dict[str, dict[int, int]]
    roots: dict[int, int]
    slugs: dict[int, str]
    composite: frozenset[str]
    spellings: frozenset[str]


@dataclass(frozen=True)
class Namesake:
    """A participant who bears a name: the body they came for, and whether they registered by themselves."""

    participant_id: int
    body: int | str
    registered: bool


@dataclass(frozen=True)
class People:
    """The people of each étape: by the words a file used for them, and by their name."""

    by_reference: dict[tuple[int, str], int]
    by_name: dict[tuple[int, str], list[Namesake]]

    def who(self, etape_id: int, person: str, body: int | str) -> Who:
        """Return the id of the participant whom a line names, or the key under which a new one is known.

        Somebody is known by their name in any order, with the same organisation (when a line tells none: the one
        who registered); two namesakes, or another organisation, are somebody else, as at the door. The words of an
        earlier file come next, so that the same file always finds the same people.
        """
        alike = self.by_name.get((etape_id, name_key(person)), ())
        same = [one for one in alike if (one.body == body if body else one.registered)]
        if len(same) == 1:
            return same[0].participant_id
        reference = french.fold(person)
        return self.by_reference.get((etape_id, reference), reference)


def name_key(person: str) -> str:
    """Return what tells namesakes; a code such as « P001 » is nobody's name and keeps a key of its own."""
    return identity_key(*split_name(person)) if is_name(person) else f"import {french.fold(person)}"


def is_name(person: str) -> bool:
    """Tell whether a file calls a person by a name, or by a code."""
    return " " in person and not any(sign.isdigit() for sign in person)


def programme(tour_id: int) -> Programme:
    """Read the programme of a tour."""
    current = session()
    etapes = {e.ordre: e for e in current.scalars(select(Etape).where(Etape.tour_id == tour_id))}
    slots = select(Etape.ordre, Creneau.ordre).join(Creneau.etape).where(Etape.tour_id == tour_id)
    held = (
        select(Etape.ordre, Creneau.ordre, Thematique.ordre, Atelier.id, Atelier.state)
        .select_from(Atelier)
        .join(Atelier.etape)
        .join(Atelier.creneau)
        .outerjoin(Atelier.thematique)
        .where(Etape.tour_id == tour_id)
    )
    return Programme(
        etapes,
        frozenset((row[0], row[1]) for row in current.execute(slots)),
        frozenset(current.scalars(select(Thematique.ordre).where(Thematique.tour_id == tour_id))),
        {(row[0], row[1], row[2]): (row[3], row[4]) for row in current.execute(held)},
    )


def names() -> Names:
    """Read every name once; a spelling that waits between homonyms identifies nobody yet."""
    bodies = session().execute(select(Organisation.id, Organisation.slug, Organisation.root_id)).all()
    waits = and_(
        Graphie.origin == HOMONYME, Organisation.state == A_VERIFIER, Organisation.root_id == Organisation.id
    )
    asked = (
        select(Graphie.key, Graphie.text, Graphie.composite, Organisation.id, Organisation.root_id)
        .join(Graphie.organisation)
        .where(~waits)
        .order_by(Organisation.id)
    )
    spelled = session().execute(asked).all()
    by_key: dict[str, dict[int, int]] = defaultdict(dict)
    for row in spelled:
        if not row.composite:
            by_key[row.key].setdefault(row.root_id, row.id)
    return Names(
        by_slug={row.slug: row.id for row in bodies},
        by_key=by_key,
        roots={row.id: row.root_id or row.id for row in bodies},
        slugs={row.id: row.slug for row in bodies},
        composite=frozenset(row.key for row in spelled if row.composite),
        spellings=frozenset(row.text for row in spelled),
    )


def people(tour_id: int) -> People:
    """Read who is known at the étapes of a tour."""
    asked = (
        select(
            Participant.etape_id,
            Participant.id,
            Participant.external_ref,
            Participant.identity_key,
            Organisation.root_id,
        )
        .join(Etape, Etape.id == Participant.etape_id)
        .outerjoin(Organisation, Organisation.id == Participant.organisation_id)
        .where(Etape.tour_id == tour_id)
        .order_by(Participant.id)
    )
    by_reference: dict[tuple[int, str], int] = {}
    by_name: dict[tuple[int, str], list[Namesake]] = defaultdict(list)
    for etape_id, number, reference, key, body in session().execute(asked):
        if reference is not None:
            by_reference.setdefault((etape_id, french.fold(reference)), number)
        by_name[etape_id, key].append(Namesake(number, body or NOBODY, reference is None))
    return People(by_reference, by_name)


def noted(tour_id: int) -> dict[tuple[Who, int], tuple[str, int | str]]:
    """Return what is noted already, by participant and atelier: the status, and the body that counts."""
    asked = (
        select(Presence.participant_id, Presence.atelier_id, Presence.status, Organisation.root_id)
        .join(Atelier, Atelier.id == Presence.atelier_id)
        .join(Etape, Etape.id == Atelier.etape_id)
        .outerjoin(Organisation, Organisation.id == Presence.organisation_id)
        .where(Etape.tour_id == tour_id)
    )
    return {(row[0], row[1]): (row[2], row[3] or NOBODY) for row in session().execute(asked)}
