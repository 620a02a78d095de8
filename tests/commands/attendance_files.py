"""Files of presences as people make them, and what they say, counted again by plain sets (domain §4)."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field

from hypothesis import strategies as st

from tests import seed
from tourpaca.attendance import workbook

COLUMNS = ("etape", "creneau", "fiche", "personne", "organisation", "statut")
HEADERS = {
    "etape": "Étape",
    "creneau": "CRÉNEAU",
    "fiche": "Fiche",
    "personne": "Personne ",
    "statut": "STATUT",
}
BODIES = {body["id"]: body for body in seed.document()["organisations"]}
UNKNOWN = ("Les Ateliers d’Ailleurs", "Comité des fêtes", "=Somme & Fils")
PEOPLE = (
    "P1",
    "P2",
    "P003",
    "Zoé Exemple",
    "MARTIN, Alix",
    "Bernard Martin",
    "Martin Bernard",
    "1-12",
    "12-1",
)


@dataclass(frozen=True)
class Row:
    """One line of a file; `body` is the organisation that its words mean."""

    etape: int
    fiche: int | None
    person: str
    words: str
    body: str
    status: str

    @property
    def cells(self) -> dict[str, str]:
        """The line as the pinned columns."""
        creneau = 2 if self.fiche and self.fiche > 4 else 1
        values = (self.etape, creneau, self.fiche or "", self.person, self.words, self.status)
        return dict(zip(COLUMNS, map(str, values), strict=True))


@dataclass(frozen=True)
class Figures:
    """What a fiche must say: ateliers held, participants, and who is listed, by the order of the lists."""

    ateliers: int = 0
    participants: int = 0
    bodies: frozenset[str] = field(default=frozenset())


def recount(rows: Sequence[Row]) -> dict[int, Figures]:
    """Return the figures of the eight fiches: the last status told for a person in an atelier is the one."""
    last = {(row.etape, row.fiche, row.person.casefold()): row for row in rows}
    present = [row for row in last.values() if row.status.casefold().startswith("pr")]
    return {
        fiche: Figures(
            len({row.etape for row in present if row.fiche == fiche}),
            sum(row.fiche == fiche for row in present),
            frozenset(row.body for row in present if row.fiche == fiche and row.body),
        )
        for fiche in range(1, 9)
    }


def _spellings(body: str) -> list[str]:
    if body in UNKNOWN:
        return [body, body.upper()]
    found = [body, body.upper(), BODIES[body]["nom_canonique"]]
    found += [one["graphie"] for one in BODIES[body]["graphies"] if not one.get("composite")]
    return [*found, *(f"  {name.lower()} " for name in found[2:])]


@st.composite
def rows(draw: st.DrawFn) -> list[Row]:
    """Draw lines in which a person keeps one organisation an étape, spelled differently each time."""
    bodies = st.sampled_from(["", *BODIES, *UNKNOWN])
    owners = {(etape, who): draw(bodies) for etape in range(1, 5) for who in PEOPLE}
    places = [(etape, fiche) for etape in range(1, 4) for fiche in range(1, 9)] + [(4, None)]
    drawn = draw(
        st.lists(st.tuples(st.sampled_from(places), st.sampled_from(PEOPLE)), min_size=1, max_size=60)
    )
    return [_row(draw, etape, fiche, who, owners[etape, who]) for (etape, fiche), who in drawn]


def _row(draw: st.DrawFn, etape: int, fiche: int | None, who: str, body: str) -> Row:
    words = draw(st.sampled_from(_spellings(body))) if body else ""
    status = draw(st.sampled_from(["present", "Présent", "PRESENTE", "absent", "Absente"]))
    return Row(etape, fiche, draw(st.sampled_from([who, who.lower()])), words, body, status)


@st.composite
def files(draw: st.DrawFn) -> tuple[list[Row], str, bytes]:
    """Draw lines, and a file that says them: its name and its bytes."""
    lines = draw(rows())
    columns = draw(st.permutations([*COLUMNS, "remarque"]))
    table = [[HEADERS.get(name, name) for name in columns]]
    table += [[{**row.cells, "remarque": "vu ; 12/03, « ok »"}[name] for name in columns] for row in lines]
    if draw(st.booleans()):
        return lines, "presences.xlsx", _workbook(table, draw(st.booleans()))
    separator = draw(st.sampled_from([",", ";", "\t"]))
    ending = draw(st.sampled_from(["\n", "\r\n"]))
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]))
    text = _text(table, separator, ending, draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])))
    return lines, "presences.csv", (ending * draw(st.integers(0, 2)) + text).encode(encoding)


def _text(table: list[list[str]], separator: str, ending: str, quoting: int) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator=ending, quoting=quoting)  # type: ignore[arg-type]
    for cells in table:
        writer.writerow(cells)
        out.write(ending * (len(cells[0]) % 2))
    return out.getvalue()


def _workbook(table: list[list[str]], as_numbers: bool) -> bytes:
    lines = [[int(c) if as_numbers and c.isdigit() else c for c in line] for line in table[1:]]
    return b"".join(workbook.stream("Feuille", table[0], lines))
