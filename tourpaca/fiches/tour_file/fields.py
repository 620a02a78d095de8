"""The fields of a tour file: for each, its French name, the column it fills, and how it is read and written."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from tourpaca.fiches.tour_file.node import Node

Values = dict[str, Any]


@dataclass(frozen=True)
class Field:
    """One field; `read` gives the value of the column, `empty` is what an absent field means."""

    key: str
    column: str
    read: Callable[[Node], Any] = Node.text
    empty: Any = ""


TOUR = (
    Field("accroche", "pitch"),
    Field("organisateur", "organiser_name"),
    Field("organisateur_adresse", "organiser_address"),
    Field("organisateur_siret", "organiser_siret"),
    Field("contact", "contact_email"),
    Field("carte", "map_name"),
    Field("forme_inclusive", "inclusive_form", empty="participant.e.s"),
    Field("ordre_sections", "section_order", Node.texts, None),
    Field("conservation_inscriptions", "registration_retention", empty="12 mois après la fin de la tournée"),
    Field("conservation_preuves", "proof_retention", empty="5 ans"),
    Field("motif_preuves", "proof_reason", empty="contrôle des financeurs"),
    Field("liste_attente", "promotion", empty="automatique"),
    Field("groupes_en_attente", "group_rule", empty="bloquer"),
    Field("publiee_le", "published_at", Node.instant, None),
)
ETAPE = (
    Field("etat", "state", empty="prevu"),
    Field("accueil", "welcome_at", Node.hour, None),
    Field("debut", "starts_at", Node.hour, None),
    Field("fin", "ends_at", Node.hour, None),
    Field("maison", "venue"),
    Field("adresse", "address"),
    Field("transports", "transport"),
    Field("acces", "access"),
    Field("ecoute", "hearing"),
    Field("pause", "break_note"),
    Field("contact_nom", "contact_name"),
    Field("contact_courriel", "contact_email"),
    Field("places", "capacity", Node.integer, None),
    Field("ouverture", "opens_at", Node.wall, None),
    Field("cloture", "closes_at", Node.wall, None),
)
CRENEAU = (Field("debut", "starts_at", Node.hour, None), Field("fin", "ends_at", Node.hour, None))
ATELIER = (
    Field("salle", "room"),
    Field("animation", "facilitators"),
    Field("places", "capacity", Node.integer, None),
    Field("places_salle", "room_capacity", Node.integer, None),
    Field("minimum", "minimum", Node.integer, 0),
    Field("etat", "state", empty="prevu"),
)
ORGANISATION = (
    Field("famille_supposee", "kind", empty="a_qualifier"),
    Field("departement_suppose", "departement"),
    Field("siren", "siren"),
    Field("siret", "siret"),
    Field("rna", "rna"),
    Field("etat", "state", empty="a_verifier"),
)


def values(node: Node, fields: Iterable[Field]) -> Values:
    """Return the columns that a group of fields fills; an absent field leaves what it means when absent."""
    read = {field.column: _read(node.get(field.key), field) for field in fields}
    return {column: value for column, value in read.items() if value is not None}


def _read(node: Node, field: Field) -> Any:
    return field.empty if node.value is None else field.read(node)


def said(row: Any, fields: Iterable[Field]) -> Values:
    """Return a row as fields of the file, those that say nothing left out."""
    held = ((field, getattr(row, field.column)) for field in fields)
    return {field.key: _plain(value) for field, value in held if value is not None and value != field.empty}


def _plain(value: Any) -> Any:
    """Return a value as YAML keeps it without doubt: hours and dates as texts."""
    if isinstance(value, datetime):
        return value.isoformat(" " if value.tzinfo is None else "T")
    if isinstance(value, time):
        return value.isoformat("minutes")
    return value.isoformat() if isinstance(value, date) else value
