"""The style page: every component of the face once, for those who write the pages."""

from typing import Any

from flask import render_template

from tourpaca import clock
from tourpaca.organiser import door
from tourpaca.organiser.wall import open_to


@door.get("/planche")
@open_to("organisation", "etape", "accueil", "lecture")
def planche() -> Any:
    """Show the components; nothing on this page is real."""
    return render_template("organiser/planche.html", today=clock.now().date())
