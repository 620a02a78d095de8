"""The team's page of one organisation: its names, its qualities, whether it is named, where it is counted."""

from collections.abc import Iterable
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from tourpaca import french
from tourpaca.fiches import citations
from tourpaca.organisations import actions, queries, words
from tourpaca.organisations.facts import Qualities
from tourpaca.organisations.models import Organisation
from tourpaca.organiser import door
from tourpaca.organiser.forms import differences, fields
from tourpaca.organiser.forms.fields import Field, Form
from tourpaca.organiser.tour.programme_fields import DEPARTEMENTS
from tourpaca.organiser.wall import act, open_to
from tourpaca.refusal import Refused, Stale
from tourpaca.registration import counts
from tourpaca.tour import queries as tour_queries
from tourpaca.tour.models import Tour

NAME = (Field("name", "Nom cité dans les fiches", optional=False),)
NUMBERS = (
    Field(
        "siren",
        "SIREN",
        width="moyen",
        hint="Neuf chiffres, communs à toutes les sections d’une même maison.",
    ),
    Field("siret", "SIRET", width="moyen", hint="Quatorze chiffres, propres à une section."),
    Field("rna", "RNA", width="moyen", hint="W, puis neuf chiffres, pour une association."),
)


def qualities(kind: str) -> tuple[Field, ...]:
    """Return the fields of what an organisation is; the list of families is open, its own stays proposed."""
    kinds = tuple({**words.KINDS, kind: words.kind_name(kind)}.items())
    known = (("", "Inconnu"), *DEPARTEMENTS[1:])
    return (
        Field("kind", "Famille", "choice", choices=kinds, width="moyen"),
        Field("departement", "Département", "choice", choices=known, width="moyen"),
        *NUMBERS,
    )


@door.get("/<tour>/organisations/<int:organisation_id>")
@open_to("organisation")
def organisation(tour: str, organisation_id: int) -> Any:
    """Show an organisation, with what a search finds to link it to."""
    return _page(tour_queries.tour(tour), queries.body(organisation_id))


@door.post("/<tour>/organisations/<int:organisation_id>/nom")
@open_to("organisation")
def rename_organisation(tour: str, organisation_id: int) -> Any:
    """Change the name cited from now on, or show what somebody else saved meanwhile."""
    row, own = tour_queries.tour(tour), queries.body(organisation_id)
    form, version = fields.read(NAME, request.form), fields.version(request.form)
    try:
        actions.rename(act(), own.id, form.values["name"], version, row.id)
    except Refused as refused:
        return _not_saved(row, own, refused, NAME, name=form)
    return _saved(tour, own.id, "Le nom est enregistré. Les fiches publiées gardent celui qu’elles citent.")


@door.post("/<tour>/organisations/<int:organisation_id>/qualites")
@open_to("organisation")
def qualify_organisation(tour: str, organisation_id: int) -> Any:
    """Change the family, the département and the numbers, or show what somebody else saved meanwhile."""
    row, own = tour_queries.tour(tour), queries.body(organisation_id)
    spec = qualities(own.kind)
    form, version = fields.read(spec, request.form), fields.version(request.form)
    try:
        actions.qualify(act(), own.id, Qualities(**form.values), version, row.id)
    except Refused as refused:
        return _not_saved(row, own, refused, spec, what=form)
    return _saved(tour, own.id, "L’organisation est qualifiée.")


@door.post("/<tour>/organisations/<int:organisation_id>/citer")
@open_to("organisation")
def cite_organisation(tour: str, organisation_id: int) -> Any:
    """Note whether the organisation lets itself be named."""
    row, own = tour_queries.tour(tour), queries.body(organisation_id)
    cited = "cited" in request.form
    actions.cite(act(), own.id, cited, row.id)
    if cited:
        return _saved(tour, own.id, "Cette organisation sera citée dans les prochaines fiches.")
    return _saved(tour, own.id, "Cette organisation compte toujours, et n’est plus nommée nulle part.")


def _address(tour: str, organisation_id: int) -> str:
    return url_for("organiser.organisation", tour=tour, organisation_id=organisation_id)


def _saved(tour: str, organisation_id: int, said: str) -> Any:
    flash(said, "fait")
    return redirect(_address(tour, organisation_id), 303)


def _not_saved(tour: Tour, own: Organisation, refused: Refused, spec: Iterable[Field], **typed: Form) -> Any:
    if isinstance(refused, Stale):
        return differences.of_page(tour, refused, spec, request.path, _address(tour.slug, own.id))
    (form,) = typed.values()
    if refused.field:
        form.blame({refused.field: french.typo(refused.message)})
    return _page(tour, own, **typed), 422


def _page(tour: Tour, own: Organisation, name: Form | None = None, what: Form | None = None) -> str:
    spec, text = qualities(own.kind), request.args.get("q", "").strip()[:100]
    family = queries.family(own.id)
    found = queries.search(text, 10).bodies if text else []
    shown = {"name": name or fields.shown(NAME, own), "what": what or fields.shown(spec, own)}
    return render_template(
        "organiser/organisations/organisation.html",
        tour=tour,
        own=own,
        head=family[0],
        others=family[1:],
        spellings=_spellings(family),
        fields={"name": NAME, "what": spec},
        forms=shown,
        shown={key: request.form.get("montre") or fields.as_shown(form) for key, form in shown.items()},
        version=request.form.get("version", own.version),
        q=text,
        found=[body for body in found if body.id != own.id],
        people=counts.people_by_body(tour.id).get(family[0].id, 0),
        cited=citations.of_tour(tour.id).get(family[0].id, citations.Citation()),
        versions=citations.published(tour.id),
    )


def _spellings(family: Iterable[Organisation]) -> list[tuple[str, str, bool, Organisation]]:
    """Return each spelling, where it was seen, whether it names two bodies at once, and the row that holds it."""
    return [
        (graphie.text, words.origin_name(graphie.origin), graphie.composite, row)
        for row in family
        for graphie in row.graphies
    ]
