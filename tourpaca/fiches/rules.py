"""What must be settled before a fiche is published, and how a published version differs from today's count; pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tourpaca.fiches.chiffres_cles import ChiffresCles
from tourpaca.french import NBSP, listing, plural

FAIT, ATTENTION, REFUS = "fait", "attention", "refus"


@dataclass(frozen=True)
class Facts:
    """What surrounds the figures of a fiche: places named are the étapes concerned."""

    without_presences: Sequence[str] = ()
    on_cancelled: Sequence[str] = ()
    to_qualify: int = 0
    to_review: int = 0


@dataclass(frozen=True)
class Check:
    """One line of « Avant de publier »: `fait`, `attention` (publishing stays possible) or `refus` (it does not).

    `about` says where it is settled: "presences", "types" of organisations, "noms" of theirs.
    """

    level: str
    text: str
    about: str = ""


def checks(figures: ChiffresCles, facts: Facts) -> list[Check]:
    """Return the checks of a fiche in a fixed order, the good news included (US9)."""
    return [
        _outnumbered(figures),
        _somebody(figures),
        _places(
            facts.without_presences,
            "Un atelier a eu lieu sans présence notée",
            "Chaque atelier passé a des présences",
            "presences",
        ),
        _places(
            facts.on_cancelled,
            "Des présences sont notées sur un atelier annulé, elles ne comptent pas",
            "Aucune présence sur un atelier annulé",
            "presences",
        ),
        _number(facts.to_qualify, "types", "organisation à qualifier", "Chaque organisation a un type"),
        _number(facts.to_review, "noms", "nom à vérifier", "Aucun nom à vérifier", "noms à vérifier"),
    ]


def blocking(found: Sequence[Check]) -> list[str]:
    """Return what forbids publishing, in words."""
    return [check.text for check in found if check.level == REFUS]


def _outnumbered(figures: ChiffresCles) -> Check:
    if figures.organisations > figures.participants:
        return Check(
            REFUS,
            f"{plural(figures.organisations, 'organisation')} pour {plural(figures.participants, 'participation')}"
            f"{NBSP}: les présences sont à relire.",
            "presences",
        )
    return Check(
        FAIT,
        f"Organisations ({figures.organisations}) au plus égales aux participations ({figures.participants})",
    )


def _somebody(figures: ChiffresCles) -> Check:
    if figures.participants:
        return Check(FAIT, f"{plural(figures.ateliers, 'atelier')} avec des présences")
    return Check(ATTENTION, "Aucune présence n’est notée sur ce thème", "presences")


def _places(places: Sequence[str], trouble: str, good: str, about: str) -> Check:
    if places:
        return Check(ATTENTION, f"{trouble}{NBSP}: {listing(places)}", about)
    return Check(FAIT, good)


def _number(count: int, about: str, noun: str, good: str, plural_noun: str | None = None) -> Check:
    if count:
        return Check(ATTENTION, plural(count, noun, plural_noun), about)
    return Check(FAIT, good)


def gaps(published: Mapping[str, Any], live: ChiffresCles) -> list[str]:
    """Return how today's count differs from a published version: "publié 42, calculé 43", the people first."""
    return list(_gaps(published, live))


def _gaps(published: Mapping[str, Any], live: ChiffresCles) -> Iterator[str]:
    if published["participants"] != live.participants:
        yield f"publié {published['participants']}, calculé {live.participants}"
    if published["ateliers"] != live.ateliers:
        yield f"ateliers publiés {published['ateliers']}, calculés {live.ateliers}"
    if published["organisations_nombre"] != live.organisations:
        yield f"organisations publiées {published['organisations_nombre']}, calculées {live.organisations}"
    before, now = set(published["organisations"]), set(live.names)
    if now - before:
        yield f"noms nouveaux{NBSP}: {', '.join(name for name in live.names if name not in before)}"
    if before - now:
        yield f"noms retirés{NBSP}: {', '.join(name for name in published['organisations'] if name not in now)}"


def erratum(number: int, old: Mapping[str, Any], new: Mapping[str, Any], note: str) -> str:
    """Return the line that version `number` (2 and later) carries about the one before it."""
    corrected = [
        f"{label} {new[field]} au lieu de {old[field]}"
        for field, label in (
            ("ateliers", "ateliers organisés"),
            ("participants", "participations"),
            ("organisations_nombre", "organisations"),
        )
        if old[field] != new[field]
    ]
    changed = ", ".join([*corrected, *_other_changes(old, new)]) or "nouvelle parution sans changement"
    remark = note.strip().rstrip(".")
    said = [changed, remark[:1].upper() + remark[1:]] if remark else [changed]
    return f"Erratum, version {number}{NBSP}: {'. '.join(said)}."


def _other_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    fields = (("organisations", "liste des organisations revue"), ("sections", "textes revus"))
    return [words for field, words in fields if old[field] != new[field]]
