"""What a tour file holds, once read: plain values, the columns of each row by name."""

from dataclasses import dataclass

from tourpaca.fiches.tour_file.fields import Values


@dataclass(frozen=True)
class AtelierEntry:
    """An atelier; `theme` is the slug of its thématique, empty for the event itself."""

    theme: str
    values: Values


@dataclass(frozen=True)
class CreneauEntry:
    """A créneau and its ateliers."""

    ordre: int
    values: Values
    ateliers: tuple[AtelierEntry, ...]


@dataclass(frozen=True)
class EtapeEntry:
    """An étape and its créneaux."""

    slug: str
    values: Values
    creneaux: tuple[CreneauEntry, ...]


@dataclass(frozen=True)
class ThemeEntry:
    """A thématique and the texts of its fiche, by kind of section."""

    slug: str
    values: Values
    texts: dict[str, str]


@dataclass(frozen=True)
class GraphieEntry:
    """A spelling; a composite one names two bodies and identifies neither."""

    text: str
    composite: bool
    origin: str


@dataclass(frozen=True)
class OrganisationEntry:
    """An organisation, its spellings, and the slug of the one it is linked to."""

    slug: str
    values: Values
    graphies: tuple[GraphieEntry, ...]
    linked_to: str


@dataclass(frozen=True)
class Anomaly:
    """Something of the document that only a person may decide; nothing is corrected without it."""

    fiche: int
    field: str
    read: str
    proposed: str
    confidence: float | None
    reason: str


@dataclass(frozen=True)
class TourFile:
    """A tour as its file says it."""

    slug: str
    values: Values
    partenaires: tuple[tuple[str, str], ...]
    etapes: tuple[EtapeEntry, ...]
    themes: tuple[ThemeEntry, ...]
    organisations: tuple[OrganisationEntry, ...]
    anomalies: tuple[Anomaly, ...]
    remarks: tuple[str, ...]
