"""What taking in a tour file did, or would do: lines for a person to read, and decisions for a person to take."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tourpaca.fiches.tour_file.entries import Anomaly
from tourpaca.fiches.tour_file.fields import Values

PLURALS = {
    "tournée": "tournées",
    "étape": "étapes",
    "créneau": "créneaux",
    "atelier": "ateliers",
    "thématique": "thématiques",
    "texte de fiche": "textes de fiche",
    "partenaire": "partenaires",
    "organisation": "organisations",
    "graphie": "graphies",
}


@dataclass
class Report:
    """Filled while the file is taken in: `created` names new things by kind, `kept` what differs and was left."""

    slug: str
    anomalies: tuple[Anomaly, ...]
    remarks: tuple[str, ...]
    created: list[tuple[str, str]] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    def create(self, kind: str, name: str) -> None:
        """Note something new."""
        self.created.append((kind, name))

    def compare(self, name: str, row: Any, values: Values) -> None:
        """Note where what is stored is not what the file says; the stored value stays."""
        changed = [column for column, value in values.items() if getattr(row, column) != value]
        if changed:
            self.kept.append(f"{name} : {', '.join(changed)}")

    def counts(self) -> list[tuple[str, int]]:
        """Return how many new things of each kind, in the order they came."""
        return list(Counter(kind for kind, _ in self.created).items())
