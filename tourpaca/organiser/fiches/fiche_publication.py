"""Publishing a fiche: what it would say, what changes for its readers, and the act itself."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from markupsafe import Markup

from tourpaca.fiches import actions, changes, content, outline, queries, rules, standing
from tourpaca.french import plural
from tourpaca.organiser import door
from tourpaca.organiser.fiches.fiche_sections import WORDS
from tourpaca.organiser.fiches.fiches import today
from tourpaca.organiser.forms.rows import number as as_number
from tourpaca.organiser.wall import act, open_to
from tourpaca.refusal import Refused

LONGEST_NOTE = 500


@door.get("/<tour>/fiches/<fiche>/apercu")
@open_to("organisation", "etape", "lecture")
def fiche_preview(tour: str, fiche: str) -> Any:
    """Show the fiche as its readers would see it if it were published now."""
    theme = queries.thematique(tour, fiche)
    stands = standing.of(theme, today())
    draft = outline.draft(content.of(theme), stands.next_number)
    return render_template("organiser/fiches/fiche_apercu.html", tour=theme.tour, theme=theme, fiche=draft)


@door.get("/<tour>/fiches/<fiche>/publier")
@open_to("organisation")
def fiche_publication(tour: str, fiche: str) -> Any:
    """Say what publishing would change, before the button."""
    return _page(queries.thematique(tour, fiche))


@door.post("/<tour>/fiches/<fiche>/publier")
@open_to("organisation")
def publish_fiche(tour: str, fiche: str) -> Any:
    """Publish what was read, or say what changed or forbids it."""
    theme, note = queries.thematique(tour, fiche), request.form.get("precision", "").strip()
    if len(note) > LONGEST_NOTE:
        return _page(theme, note, error=f"Restez sous {plural(LONGEST_NOTE, 'signe')}."), 422
    try:
        done = actions.publish(
            act(), theme.id, as_number(request.form.get("numero", "")), request.form.get("lu", ""), note
        )
    except Refused as refused:
        return _page(queries.thematique(tour, fiche), note, refusal=refused.message), 409
    theme = queries.thematique(tour, fiche)
    where = Markup(render_template("organiser/fiches/fiche_publiee.html", tour=theme.tour, theme=theme))
    said: Any = [f"La fiche {theme.ordre} est publiée, version {done}.", where]
    flash(said, "fait")
    return redirect(url_for("organiser.fiche", tour=tour, fiche=fiche), 303)


def _page(theme: Any, note: str = "", refusal: str = "", error: str = "") -> str:
    stands, draft = standing.of(theme, today()), content.of(theme)
    newest = stands.newest
    return render_template(
        "organiser/fiches/fiche_publier.html",
        tour=theme.tour,
        theme=theme,
        title=outline.split_title(theme.title)[0],
        standing=stands,
        content=draft,
        digest=content.digest(draft),
        published=outline.day_of(newest) if newest else None,
        changes=changes.between(newest.content, draft) if newest else None,
        erratum=rules.erratum(stands.next_number, newest.content, draft, "") if newest else "",
        silent=[WORDS[section["genre"]][0] for section in draft["sections"] if _is_silent(section, draft)],
        note=note,
        refusal=refusal,
        error=error,
    )


def _is_silent(section: dict[str, Any], draft: content.Content) -> bool:
    """Tell whether a section has nothing to say, and will be left out."""
    if section["genre"] == "partenaires":
        return not draft["partenaires"]
    return section["genre"] != content.CHIFFRES_CLES and not section["texte"].strip()
