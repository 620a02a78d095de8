"""From the YAML of a tour to its entries; text is copied as printed, and what is deduced is said."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from tourpaca.fiches.models import ENJEUX, ILLUSTRATIONS, INDICATEURS, PARTENAIRES, PRESENTATION
from tourpaca.fiches.tour_file import fields
from tourpaca.fiches.tour_file.entries import (
    Anomaly,
    AtelierEntry,
    CreneauEntry,
    EtapeEntry,
    GraphieEntry,
    OrganisationEntry,
    ThemeEntry,
    TourFile,
)
from tourpaca.fiches.tour_file.node import Node, load
from tourpaca.french import plural, typo
from tourpaca.tour import departements, slugs
from tourpaca.tour.models import CAPITALISATION, MATINEE

KINDS = {"matinée participative": MATINEE, "événement de capitalisation": CAPITALISATION}
LISTS = (ENJEUX, INDICATEURS, ILLUSTRATIONS)


def read(data: bytes) -> TourFile:
    """Return what a tour file says; refuses one that lacks a tour, or holds a value of the wrong kind, by its place."""
    root = load(data)
    tour = root.get("tournee")
    name = tour.get("nom").required()
    themes = [_theme(node) for node in root.items("fiches")]
    etapes = [_etape(node, themes) for node in tour.items("etapes")]
    organisations = [_organisation(node) for node in root.items("organisations")]
    _refuse_twins(tour, "étapes", (etape.slug for etape in etapes))
    _refuse_twins(root, "fiches", (theme.slug for theme in themes))
    _refuse_twins(root, "organisations", (organisation.slug for organisation in organisations))
    return TourFile(
        slug=slugs.slug(tour.get("slug").text()) or slugs.slug(name) or "tournee",
        values={"name": name, **_poster(tour), **fields.values(tour, fields.TOUR), **_organiser(tour)},
        partenaires=tuple(_partenaires(tour)),
        etapes=tuple(etapes),
        themes=tuple(themes),
        organisations=tuple(organisations),
        anomalies=tuple(a for node in root.items("fiches") for a in _anomalies(node)),
        remarks=tuple(_remarks(root)),
    )


def _refuse_twins(node: Node, what: str, names: Iterable[str]) -> None:
    for name, times in Counter(names).items():
        if times > 1:
            raise Node(name, f"{node.place} › {what}").refused("un identifiant qui ne sert qu’une fois")


def _poster(tour: Node) -> fields.Values:
    lines = tour.get("affiche_titre").texts()
    return {"poster_kicker": lines[0] if lines else "", "poster_title": " ".join(lines[1:])}


def _organiser(tour: Node) -> fields.Values:
    """Return who organises: said, or the first name of the printed line of logos."""
    logos = [node.get("lecture").text() for node in tour.items("logos_lus")]
    return {"organiser_name": logos[0]} if logos and not tour.get("organisateur").text() else {}


def _partenaires(tour: Node) -> Iterable[tuple[str, str]]:
    if tour.has("partenaires"):
        return [(node.get("nom").required(), node.get("logo").text()) for node in tour.items("partenaires")]
    return [(node.get("lecture").required(), "") for node in tour.items("logos_lus")][1:]


def _theme(node: Node) -> ThemeEntry:
    printed = node.get("titre_imprime").text()
    values: fields.Values = {
        "ordre": _order(node),
        "title": node.get("titre_normalise").text() or node.get("titre").text() or printed,
        "short_title": node.get("titre_court").text(),
        "reference": node.get("fondement").text(),
        "creneau_ordre": node.get("creneau_deduit").integer() or node.get("creneau").integer() or 1,
    }
    if not values["title"].strip():
        raise node.get("titre_imprime").refused("un titre")
    texts = {PRESENTATION: node.get(PRESENTATION).text()}
    texts |= {kind: "\n".join(node.get(kind).texts()) for kind in LISTS}
    partners = node.get(PARTENAIRES)
    texts[PARTENAIRES] = "\n".join(partners.get("contenu").texts()) if partners.value is not None else ""
    slug = slugs.slug(node.get("slug").text() or values["title"])
    return ThemeEntry(slug, values, {kind: text for kind, text in texts.items() if text})


def _order(node: Node) -> int:
    ordre = node.get("ordre").integer()
    if not ordre:
        raise node.get("ordre").refused("un nombre à partir de 1")
    return ordre


def _etape(node: Node, themes: list[ThemeEntry]) -> EtapeEntry:
    code, place = node.get("code_departement").text(), node.get("lieu").text()
    if code not in departements.NAMES:
        raise node.get("code_departement").refused("le code d’un département, entre guillemets")
    in_town = node.get("type_lieu").text() in {"", "commune"}
    kind = node.get("genre")
    values = {
        "ordre": _order(node),
        "day": node.get("date").day(),
        "departement": code,
        "departement_name": departements.NAMES[code] if in_town or not place else place,
        "town": place if in_town else "",
        "kind": _one_of(kind, KINDS) if kind.value is not None else MATINEE,
        **fields.values(node, fields.ETAPE),
    }
    slug = slugs.slug(node.get("slug").text() or place or departements.NAMES[code])
    return EtapeEntry(slug, values, tuple(_creneaux(node, values["kind"], themes)))


def _one_of(node: Node, names: dict[str, str]) -> str:
    if node.value not in names:
        raise node.refused(" ou ".join(f"« {name} »" for name in names))
    return names[node.value]


def _creneaux(node: Node, kind: str, themes: list[ThemeEntry]) -> list[CreneauEntry]:
    """Return the créneaux written; in a document without any, those that the fiches deduce."""
    if node.has("creneaux"):
        return [_creneau(creneau, themes) for creneau in node.items("creneaux")]
    if kind == CAPITALISATION:
        return [CreneauEntry(1, {}, (AtelierEntry("", {"ordre": 1}),))]
    numbers = sorted({theme.values["creneau_ordre"] for theme in themes})
    return [
        CreneauEntry(n, {}, tuple(_ateliers(t for t in themes if t.values["creneau_ordre"] == n)))
        for n in numbers
    ]


def _ateliers(themes: Iterable[ThemeEntry]) -> Iterable[AtelierEntry]:
    return (AtelierEntry(theme.slug, {"ordre": theme.values["ordre"]}) for theme in themes)


def _creneau(node: Node, themes: list[ThemeEntry]) -> CreneauEntry:
    slugs_of = {theme.values["ordre"]: theme.slug for theme in themes}
    ateliers = tuple(_atelier(atelier, slugs_of) for atelier in node.items("ateliers"))
    return CreneauEntry(_order(node), fields.values(node, fields.CRENEAU), ateliers)


def _atelier(node: Node, slugs_of: dict[int, str]) -> AtelierEntry:
    number = node.get("fiche").integer()
    if number is not None and number not in slugs_of:
        raise node.get("fiche").refused("le numéro d’une fiche de ce fichier")
    return AtelierEntry(
        slugs_of[number] if number is not None else "",
        {"ordre": _order(node), **fields.values(node, fields.ATELIER)},
    )


def _organisation(node: Node) -> OrganisationEntry:
    name = node.get("nom_canonique").required()
    graphies = [
        GraphieEntry(g.get("graphie").required(), g.get("composite").flag(), g.get("origine").text())
        for g in node.items("graphies")
    ]
    if name not in {graphie.text for graphie in graphies}:
        graphies.insert(0, GraphieEntry(name, False, ""))
    values = {"name": name, "cited": node.get("cite").value is not False}
    slug = node.get("id").required()
    return OrganisationEntry(
        slug,
        values | fields.values(node, fields.ORGANISATION),
        tuple(graphies),
        node.get("rattachee_a").text(),
    )


def _anomalies(fiche: Node) -> Iterable[Anomaly]:
    ordre = fiche.get("ordre").integer() or 0
    for node in fiche.items("anomalies"):
        confidence: Any = node.get("confiance").value
        yield Anomaly(
            ordre,
            node.get("champ").text(),
            node.get("lu").text(),
            node.get("propose").text(),
            confidence if isinstance(confidence, int | float) else None,
            node.get("raison").text(),
        )


def _remarks(root: Node) -> Iterable[str]:
    """Say what was taken from a reading rather than from the print."""
    fiches = list(root.items("fiches"))
    titles = [n for n in fiches if n.get("titre_imprime").text() and n.get("titre_normalise").text()]
    if titles:
        yield typo(
            f"{plural(len(titles), 'titre')} : repris de « titre_normalise », le titre imprimé est en capitales."
        )
    if any(node.get("creneau_deduit").value for node in fiches):
        yield typo("Créneaux : repris de « creneau_deduit », ils ne sont pas imprimés.")
