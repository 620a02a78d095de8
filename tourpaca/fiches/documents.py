"""A fiche and the booklet as documents to print: PDF, from the same outline as the page."""

import re
from collections.abc import Sequence
from typing import Any

from tourpaca import french, paper, rendering
from tourpaca.fiches import outline
from tourpaca.fiches.chiffres_cles import Totals
from tourpaca.fiches.outline import Fiche
from tourpaca.tour import images
from tourpaca.tour.models import ANNULE, Etape, Tour

PAGE = re.compile(rb"/Type\s*/Page\b(?!s)")


def fiche_pdf(fiche: Fiche, ink: bool = False) -> bytes:
    """Return a fiche as an accessible PDF (A4, PDF/UA-1); `ink` saves it: black text in a frame."""
    logos = images.contents(partner["src"] for partner in fiche.partners)
    return paper.typeset("paper/fiche.typ", {"fiche": outline.as_data(fiche), "ink": ink}, logos)


def livret_pdf(tour: Tour, fiches: Sequence[Fiche], totals: Totals, edition: str) -> bytes:
    """Return the booklet of a tour: cover, contents, each fiche on a right-hand page, partners and figures last."""
    etapes = [etape for etape in tour.etapes if etape.state != ANNULE]
    partners = [{"name": partner.name, "src": partner.logo} for partner in tour.partenaires]
    shown = [*partners, *(partner for fiche in fiches for partner in fiche.partners)]
    return paper.typeset(
        "paper/livret.typ",
        {
            "tour": {
                "name": tour.name,
                "kicker": french.typo(tour.poster_kicker),
                "title": french.typo(tour.poster_title or tour.name),
                "organiser": tour.organiser_name,
            },
            "map": _map(etapes) if tour.map_name == "paca" else "",
            "etapes": [{"place": each.place_name, "date": french.long_date(each.day)} for each in etapes],
            "fiches": [outline.as_data(fiche) for fiche in fiches],
            "totals": _totals(totals),
            "partners": partners,
            "method": outline.METHOD,
            "edition": edition,
        },
        images.contents(partner["src"] for partner in shown),
    )


def _map(etapes: Sequence[Etape]) -> str:
    stops = [
        {
            "number": number,
            "town": each.place_name,
            "date": french.short_date(each.day),
            "state": "passee",
        }
        for number, each in enumerate(etapes, 1)
    ]
    return rendering.render("paper/carte.svg", stops=stops)


def _totals(totals: Totals) -> list[dict[str, Any]]:
    figures = (
        (totals.ateliers, "atelier", "ateliers"),
        (totals.participations, "participation", "participations"),
        (totals.organisations, "organisation", "organisations"),
    )
    return [
        {"number": french.number(count), "label": one if count < 2 else several}
        for count, one, several in figures
    ]


def pages(pdf: bytes) -> int:
    """Return how many pages a PDF of ours has."""
    return len(PAGE.findall(pdf))
