"""Linking two names by hand: the page that says the effect first, the act, and its undoing."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, url_for

from tourpaca import french
from tourpaca.fiches import citations
from tourpaca.fiches.citations import Citation
from tourpaca.organisations import actions, queries, resemblance, rules
from tourpaca.organisations.models import Organisation
from tourpaca.organiser import door
from tourpaca.organiser.forms import undoing
from tourpaca.organiser.wall import act, open_to
from tourpaca.refusal import Refused
from tourpaca.registration import counts
from tourpaca.tour import queries as tour_queries
from tourpaca.tour.models import Tour


@dataclass(frozen=True)
class Side:
    """One of two names: its pieces, each with whether the other lacks it, its spellings and its numbers."""

    body: Organisation
    pieces: resemblance.Pieces
    spellings: list[str]
    people: int
    cited: Citation


@door.get("/<tour>/organisations/<int:organisation_id>/lier/<int:to_id>")
@open_to("organisation")
def link_organisation_form(tour: str, organisation_id: int, to_id: int) -> Any:
    """Say what linking a name to another would change, fiche by fiche; nothing is changed."""
    row, own, to = tour_queries.tour(tour), queries.body(organisation_id), queries.body(to_id)
    return _page(row, own, to)


@door.post("/<tour>/organisations/<int:organisation_id>/lier/<int:to_id>")
@open_to("organisation")
def link_organisation(tour: str, organisation_id: int, to_id: int) -> Any:
    """Link the name, then offer to undo it."""
    row, own, to = tour_queries.tour(tour), queries.body(organisation_id), queries.body(to_id)
    try:
        actions.link(act(), own.id, to.id, row.id)
    except Refused:
        return _page(row, own, to), 409
    address = url_for("organiser.unlink_organisation", tour=tour, organisation_id=own.id)
    undoing.offer(f"« {own.name} » compte maintenant avec « {to.name} ».", address)
    return redirect(url_for("organiser.organisations", tour=tour), 303)


@door.post("/<tour>/organisations/<int:organisation_id>/separer")
@open_to("organisation")
def unlink_organisation(tour: str, organisation_id: int) -> Any:
    """Take a name off the body it was linked to."""
    row, own = tour_queries.tour(tour), queries.body(organisation_id)
    actions.unlink(act(), own.id, row.id)
    flash(french.typo(f"« {own.name} » compte de nouveau à part, avec ses propres inscriptions."), "fait")
    return redirect(url_for("organiser.organisation", tour=tour, organisation_id=own.id), 303)


def _page(tour: Tour, own: Organisation, to: Organisation) -> str:
    people, cited = counts.people_by_body(tour.id), citations.of_tour(tour.id)
    ours, theirs = resemblance.differing(own.name, to.name)
    return render_template(
        "organiser/organisations/organisation_lier.html",
        tour=tour,
        own=own,
        to=to,
        sides=[_side(own, ours, people, cited), _side(to, theirs, people, cited)],
        refusal=_refusal(own, to),
        effects=citations.effects(own.id, to.id),
    )


def _side(
    body: Organisation, pieces: resemblance.Pieces, people: dict[int, int], cited: dict[int, Citation]
) -> Side:
    spellings = [graphie.text for row in queries.family(body.id) for graphie in row.graphies]
    return Side(body, pieces, spellings, people.get(body.id, 0), cited.get(body.id, Citation()))


def _refusal(own: Organisation, to: Organisation) -> str:
    try:
        rules.check_link(own, to)
    except Refused as refused:
        return french.typo(refused.message)
    return ""
