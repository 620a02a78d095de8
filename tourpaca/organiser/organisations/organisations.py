"""The team's « Organisations »: new names to review first, then every body of the house with its numbers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from tourpaca import french
from tourpaca.fiches import citations
from tourpaca.organisations import actions, proposals, queries, words
from tourpaca.organisations.models import Organisation
from tourpaca.organisations.proposals import Proposal
from tourpaca.organiser import door
from tourpaca.organiser.forms import undoing
from tourpaca.organiser.wall import act, open_to
from tourpaca.registration import counts
from tourpaca.tour import queries as tour_queries
from tourpaca.tour.models import Tour

REVIEWED = 20


@dataclass(frozen=True)
class Line:
    """A body in the list: people registered to the tour, presences, and the fiches that count it (their numbers)."""

    body: Organisation
    kind: str
    people: int
    presences: int
    fiches: list[int]


@door.get("/<tour>/organisations")
@open_to("organisation")
def organisations(tour: str) -> Any:
    """Show the names to review with what they might be, then the list, or what a search found in it."""
    row, text = tour_queries.tour(tour), request.args.get("q", "").strip()[:100]
    listed, as_line = queries.search(text) if text else queries.directory(_page_number()), _liner(row)
    return render_template(
        "organiser/organisations/organisations.html",
        tour=row,
        q=text,
        listed=listed,
        lines=[as_line(body) for body in listed.bodies],
        waiting=queries.to_review(),
        review=[] if text else _review(row, as_line),
    )


@door.post("/<tour>/organisations/<int:organisation_id>/confirmer")
@open_to("organisation")
def confirm_organisation(tour: str, organisation_id: int) -> Any:
    """Confirm a new name as a body of its own, or put it back among those to review."""
    row, own = tour_queries.tour(tour), queries.body(organisation_id)
    again = "revoir" in request.form
    actions.confirm(act(), own.id, not again, row.id)
    if again:
        flash(french.typo(f"« {own.name} » est de nouveau à vérifier."), "fait")
    else:
        address = url_for("organiser.confirm_organisation", tour=tour, organisation_id=own.id)
        undoing.offer(f"« {own.name} » est confirmée.", address, revoir="1")
    return redirect(url_for("organiser.organisations", tour=tour), 303)


def _liner(tour: Tour) -> Callable[[Organisation], Line]:
    """Return what gives a body its numbers in a tour, all read once."""
    people, cited = counts.people_by_body(tour.id), citations.of_tour(tour.id)
    numbers = {theme.id: theme.ordre for theme in tour.thematiques}

    def line(body: Organisation) -> Line:
        found = cited.get(body.id, citations.Citation())
        fiches = sorted(numbers[theme] for theme in found.by_fiche)
        return Line(body, words.kind_name(body.kind), people.get(body.id, 0), found.presences, fiches)

    return line


def _review(tour: Tour, as_line: Callable[[Organisation], Line]) -> list[tuple[Line, list[Proposal]]]:
    """Return the first names to review, each with what it might be."""
    names = queries.names_to_review(REVIEWED)
    if not names:
        return []
    met = citations.met(tour.id, [row.id for row in names])
    found = proposals.of(names, citations.printed_together(), met)
    return [(as_line(row), found[row.id]) for row in names]


def _page_number() -> int:
    asked = request.args.get("page", "1")
    return max(int(asked), 1) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 1
