"""What importing a presences file would change, found by reading the programme, the names and the presences."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import and_, select

from tourpaca.attendance.models import PRESENT, Presence
from tourpaca.attendance.presences_file import Faults, Wanted, parse
from tourpaca.db import session
from tourpaca.organisations import rules as organisation_rules
from tourpaca.organisations.models import A_VERIFIER, HOMONYME, Graphie, Organisation
from tourpaca.registration.models import Participant
from tourpaca.tour.models import ANNULE, Atelier, Creneau, Etape, Thematique


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
class Change:
    """One presence to write: the organisation is an id, or a name that `recognise` will settle, or neither."""

    line: int
    etape_id: int
    creneau: int
    atelier_id: int
    person: str
    organisation_id: int | None
    organisation_name: str
    status: str


@dataclass(frozen=True)
class Plan:
    """What an import would write (`changes`), leave as it is (`unchanged`), create, and what deserves a look."""

    changes: tuple[Change, ...]
    unchanged: int
    new_people: int
    new_organisations: tuple[str, ...]
    warnings: tuple[str, ...]


def preview(tour_id: int, data: bytes) -> Plan:
    """Return what importing a file would do; writes nothing, refuses like the import itself."""
    faults = Faults()
    return plan(tour_id, parse(data, faults), faults)


def plan(tour_id: int, wanted: Iterable[Wanted], faults: Faults) -> Plan:
    """Return the plan of an import, or refuse the file with every fault found (`FileRefused`)."""
    programme, names = _programme(tour_id), _names()
    changes = _distinct([c for row in wanted if (c := _change(row, programme, names, faults))], names, faults)
    faults.stop_if_any()
    known, noted = _people(tour_id), _noted(tour_id)
    fresh = tuple(c for c in changes if not _is_noted(c, names, known, noted))
    return Plan(
        changes=fresh,
        unchanged=len(changes) - len(fresh),
        new_people=len({(c.etape_id, c.person) for c in fresh} - known.keys()),
        new_organisations=_new_names(fresh),
        warnings=tuple(_twice_in_a_creneau(changes)),
    )


def _distinct(changes: Iterable[Change], names: Names, faults: Faults) -> list[Change]:
    """Keep one of the lines that say the same; two that contradict each other are a fault."""
    kept: dict[tuple[int, str], Change] = {}
    for change in changes:
        first = kept.setdefault((change.atelier_id, change.person), change)
        if (first.status, _body(first, names)) != (change.status, _body(change, names)):
            faults.at(
                change.line,
                f"contredit la ligne {first.line} pour « {change.person} » ; gardez l’une des deux.",
            )
    return list(kept.values())


def _body(change: Change, names: Names) -> int | str:
    """Return what tells whether two lines mean one body: the organisation that counts, or the key of a new name."""
    if change.organisation_id is not None:
        return names.roots[change.organisation_id]
    return organisation_rules.key(change.organisation_name) if change.organisation_name else ""


def _new_names(changes: Iterable[Change]) -> tuple[str, ...]:
    unknown = (c.organisation_name for c in changes if c.organisation_id is None and c.organisation_name)
    first: dict[str, str] = {}
    for name in unknown:
        first.setdefault(organisation_rules.key(name), name)
    return tuple(sorted(first.values()))


def _change(row: Wanted, programme: Programme, names: Names, faults: Faults) -> Change | None:
    before = len(faults.found)
    atelier = _atelier(row, programme, faults)
    organisation_id = _organisation(row, names, faults)
    if atelier is None or len(faults.found) > before:
        return None
    name = (
        "" if row.organisation in names.spellings or row.organisation in names.by_slug else row.organisation
    )
    etape = programme.etapes[row.etape]
    return Change(row.line, etape.id, row.creneau, atelier, row.person, organisation_id, name, row.status)


def _atelier(row: Wanted, programme: Programme, faults: Faults) -> int | None:
    found = programme.ateliers.get((row.etape, row.creneau, row.fiche))
    if found is None:
        faults.at(row.line, _missing(row, programme))
    elif found[1] == ANNULE or programme.etapes[row.etape].state == ANNULE:
        faults.at(row.line, f"{_called(row)} est annulé : aucune présence ne peut y être notée.")
    else:
        return found[0]
    return None


def _called(row: Wanted) -> str:
    theme = f"de la fiche {row.fiche}" if row.fiche else "sans fiche"
    return f"l’atelier {theme}, étape {row.etape}, créneau {row.creneau},"


def _missing(row: Wanted, programme: Programme) -> str:
    if row.etape not in programme.etapes:
        return f"l’étape {row.etape} n’existe pas dans cette tournée."
    if (row.etape, row.creneau) not in programme.creneaux:
        return f"l’étape {row.etape} n’a pas de créneau {row.creneau}."
    if row.fiche and row.fiche not in programme.fiches:
        return f"la fiche {row.fiche} n’existe pas dans cette tournée."
    if row.fiche is None:
        return "la colonne « fiche » est vide, et cette étape n’a pas d’atelier sans fiche à ce créneau."
    elsewhere = sorted(c for (e, c, f) in programme.ateliers if (e, f) == (row.etape, row.fiche))
    if elsewhere:
        return f"la fiche {row.fiche} se tient au créneau {elsewhere[0]} de l’étape {row.etape}, pas au {row.creneau}."
    return (
        f"{_called(row)} n’était pas au programme : ajoutez-le d’abord, la présence pourra alors être notée."
    )


def _organisation(row: Wanted, names: Names, faults: Faults) -> int | None:
    """Return the organisation a line names by its id or by a spelling; None for nobody or for a name to recognise."""
    if not row.organisation or row.organisation in names.by_slug:
        return names.by_slug.get(row.organisation)
    key = organisation_rules.key(row.organisation)
    bodies = names.by_key.get(key, {})
    if len(bodies) > 1:
        ids = ", ".join(sorted(names.slugs[body] for body in bodies))
        faults.at(
            row.line,
            f"plusieurs organisations portent le nom « {row.organisation} » : écrivez l’identifiant de l’une ({ids}).",
        )
    elif not bodies and key in names.composite:
        faults.at(
            row.line,
            f"« {row.organisation} » désigne deux organisations à la fois : écrivez l’identifiant de l’une.",
        )
    return next(iter(bodies.values())) if len(bodies) == 1 else None


def _twice_in_a_creneau(changes: Iterable[Change]) -> Iterable[str]:
    seen: dict[tuple[int, int, str], Change] = {}
    for change in changes:
        if change.status != PRESENT:
            continue
        first = seen.setdefault((change.etape_id, change.creneau, change.person), change)
        if first is not change:
            yield (
                f"ligne {change.line} : « {change.person} » est présent à deux ateliers du même créneau "
                f"(l’autre : ligne {first.line}) ; les deux sont comptés."
            )


def _is_noted(
    change: Change,
    names: Names,
    known: dict[tuple[int, str], int],
    noted: dict[tuple[int, int], tuple[str, int | str]],
) -> bool:
    person = known.get((change.etape_id, change.person), 0)
    return noted.get((person, change.atelier_id)) == (change.status, _body(change, names))


def _programme(tour_id: int) -> Programme:
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


def _names() -> Names:
    """Read every name once; a spelling that waits between homonyms identifies nobody yet."""
    bodies = session().execute(select(Organisation.id, Organisation.slug, Organisation.root_id)).all()
    waits = and_(
        Graphie.origin == HOMONYME, Organisation.state == A_VERIFIER, Organisation.root_id == Organisation.id
    )
    spelled = (
        session()
        .execute(
            select(Graphie.key, Graphie.text, Graphie.composite, Organisation.id, Organisation.root_id)
            .join(Graphie.organisation)
            .where(~waits)
            .order_by(Organisation.id)
        )
        .all()
    )
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


def _people(tour_id: int) -> dict[tuple[int, str], int]:
    asked = (
        select(Participant.etape_id, Participant.external_ref, Participant.id)
        .join(Etape, Etape.id == Participant.etape_id)
        .where(Etape.tour_id == tour_id, Participant.external_ref.is_not(None))
    )
    return {(row[0], str(row[1])): row[2] for row in session().execute(asked)}


def _noted(tour_id: int) -> dict[tuple[int, int], tuple[str, int | str]]:
    """Return what is noted already, by participant and atelier, with the body that counts ("" for nobody)."""
    asked = (
        select(Presence.participant_id, Presence.atelier_id, Presence.status, Organisation.root_id)
        .join(Atelier, Atelier.id == Presence.atelier_id)
        .join(Etape, Etape.id == Atelier.etape_id)
        .outerjoin(Organisation, Organisation.id == Presence.organisation_id)
        .where(Etape.tour_id == tour_id)
    )
    return {(row[0], row[1]): (row[2], row[3] or "") for row in session().execute(asked)}
