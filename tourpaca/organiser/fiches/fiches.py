"""The fiches of a tour for the team: where each stands, and where an organisation that one cites comes from."""

from datetime import date
from typing import Any

from flask import render_template
from flask_login import current_user

from tourpaca import clock
from tourpaca.fiches import chiffres_cles, provenance, queries, standing
from tourpaca.fiches.outline import day_of
from tourpaca.fiches.provenance import Person
from tourpaca.organiser import door
from tourpaca.organiser.wall import open_to


def today() -> date:
    """Return the day it is in Paris."""
    return clock.local(clock.now()).date()


def may_name(etape_id: int) -> bool:
    """Tell whether the member may read who came to an étape: not with the role *lecture*, nor in a foreign étape."""
    return current_user.role != "lecture" and current_user.etape_id in {None, etape_id}


@door.get("/<tour>/fiches")
@open_to("organisation", "etape", "lecture")
def fiches(tour: str) -> Any:
    """List the fiches with their figures counted now, and what is left to settle."""
    row = queries.tour(tour)
    standings = standing.of_tour(row, today())
    return render_template(
        "organiser/fiches/fiches.html",
        tour=row,
        standings=standings,
        totals=chiffres_cles.totals(each.live for each in standings),
        out=[each for each in standings if each.newest],
        next_due=next((each for each in standings if each.waits and not each.is_blocked), None),
        day_of=day_of,
    )


@door.get("/<tour>/fiches/<fiche>/mentions/<int:organisation>")
@open_to("organisation", "etape", "lecture")
def mentions(tour: str, fiche: str, organisation: int) -> Any:
    """Show the presences behind a name of a fiche, its spellings, and the other fiches that cite it."""
    theme = queries.thematique(tour, fiche)
    people = provenance.people(theme.id, organisation)
    body = provenance.mentions(theme.tour_id, organisation) if organisation else None
    return render_template(
        "organiser/fiches/fiche_mentions.html",
        tour=theme.tour,
        theme=theme,
        body=body,
        stops=_by_stop(people),
        count=len(people),
        may_name=may_name,
    )


def _by_stop(people: list[Person]) -> list[list[Person]]:
    """Return the presences étape by étape, in their order."""
    found: dict[int, list[Person]] = {}
    for person in people:
        found.setdefault(person.etape_id, []).append(person)
    return list(found.values())
