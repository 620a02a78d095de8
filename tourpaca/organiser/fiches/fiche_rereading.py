"""What became of a fiche since it was reread together: the text shown at the event, and each change after it."""

from typing import Any

from flask import render_template

from tourpaca import clock
from tourpaca.fiches import changes, history, queries
from tourpaca.fiches.content import TITLES
from tourpaca.organiser import door
from tourpaca.organiser.wall import open_to


@door.get("/<tour>/fiches/<fiche>/relecture")
@open_to("organisation", "etape", "lecture")
def fiche_rereading(tour: str, fiche: str) -> Any:
    """Show the text that was shown at the event of capitalisation, and what was added or taken out since."""
    theme = queries.thematique(tour, fiche)
    event = history.rereading(theme.tour_id, clock.now())
    texts = history.texts_at(theme.id, event.at) if event else {}
    return render_template(
        "organiser/fiches/fiche_relecture.html",
        tour=theme.tour,
        theme=theme,
        event=event,
        changes=history.since(theme.id, event.at) if event else [],
        shown=[(TITLES[kind], changes.pieces(kind, text)) for kind, text in texts.items() if text],
    )
