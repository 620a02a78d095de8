"""The page of differences: two people edited the same thing, and each field keeps one text or the other."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template, request

from tourpaca.organiser import fields, rows
from tourpaca.organiser.fields import Field
from tourpaca.refusal import Stale

CARRIED_APART = {"csrf_token", "montre"}


@dataclass(frozen=True)
class Difference:
    """One field in which what was typed and what is stored now differ; `mine_first` when mine is proposed."""

    name: str
    label: str
    mine: str
    theirs: str
    mine_said: str
    theirs_said: str
    mine_first: bool


def of_page(tour: Any, stale: Stale, spec: Iterable[Field], action: str, back: str) -> Any:
    """Show the differences of a page that edits one thing."""
    return _page(tour, stale, {"": (stale.theirs, "")}, spec, action, back)


def of_rows(
    tour: Any, stale: Stale, spec: Iterable[Field], labels: Mapping[str, str], action: str, back: str
) -> Any:
    """Show the differences of a page that edits several rows; `labels` names each row by its id."""
    stored: dict[str, Any] = {
        f"-{key}": (theirs, f"{labels[key]} : ") for key, theirs in stale.theirs.items()
    }
    return _page(tour, stale, stored, spec, action, back)


def _page(
    tour: Any, stale: Stale, stored: Mapping[str, Any], spec: Iterable[Field], action: str, back: str
) -> Any:
    before = rows.what_was_shown(request.form)
    found, versions = [], {}
    for suffix, (theirs, label) in stored.items():
        versions[f"version{suffix}"] = str(theirs["version"])
        found += _differences(spec, theirs, suffix, label, before)
        before |= {each.name + suffix: fields.as_typed(theirs[each.name]) for each in spec}
    page = render_template(
        "organiser/differences.html",
        tour=tour,
        message=stale.message,
        differences=found,
        carried=[*_carried(found, versions), ("montre", json.dumps(before, ensure_ascii=False))],
        action=action,
        back=back,
    )
    return page, 409


def _differences(
    spec: Iterable[Field], theirs: Mapping[str, Any], suffix: str, label: str, before: Mapping[str, str]
) -> list[Difference]:
    found = []
    for each in spec:
        name = each.name + suffix
        mine, stored = request.form.get(name, "").strip(), fields.as_typed(theirs[each.name])
        if mine.replace("\r\n", "\n") == stored:
            continue
        # A field that I left as it was shown is theirs to change; otherwise my own text is proposed first.
        said = fields.said(each, mine), fields.said(each, stored)
        found.append(Difference(name, label + each.label, mine, stored, *said, before.get(name) != mine))
    return found


def _carried(found: Iterable[Difference], versions: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return all the rest of the form: nothing that was typed is lost on the way."""
    apart = CARRIED_APART | {difference.name for difference in found} | set(versions)
    kept = [(name, typed) for name, typed in request.form.items(multi=True) if name not in apart]
    return kept + list(versions.items())
