"""The sheets to sign, as PDF: one atelier, every atelier of an étape or of a créneau, or the desk's."""

from io import BytesIO
from typing import Any

from flask import request, send_file

from tourpaca import clock
from tourpaca.attendance import documents, queries
from tourpaca.organiser import door
from tourpaca.organiser.wall import open_to
from tourpaca.tour import queries as tour_queries
from tourpaca.tour.models import Etape


def _pdf(content: bytes, etape: Etape, what: str) -> Any:
    name = f"Émargement {etape.place_name} {etape.day.isoformat()}{what}.pdf"
    return send_file(BytesIO(content), "application/pdf", download_name=name, max_age=0)


@door.get("/<tour>/etapes/<etape>/presences/<int:atelier_id>/emargement.pdf")
@open_to("organisation", "etape")
def atelier_sheet(tour: str, etape: str, atelier_id: int) -> Any:
    """Print the sheet of one atelier."""
    found = tour_queries.etape(tour, etape)
    atelier = queries.atelier(found, atelier_id)
    return _pdf(documents.sheets(found, [atelier], clock.now()), found, f" atelier {atelier.ordre}")


@door.get("/<tour>/etapes/<etape>/emargement.pdf")
@open_to("organisation", "etape")
def etape_sheets(tour: str, etape: str) -> Any:
    """Print a sheet per atelier of the étape, or of one `creneau` (its order number)."""
    found, slot = tour_queries.etape(tour, etape), request.args.get("creneau", 0, int)
    ateliers = [each for each in found.ateliers if slot in {0, each.creneau.ordre}]
    return _pdf(documents.sheets(found, ateliers, clock.now()), found, f" créneau {slot}" if slot else "")


@door.get("/<tour>/etapes/<etape>/emargement-accueil.pdf")
@open_to("organisation", "etape")
def desk_sheet(tour: str, etape: str) -> Any:
    """Print the sheet kept at the desk, with a column of signature per créneau."""
    found = tour_queries.etape(tour, etape)
    return _pdf(documents.desk_sheet(found, clock.now()), found, " accueil")
