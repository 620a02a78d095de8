"""The partners of a tour: one list with their logos, its order by arrows, one save."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from tourpaca.organiser import door
from tourpaca.organiser.forms import rows
from tourpaca.organiser.wall import act, open_to
from tourpaca.refusal import Refused
from tourpaca.tour import checks, images, queries
from tourpaca.tour.actions import partenaires as actions
from tourpaca.tour.facts import PartenaireFacts
from tourpaca.tour.images import Checked
from tourpaca.tour.models import Tour

BLANKS = 3
STEPS = {"monter": -1, "descendre": 1}


@dataclass
class Row:
    """One row of the page: `key` ends the names of its controls; id 0 for a blank one; `logo` is the one stored."""

    key: str
    id: int
    name: str
    error: str = ""
    logo: str = ""
    image: Checked | None = None
    logo_error: str = ""


@door.get("/<tour>/partenaires")
@open_to("organisation")
def partenaires(tour: str) -> Any:
    """Show the partners in their order, and a few blank rows."""
    row = queries.tour(tour)
    return _page(row, _stored(row))


@door.post("/<tour>/partenaires")
@open_to("organisation")
def save_partenaires(tour: str) -> Any:
    """Change, add, move and remove partners in one save."""
    row = queries.tour(tour)
    typed = _typed(row)
    if _errors(typed):
        return _page(row, typed), 422
    wanted = [PartenaireFacts(each.id, each.name) for each in typed]
    logos = {position: each.image for position, each in enumerate(typed) if each.image}
    bare = [position for position, each in enumerate(typed) if each.key in request.form.getlist("sans-logo")]
    try:
        actions.save(act(), row.id, _seen(), wanted, logos, bare)
    except Refused as refused:
        return _page(queries.tour(tour), typed, refused.message), 409
    flash("Les partenaires sont enregistrés.", "fait")
    return redirect(url_for("organiser.partenaires", tour=tour), 303)


def _stored(row: Tour) -> list[Row]:
    return [Row(str(each.id), each.id, each.name, logo=each.logo) for each in row.partenaires]


def _errors(typed: Sequence[Row]) -> list[tuple[str, str]]:
    """Return every message with the id of its control."""
    told = [((f"name-{each.key}", each.error), (f"logo-{each.key}", each.logo_error)) for each in typed]
    return [(control, message) for pair in told for control, message in pair if message]


def _seen() -> list[PartenaireFacts]:
    """Return the list that the page showed, as it travelled in the form."""
    return [
        PartenaireFacts(rows.number(key), name) for key, name in rows.what_was_shown(request.form).items()
    ]


def _typed(tour: Tour) -> list[Row]:
    """Return the rows typed, in the order wanted: emptied and removed ones left out, the arrow pressed obeyed."""
    known = {each.id: each.logo for each in tour.partenaires}
    seen = [
        Row(str(each.id), each.id, each.name, logo=known[each.id]) for each in _seen() if each.id in known
    ]
    found = [*seen, *(Row(f"{rows.NEW}{number}", 0, "") for number in range(1, BLANKS + 1))]
    for each in found:
        each.name = " ".join(request.form.get(f"name-{each.key}", each.name).split())
        _take_logo(each)
    removed = set(request.form.getlist("retirer"))
    kept = _moved([each for each in found if each.name and each.key not in removed])
    for position, message in checks.partenaire_messages([each.name for each in kept]).items():
        kept[position].error = message
    return kept


def _take_logo(row: Row) -> None:
    """Read the image that came with a row, if any; a name without a file is no logo."""
    file = request.files.get(f"logo-{row.key}")
    if file is None or not file.filename:
        return
    try:
        row.image = images.checked(file.stream.read(images.HEAVIEST + 1))
    except Refused as refused:
        row.logo_error = refused.message


def _moved(kept: list[Row]) -> list[Row]:
    verb, _, key = request.form.get("geste", "").partition(":")
    keys = [each.key for each in kept]
    if verb in STEPS and key in keys:
        place = keys.index(key)
        other = min(max(place + STEPS[verb], 0), len(kept) - 1)
        kept[place], kept[other] = kept[other], kept[place]
    return kept


def _page(tour: Tour, shown: Sequence[Row], refusal: str = "") -> str:
    free = len([each for each in shown if not each.id])
    blanks = [Row(f"{rows.NEW}{number}", 0, "") for number in range(free + 1, BLANKS + 1)]
    return render_template(
        "organiser/tour/partenaires.html",
        tour=tour,
        rows=[*shown, *blanks],
        errors=_errors(shown),
        refusal=refusal,
        montre=json.dumps({str(each.id): each.name for each in tour.partenaires}, ensure_ascii=False),
    )
