"""One fiche as every output shows it: the frozen values read into titles, runs of text and numbers to lay out."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from tourpaca import clock, french
from tourpaca.fiches import light_text
from tourpaca.fiches.content import CHIFFRES_CLES, Content
from tourpaca.fiches.light_text import Run
from tourpaca.fiches.models import PARTENAIRES, PRESENTATION, FichePubliee

METHOD = "Les chiffres sont comptés à partir des présences notées dans chaque atelier."


@dataclass(frozen=True)
class Part:
    """A section: a title, then paragraphs or items; the chiffres clés and the partners hold none."""

    kind: str
    title: str
    paragraphs: tuple[tuple[Run, ...], ...] = ()
    items: tuple[tuple[Run, ...], ...] = ()


@dataclass(frozen=True)
class Fiche:
    """A fiche ready to be laid out; `edition` says its version and date, or that it is a draft."""

    number: int
    slug: str
    title: str
    subtitle: str
    reference: str
    tour_name: str
    organiser: str
    stops: tuple[str, ...]
    ateliers: str
    ateliers_word: str
    participants: str
    participants_word: str
    organisations: str
    organisations_word: str
    opening: str
    names: tuple[str, ...]
    parts: tuple[Part, ...]
    partners: tuple[dict[str, str], ...]
    edition: str
    errata: tuple[str, ...] = ()
    method: str = METHOD


def draft(content: Content, number: int) -> Fiche:
    """Return the fiche that version `number` would be."""
    return _fiche(content, f"Brouillon de la version {number}, non publié.", ())


def published(versions: Sequence[FichePubliee]) -> Fiche:
    """Return the newest of a fiche's published versions (newest first), with every erratum so far."""
    newest = versions[0]
    edition = f"Version {newest.number}, publiée le {french.plain_date(day_of(newest))}."
    errata = tuple(_dated(version) for version in versions if version.erratum)
    return _fiche(newest.content, edition, errata)


def day_of(version: FichePubliee) -> date:
    """Return the day of a publication, as the calendar of Paris has it."""
    return clock.local(version.published_at).date()


def _dated(version: FichePubliee) -> str:
    return f"{version.erratum} ({french.plain_date(day_of(version))})"


def _fiche(content: Content, edition: str, errata: tuple[str, ...]) -> Fiche:
    title, subtitle = split_title(content["titre"])
    held = "atelier organisé" if content["ateliers"] < 2 else "ateliers organisés"
    bodies = "organisation" if content["organisations_nombre"] < 2 else "organisations"
    colon = f"{french.NBSP}:" if content["organisations"] else ""
    return Fiche(
        content["ordre"],
        content["slug"],
        title,
        subtitle,
        content["reference"],
        content["tour"]["nom"],
        content["tour"]["organisateur"],
        tuple(f"{etape['lieu']}, {french.number(etape['participants'])}" for etape in content["etapes"]),
        french.number(content["ateliers"]),
        held,
        french.number(content["participants"]),
        content["participants_mot"],
        french.number(content["organisations_nombre"]),
        bodies,
        content["debut"] + colon,
        tuple(content["organisations"]),
        tuple(part for part in map(_part, content["sections"]) if _speaks(part, content)),
        tuple({"name": partner["nom"], "src": partner["logo"]} for partner in content["partenaires"]),
        edition,
        errata,
    )


def split_title(title: str) -> tuple[str, str]:
    """Return a title and what follows its colon: « Le lien avec les utilisateurs », « Bénéficiaires, clients »."""
    head, _, tail = french.typo(title).partition(f"{french.NBSP}:")
    tail = tail.strip()
    return head.strip(), tail[:1].upper() + tail[1:]


def _part(section: dict[str, Any]) -> Part:
    kind, text = section["genre"], section["texte"]
    title = french.typo(section["titre"])
    if kind in {CHIFFRES_CLES, PARTENAIRES}:
        return Part(kind, title)
    if kind == PRESENTATION:
        return Part(kind, title, paragraphs=_runs(light_text.paragraphs(text)))
    return Part(kind, title, items=_runs(light_text.items(text)))


def _runs(lines: list[str]) -> tuple[tuple[Run, ...], ...]:
    return tuple(tuple(light_text.runs(line)) for line in lines)


def _speaks(part: Part, content: Content) -> bool:
    """A section without anything to say is left out; the chiffres clés always speak."""
    if part.kind == PARTENAIRES:
        return bool(content["partenaires"])
    return part.kind == CHIFFRES_CLES or bool(part.paragraphs or part.items)


def as_data(fiche: Fiche) -> dict[str, Any]:
    """Return a fiche as plain values for the typesetter."""
    return asdict(fiche)
