"""The editor of a fiche: its texts beside its live figures, their gap with what is published, and the checks."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from tourpaca import clock, french
from tourpaca.fiches import actions, changes, history, outline, provenance, queries, standing
from tourpaca.fiches.models import SECTIONS
from tourpaca.fiches.provenance import Person
from tourpaca.fiches.standing import Standing
from tourpaca.organiser import door
from tourpaca.organiser.fiches import fiche_sections
from tourpaca.organiser.fiches.fiche_sections import WORDS, Gesture, Section, Typed
from tourpaca.organiser.fiches.fiches import may_name, today
from tourpaca.organiser.forms import differences
from tourpaca.organiser.wall import act, open_to
from tourpaca.refusal import Stale

PAGES = {"relire": "organiser.fiche_publication", "apercu": "organiser.fiche_preview"}
LONGEST_UNDO = 1500  # a line to put back travels in the cookie of the session, which holds 4 kB


@door.get("/<tour>/fiches/<fiche>")
@open_to("organisation", "etape", "lecture")
def fiche(tour: str, fiche: str) -> Any:
    """Show a fiche to write, or to read for those who may not write it."""
    theme = queries.thematique(tour, fiche)
    stored = queries.sections(theme.id)
    return _page(theme, fiche_sections.shown(stored), fiche_sections.as_shown(stored))


@door.post("/<tour>/fiches/<fiche>")
@open_to("organisation")
def save_fiche(tour: str, fiche: str) -> Any:
    """Keep the texts, all of them at whatever button was pressed, or show what somebody else saved meanwhile."""
    theme = queries.thematique(tour, fiche)
    stored = queries.sections(theme.id)
    typed = fiche_sections.read(request.form, stored)
    if typed.errors:
        montre = request.form.get("montre") or fiche_sections.as_shown(stored)
        return _page(theme, fiche_sections.kept(typed, stored), montre), 422
    try:
        changed = actions.save_texts(act(), theme.id, typed.edits)
    except Stale as stale:
        return _differences(theme, stale, typed)
    _tell(typed, changed)
    return redirect(_next(tour, fiche, typed), 303)


def _differences(theme: Any, stale: Stale, typed: Typed) -> Any:
    address = url_for("organiser.fiche", tour=theme.tour.slug, fiche=theme.slug)
    labels = {kind: WORDS[kind][0] for kind in SECTIONS}

    def together(base: str, mine: str, theirs: str, kind: str) -> str:
        return changes.together(base, mine, theirs, kind)

    return differences.of_texts(theme.tour, stale, labels, fiche_sections.as_posted(typed), together, address)


def _tell(typed: Typed, changed: list[str]) -> None:
    gesture = typed.gesture
    if typed.removed:
        _offer_back(gesture, typed.removed)
    elif gesture.verb in {"", "remettre"}:
        flash("Les textes sont enregistrés." if changed else "Rien n’avait changé.", "fait")


def _offer_back(gesture: Gesture, line: str) -> None:
    said: Any = french.typo(f"« {line} » est retiré.")
    if len(line) > LONGEST_UNDO:
        return flash(said, "fait")
    fields = {"geste": f"remettre:{gesture.kind}:{gesture.position}", "ligne": line}
    said = {"text": said, "action": request.path, "fields": fields}
    return flash(said, "retablir")


def _next(tour: str, fiche: str, typed: Typed) -> str:
    gesture = typed.gesture
    if gesture.verb in PAGES:
        return url_for(PAGES[gesture.verb], tour=tour, fiche=fiche)
    if gesture.verb == "ajouter":
        return url_for(
            "organiser.fiche", tour=tour, fiche=fiche, ajouter=gesture.kind, _anchor=f"{gesture.kind}-neuf"
        )
    return url_for("organiser.fiche", tour=tour, fiche=fiche, _anchor=gesture.kind or None)


def _page(theme: Any, sections: list[Section], montre: str) -> str:
    stands = standing.of(theme, today())
    stops = provenance.stops(theme.id)
    title, subtitle = outline.split_title(theme.title)
    return render_template(
        "organiser/fiches/fiche.html",
        tour=theme.tour,
        theme=theme,
        title=title,
        subtitle=subtitle,
        standing=stands,
        saved=_saved(stands),
        published=outline.day_of(stands.newest) if stands.newest else None,
        reread=history.rereading(theme.tour_id, clock.now()),
        sections=sections,
        errors=[(each.kind, f"{each.title} : {each.error}") for each in sections if each.error],
        adding=request.args.get("ajouter", ""),
        stops=stops,
        fresh=_fresh(theme, stands),
        may_name=may_name,
        may_write=current_user.role == "organisation",
        montre=montre,
    )


def _saved(stands: Standing) -> str:
    if not stands.written_at:
        return ""
    return french.ago(clock.local(stands.written_at), clock.local(clock.now()))


def _fresh(theme: Any, stands: Standing) -> dict[tuple[int, int], list[Person]]:
    """Return the presences noted since the published version, when its figures no longer hold, by atelier and body."""
    found: dict[tuple[int, int], list[Person]] = {}
    if stands.newest and stands.gaps:
        for person in provenance.noted_since(theme.id, stands.newest.published_at):
            found.setdefault((person.atelier_id, person.number), []).append(person)
    return found
