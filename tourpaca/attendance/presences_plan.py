"""What importing a presences file would change, found by reading the programme, the names and the presences."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from tourpaca.attendance import presences_known
from tourpaca.attendance.models import PRESENT
from tourpaca.attendance.presences_file import Faults, Wanted, parse
from tourpaca.attendance.presences_known import NOBODY, Names, People, Programme, Who
from tourpaca.organisations import rules as organisation_rules
from tourpaca.tour.models import ANNULE, CAPITALISATION


@dataclass(frozen=True)
class Change:
    """One presence to write: the organisation is an id, or a name that `recognise` will settle, or neither.

    `who` is a participant, or the key of a person to create under the words of the file (`person`).
    """

    line: int
    etape_id: int
    creneau: int
    atelier_id: int
    who: Who
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


@dataclass(frozen=True)
class _Desk:
    """What the lines are read against, and what is said of them."""

    programme: Programme
    names: Names
    people: People
    faults: Faults
    warnings: list[tuple[int, str]] = field(default_factory=list)

    def warn(self, line: int, sentence: str) -> None:
        self.warnings.append((line, f"ligne {line} : {sentence}"))


def preview(tour_id: int, data: bytes) -> Plan:
    """Return what importing a file would do; writes nothing, refuses like the import itself."""
    faults = Faults()
    return plan(tour_id, parse(data, faults), faults)


def plan(tour_id: int, wanted: Iterable[Wanted], faults: Faults) -> Plan:
    """Return the plan of an import, or refuse the file with every fault found (`FileRefused`)."""
    known = presences_known.programme(tour_id), presences_known.names(), presences_known.people(tour_id)
    desk = _Desk(*known, faults)
    changes = _distinct([c for row in wanted if (c := _change(row, desk))], desk)
    faults.stop_if_any()
    noted = presences_known.noted(tour_id)
    fresh = tuple(c for c in changes if noted.get((c.who, c.atelier_id)) != (c.status, _body(c, desk.names)))
    _point_out_two_in_a_creneau(fresh, desk)
    return Plan(
        changes=fresh,
        unchanged=len(changes) - len(fresh),
        new_people=len({(c.etape_id, c.who) for c in fresh if isinstance(c.who, str)}),
        new_organisations=_new_names(fresh),
        warnings=tuple(sentence for _, sentence in sorted(desk.warnings)),
    )


def _distinct(changes: Iterable[Change], desk: _Desk) -> list[Change]:
    """Keep one change for a person in an atelier: the last status told, since a mark corrects the one before.

    Two organisations for one presence are a fault: nobody can tell whether they are one person or two.
    """
    kept: dict[tuple[int, Who], Change] = {}
    for change in changes:
        first = kept.setdefault((change.atelier_id, change.who), change)
        if first is change:
            continue
        bodies = {_body(first, desk.names), _body(change, desk.names)} - {NOBODY}
        if len(bodies) > 1:
            desk.faults.at(change.line, _two_bodies(first, change))
            continue
        if first.status != change.status:
            desk.warn(
                change.line,
                f"corrige la ligne {first.line} pour « {change.person} » ; c’est elle qui compte.",
            )
        kept[change.atelier_id, change.who] = _together(first, change)
    return list(kept.values())


def _two_bodies(first: Change, second: Change) -> str:
    return (
        f"« {second.person} » a une autre organisation à la ligne {first.line}, pour le même atelier ; gardez l’une "
        "des deux lignes, ou distinguez les deux personnes."
    )


def _together(first: Change, last: Change) -> Change:
    """Return the last of two lines, with the organisation of the first when it tells none."""
    if last.organisation_id is not None or last.organisation_name:
        return last
    return replace(last, organisation_id=first.organisation_id, organisation_name=first.organisation_name)


def _body(change: Change, names: Names) -> int | str:
    """Return what tells whether two lines mean one body: the organisation that counts, or the key of a new name."""
    return _body_of(change.organisation_id, change.organisation_name, names)


def _body_of(organisation_id: int | None, name: str, names: Names) -> int | str:
    if organisation_id is not None:
        return names.roots[organisation_id]
    return organisation_rules.key(name) if name else NOBODY


def _new_names(changes: Iterable[Change]) -> tuple[str, ...]:
    unknown = (c.organisation_name for c in changes if c.organisation_id is None and c.organisation_name)
    first: dict[str, str] = {}
    for name in unknown:
        first.setdefault(organisation_rules.key(name), name)
    return tuple(sorted(first.values()))


def _change(row: Wanted, desk: _Desk) -> Change | None:
    before = len(desk.faults.found)
    atelier = _atelier(row, desk)
    organisation_id = _organisation(row, desk.names, desk.faults)
    if atelier is None or len(desk.faults.found) > before:
        return None
    name = "" if _is_written(row.organisation, desk.names) else row.organisation
    etape_id = desk.programme.etapes[row.etape].id
    who = desk.people.who(etape_id, row.person, _body_of(organisation_id, name, desk.names))
    return Change(
        row.line, etape_id, row.creneau, atelier, who, row.person, organisation_id, name, row.status
    )


def _is_written(organisation: str, names: Names) -> bool:
    """Tell whether the words of a line teach no new spelling: an id, or a spelling that is kept already."""
    return organisation in names.spellings or organisation.casefold() in names.by_slug


def _atelier(row: Wanted, desk: _Desk) -> int | None:
    programme = desk.programme
    found = programme.ateliers.get((row.etape, row.creneau, row.fiche)) or _event(row, desk)
    if found is None:
        desk.faults.at(row.line, _missing(row, programme))
    elif found[1] == ANNULE or programme.etapes[row.etape].state == ANNULE:
        desk.faults.at(row.line, f"{_called(row)} est annulé : aucune présence ne peut y être notée.")
    else:
        return found[0]
    return None


def _event(row: Wanted, desk: _Desk) -> tuple[int, str] | None:
    """Return the one atelier of a capitalisation event, whatever fiche the line names: it feeds none."""
    etape = desk.programme.etapes.get(row.etape)
    found = desk.programme.ateliers.get((row.etape, row.creneau, None))
    if found is None or etape is None or etape.kind != CAPITALISATION:
        return None
    desk.warn(
        row.line,
        f"l’étape {row.etape} est un événement de capitalisation ; la présence y est notée, et ne compte dans aucune "
        "fiche.",
    )
    return found


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
    if not bodies:
        return names.by_slug.get(row.organisation.casefold())
    return next(iter(bodies.values())) if len(bodies) == 1 else None


def _point_out_two_in_a_creneau(changes: Iterable[Change], desk: _Desk) -> None:
    seen: dict[tuple[int, int, Who], Change] = {}
    for change in changes:
        if change.status != PRESENT:
            continue
        first = seen.setdefault((change.etape_id, change.creneau, change.who), change)
        if first is not change:
            desk.warn(
                change.line,
                f"« {change.person} » est présent à deux ateliers du même créneau (l’autre : ligne {first.line}) ; "
                "les deux sont comptés.",
            )
