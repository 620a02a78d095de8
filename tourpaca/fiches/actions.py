"""What can be done to a fiche: write its texts, publish a version."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourpaca import clock
from tourpaca.db import transaction
from tourpaca.fiches import checking, content, figures, history, light_text, queries, rules
from tourpaca.fiches.models import SECTIONS, FichePubliee, Section
from tourpaca.french import listing, plural
from tourpaca.journal import writing
from tourpaca.journal.models import Act
from tourpaca.refusal import Refused, Stale, Unknown
from tourpaca.tour import revision, versions
from tourpaca.tour.models import Thematique

LONGEST = 20_000
NAMES = {
    "presentation": "la présentation",
    "enjeux": "les enjeux",
    "indicateurs": "les indicateurs",
    "illustrations": "les illustrations",
    "partenaires": "les partenaires",
}


@dataclass(frozen=True)
class Edit:
    """A text typed over the version that was read (0 when nothing was written yet)."""

    text: str
    version: int


def save_texts(act: Act, thematique_id: int, edits: Mapping[str, Edit]) -> list[str]:
    """Write the texts that somebody changed, all or none, and return the kinds of section that changed.

    Raises `Stale` with the text and the version stored now, section by section, when somebody saved one first.
    """
    with transaction() as session:
        thematique = _held(session, thematique_id)
        rows = _rows(session, thematique_id)
        changed = [kind for kind in SECTIONS if kind in edits and _differs(rows.get(kind), edits[kind])]
        stale = {kind: theirs for kind in changed if (theirs := _meanwhile(rows.get(kind), edits[kind]))}
        if stale:
            raise Stale(versions.CHANGED_MEANWHILE, dict(stale))
        replaced = {kind: rows[kind].text if kind in rows else "" for kind in changed}
        for kind in changed:
            _write(session, act, thematique, rows.get(kind), kind, edits[kind].text)
        if changed:
            said = f"Fiche {thematique.ordre} : {listing(NAMES[kind] for kind in changed)} revus"
            _tell(session, act, "fiche.ecrite", thematique, said, **{history.REPLACED: replaced})
    return changed


def reproach(text: str) -> str:
    """Return why a text cannot be kept, or nothing."""
    too_many = len(text) - LONGEST
    return f"Raccourcissez ce texte de {plural(too_many, 'signe')}." if too_many > 0 else ""


def _differs(row: Section | None, edit: Edit) -> bool:
    if told := reproach(edit.text):
        raise Refused(told)
    return light_text.as_kept(edit.text) != (row.text if row else "")


def _meanwhile(row: Section | None, edit: Edit) -> dict[str, object]:
    stored = row.version if row else 0
    return {"text": row.text if row else "", "version": stored} if stored != edit.version else {}


def _write(
    session: Session, act: Act, thematique: Thematique, row: Section | None, kind: str, text: str
) -> None:
    if row is None:
        row = Section(thematique_id=thematique.id, kind=kind, version=0)
        session.add(row)
    row.text, row.version = light_text.as_kept(text), row.version + 1
    row.changed_at, row.member_id = act.now, act.member_id


def publish(act: Act, thematique_id: int, number: int, digest: str, note: str = "") -> int:
    """Freeze what the fiche says now as version `number`, and return it.

    `digest` marks what was read before deciding: if a presence, a name or a text changed since, raises `Stale`
    and publishes nothing. Refuses a fiche that cites more organisations than people. From version 2 on, the
    version carries an erratum line, to which `note` is added.
    """
    with transaction() as session:
        thematique = _held(session, thematique_id)
        previous = queries.versions(thematique_id)
        frozen = content.of(thematique)
        if number != len(previous) + 1 or digest != content.digest(frozen):
            raise Stale(
                "Quelque chose a changé depuis la relecture, rien n’est publié. Relisez, puis publiez.", {}
            )
        _check(thematique, act)
        erratum = rules.erratum(number, previous[0].content, frozen, note) if previous else ""
        session.add(
            FichePubliee(
                thematique_id=thematique_id,
                number=number,
                published_at=act.now,
                member_id=act.member_id,
                erratum=erratum,
                content=frozen,
            )
        )
        said = f"Fiche {thematique.ordre} publiée, version {number} : {frozen['debut']}"
        _tell(session, act, "fiche.publiee", thematique, said, number=number)
        revision.bump(session, thematique.tour_id)
    return number


def _check(thematique: Thematique, act: Act) -> None:
    live = figures.of_tour(thematique.tour_id, [thematique.id])[thematique.id]
    refusals = rules.blocking(checking.checks(thematique.id, live, clock.local(act.now).date()))
    if refusals:
        raise Refused(f"La fiche reste en brouillon. {refusals[0]}")


def _held(session: Session, thematique_id: int) -> Thematique:
    """Return the thématique, locked: on PostgreSQL two savings of one fiche then come one after the other."""
    asked = select(Thematique).where(Thematique.id == thematique_id).with_for_update()
    found = session.scalar(asked)
    if found is None:
        raise Unknown(queries.MISSING)
    return found


def _rows(session: Session, thematique_id: int) -> dict[str, Section]:
    asked = select(Section).where(Section.thematique_id == thematique_id)
    return {row.kind: row for row in session.scalars(asked)}


def _tell(session: Session, act: Act, verb: str, thematique: Thematique, text: str, **data: Any) -> None:
    writing.write(
        session,
        act,
        verb,
        f"thematique:{thematique.id}",
        text.replace(" :", "\u00a0:"),
        tour_id=thematique.tour_id,
        **data,
    )
