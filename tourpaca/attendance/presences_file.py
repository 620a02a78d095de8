"""What a presences file asks for, checked whole against the programme before anything is written."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from tourpaca import french
from tourpaca.attendance.models import ABSENT, PRESENT
from tourpaca.attendance.tables import TableRow, read
from tourpaca.refusal import Refused

COLUMNS = ("etape", "creneau", "fiche", "personne", "organisation", "statut")
STATUSES = {
    "present": PRESENT, "presente": PRESENT, "present.e": PRESENT,
    "absent": ABSENT, "absente": ABSENT, "absent.e": ABSENT,
}  # fmt: skip
# What people write where an atelier has no fiche.
NO_FICHE = frozenset(("", "0", "-", "–", "—"))


class FileRefused(Refused):
    """A file with faults: `faults` has one sentence for each, with its line; nothing was written."""

    def __init__(self, faults: Sequence[str]) -> None:
        lines = french.plural(len(faults), "point")
        super().__init__(f"Rien n’a été écrit : {lines} à reprendre dans le fichier.")
        self.faults = tuple(faults)


@dataclass(frozen=True)
class Wanted:
    """One presence asked for by a line: numbers of étape, créneau and fiche (None for an event), and who."""

    line: int
    etape: int
    creneau: int
    fiche: int | None
    person: str
    organisation: str
    status: str


@dataclass
class Faults:
    """Sentences gathered while a file is read, each with its line; told in the order of the lines."""

    found: list[tuple[int, str]] = field(default_factory=list)

    def at(self, line: int, sentence: str) -> None:
        """Add one."""
        self.found.append((line, f"ligne {line} : {sentence}"))

    def stop_if_any(self) -> None:
        """Refuse the whole file when there is one."""
        if self.found:
            raise FileRefused([sentence for _, sentence in sorted(self.found)])


def parse(data: bytes, faults: Faults) -> tuple[Wanted, ...]:
    """Return what the lines of a file ask for, in order, faults noted; refuses a file that is no such table."""
    found = (_wanted(row, faults) for row in read(data, COLUMNS))
    return tuple(wanted for wanted in found if wanted is not None)


def _wanted(row: TableRow, faults: Faults) -> Wanted | None:
    before = len(faults.found)
    etape = _order(row, "etape", faults)
    creneau = _order(row, "creneau", faults)
    fiche = None if row.cells["fiche"] in NO_FICHE else _order(row, "fiche", faults)
    person = row.cells["personne"]
    status = STATUSES.get(french.fold(row.cells["statut"]))
    if not person:
        faults.at(row.line, "la colonne « personne » est vide.")
    if status is None:
        faults.at(row.line, f"le statut « {row.cells['statut']} » n’est ni « present » ni « absent ».")
    if len(faults.found) > before or status is None:
        return None
    return Wanted(row.line, etape, creneau, fiche, person, row.cells["organisation"], status)


def _order(row: TableRow, column: str, faults: Faults) -> int:
    value = row.cells[column]
    if re.fullmatch(r"0*[1-9]\d{0,5}(?:[.,]0+)?", value, re.ASCII):
        return int(re.split("[.,]", value)[0])
    faults.at(row.line, f"la colonne « {column} » attend un numéro d’ordre, pas « {value} ».")
    return 0
