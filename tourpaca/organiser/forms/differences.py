"""The page of differences: two people edited the same thing, and each field keeps one text or the other."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import render_template, request
from werkzeug.datastructures import MultiDict

from tourpaca.organiser.forms import fields, rows
from tourpaca.organiser.forms.fields import Field
from tourpaca.refusal import Stale

TEXT = Field("text", "les deux textes", "lines")
CARRIED_APART = {"csrf_token", "montre"}


@dataclass(frozen=True)
class Difference:
    """One field in which what was typed and what is stored now differ; `mine_first` when mine is proposed.

    `both` is one text that holds the two, where there is such a thing: it is then what is proposed.
    """

    name: str
    label: str
    mine: str
    theirs: str
    mine_said: str
    theirs_said: str
    mine_first: bool
    both: str = ""


def of_page(
    tour: Any, stale: Stale, spec: Iterable[Field], action: str, back: str, tab: str = "etapes"
) -> Any:
    """Show the differences of a page that edits one thing."""
    return _page(tour, stale, {"": (stale.theirs, "")}, spec, action, back, tab=tab)


def of_rows(
    tour: Any, stale: Stale, spec: Iterable[Field], labels: Mapping[str, str], action: str, back: str
) -> Any:
    """Show the differences of a page that edits several rows; `labels` names each row by its id."""
    return _page(tour, stale, _by_suffix(stale, labels), spec, action, back)


def of_texts(
    tour: Any,
    stale: Stale,
    labels: Mapping[str, str],
    posted: MultiDict[str, str],
    together: Callable[[str, str, str, str], str],
    action: str,
) -> Any:
    """Show the differences of long texts; the two can also be kept together.

    `posted` is what was typed, text by text ("text-enjeux"); `together` gives one text from what the page first
    showed, what was typed, what is stored, and the key of the text.
    """
    stored = _by_suffix(stale, labels)
    return _page(tour, stale, stored, [TEXT], action, action, posted, together, tab="fiches")


def _by_suffix(stale: Stale, labels: Mapping[str, str]) -> dict[str, Any]:
    return {f"-{key}": (theirs, f"{labels[key]} : ") for key, theirs in stale.theirs.items()}


def _page(
    tour: Any,
    stale: Stale,
    stored: Mapping[str, Any],
    spec: Iterable[Field],
    action: str,
    back: str,
    posted: MultiDict[str, str] | None = None,
    together: Callable[[str, str, str, str], str] | None = None,
    tab: str = "etapes",
) -> Any:
    typed = request.form if posted is None else posted
    before = rows.what_was_shown(typed)
    found, versions = [], {}
    for suffix, (theirs, label) in stored.items():
        versions[f"version{suffix}"] = str(theirs["version"])
        differ = _differences(spec, theirs, suffix, label, before, typed)
        found += [_with_both(each, before, suffix[1:], together) for each in differ] if together else differ
        before |= {each.name + suffix: fields.as_typed(theirs[each.name]) for each in spec}
    page = render_template(
        "organiser/forms/differences.html",
        tour=tour,
        message=stale.message,
        differences=found,
        carried=[*_carried(typed, found, versions), ("montre", json.dumps(before, ensure_ascii=False))],
        action=action,
        back=back,
        tab=tab,
    )
    return page, 409


def _with_both(
    each: Difference, before: Mapping[str, str], key: str, together: Callable[[str, str, str, str], str]
) -> Difference:
    return replace(each, both=together(before.get(each.name, ""), each.mine, each.theirs, key))


def _differences(
    spec: Iterable[Field],
    theirs: Mapping[str, Any],
    suffix: str,
    label: str,
    before: Mapping[str, str],
    typed: Mapping[str, str],
) -> list[Difference]:
    found = []
    for each in spec:
        name = each.name + suffix
        mine, stored = typed.get(name, "").strip(), fields.as_typed(theirs[each.name])
        if mine.replace("\r\n", "\n") == stored:
            continue
        # A field that I left as it was shown is theirs to change; otherwise my own text is proposed first.
        said = fields.said(each, mine), fields.said(each, stored)
        found.append(Difference(name, label + each.label, mine, stored, *said, before.get(name) != mine))
    return found


def _carried(
    typed: MultiDict[str, str], found: Iterable[Difference], versions: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Return all the rest of the form: nothing that was typed is lost on the way."""
    apart = CARRIED_APART | {difference.name for difference in found} | set(versions)
    kept = [(name, value) for name, value in typed.items(multi=True) if name not in apart]
    return kept + list(versions.items())
