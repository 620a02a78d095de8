"""The first page of the team: the tours there are."""

from typing import Any

from flask import render_template

from tourpaca.organiser import door
from tourpaca.organiser.wall import open_to
from tourpaca.tour import queries


@door.get("/")
@open_to("organisation", "etape", "accueil", "lecture")
def tours() -> Any:
    """Show every tour, the newest first."""
    return render_template("organiser/tour/tournees.html", tours=queries.tours())
