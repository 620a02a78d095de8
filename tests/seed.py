"""The users' own document, as data: what the golden tests start from."""

import csv
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).parent / "data"
FIGURES = [
    (3, 27, 19),
    (3, 32, 22),
    (3, 35, 26),
    (2, 11, 8),
    (3, 42, 28),
    (3, 25, 13),
    (3, 25, 17),
    (1, 6, 5),
]
TOTALS = (21, 203, 63)


@cache
def document() -> dict[str, Any]:
    """Return fiches.yaml: the tour, the eight fiches, the 63 organisations and their spellings."""
    return yaml.load((DATA / "fiches.yaml").read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def presences() -> list[dict[str, str]]:
    """Return the 203 rows of presences.csv."""
    with (DATA / "presences.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def spellings() -> list[str]:
    """Return the 90 distinct spellings printed in the eight fiches."""
    lists = (fiche["chiffres_cles"]["organisations_imprimees"] for fiche in document()["fiches"])
    return sorted({name for printed in lists for name in printed})


def repaired_lists() -> list[list[str]]:
    """Return, fiche by fiche, the names of the organisations once the printed lists are repaired."""
    names = {body["id"]: body["nom_canonique"] for body in document()["organisations"]}
    return [
        [names[read["organisation"]] for read in fiche["chiffres_cles"]["organisations_lues"]]
        for fiche in document()["fiches"]
    ]


def sorting(name: str) -> str:
    """The order of every list, said another way than the house does: letters and digits, article left out."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]", "", re.sub(r"^(les? |la |l['’])", "", plain))
