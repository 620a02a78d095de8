"""A tour written back as a file that imports to the same programme, texts and organisations."""

from collections.abc import Iterable
from typing import Any

import yaml
from sqlalchemy import or_, select

from tourpaca.db import session
from tourpaca.fiches.models import ENJEUX, ILLUSTRATIONS, INDICATEURS, PARTENAIRES, PRESENTATION, Section
from tourpaca.fiches.tour_file import fields
from tourpaca.fiches.tour_file.naming import ORIGIN
from tourpaca.fiches.tour_file.reading import KINDS
from tourpaca.organisations.models import Graphie, Organisation
from tourpaca.registration.models import Dossier, Participant
from tourpaca.tour import queries
from tourpaca.tour.models import Atelier, Creneau, Etape, Thematique, Tour

GENRES = {kind: name for name, kind in KINDS.items()}


def export(slug: str) -> str:
    """Return the YAML of a tour: programme, texts, partners, and the organisations that belong to it.

    Nothing personal is in it: registrations, presences and published versions stay in the base (see `backup`).
    """
    tour = queries.tour(slug)
    document = {
        "tournee": _tour(tour),
        "fiches": [_theme(theme) for theme in tour.thematiques],
        "organisations": [_organisation(organisation) for organisation in _organisations(tour)],
    }
    dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    return str(yaml.dump(document, Dumper=dumper, allow_unicode=True, sort_keys=False, width=110))


def _tour(tour: Tour) -> fields.Values:
    return {
        "slug": tour.slug,
        "nom": tour.name,
        "affiche_titre": [tour.poster_kicker, tour.poster_title],
        **fields.said(tour, fields.TOUR),
        "partenaires": [{"nom": p.name, "logo": p.logo} for p in tour.partenaires],
        "etapes": [_etape(etape) for etape in sorted(tour.etapes, key=lambda etape: etape.ordre)],
    }


def _etape(etape: Etape) -> fields.Values:
    place = {"lieu": etape.town, "type_lieu": "commune"}
    if not etape.town:
        place = {"lieu": etape.departement_name, "type_lieu": "département"}
    return {
        "ordre": etape.ordre,
        "slug": etape.slug,
        "date": etape.day.isoformat(),
        **place,
        "code_departement": etape.departement,
        "genre": GENRES[etape.kind],
        **fields.said(etape, fields.ETAPE),
        "creneaux": [_creneau(creneau) for creneau in etape.creneaux],
    }


def _creneau(creneau: Creneau) -> fields.Values:
    ateliers = [_atelier(atelier) for atelier in creneau.ateliers]
    return {"ordre": creneau.ordre, **fields.said(creneau, fields.CRENEAU), "ateliers": ateliers}


def _atelier(atelier: Atelier) -> fields.Values:
    fiche = {"fiche": atelier.thematique.ordre} if atelier.thematique else {}
    return {"ordre": atelier.ordre, **fiche, **fields.said(atelier, fields.ATELIER)}


def _theme(theme: Thematique) -> fields.Values:
    asked = select(Section.kind, Section.text).where(Section.thematique_id == theme.id, Section.text != "")
    texts = dict(session().execute(asked).all())
    lists = {kind: texts[kind].split("\n") for kind in (ENJEUX, INDICATEURS, ILLUSTRATIONS) if kind in texts}
    partners = {PARTENAIRES: {"contenu": texts[PARTENAIRES].split("\n")}} if PARTENAIRES in texts else {}
    return {
        "ordre": theme.ordre,
        "slug": theme.slug,
        "titre": theme.title,
        "titre_court": theme.short_title,
        "fondement": theme.reference,
        "creneau": theme.creneau_ordre,
        **({PRESENTATION: texts[PRESENTATION]} if PRESENTATION in texts else {}),
        **lists,
        **partners,
    }


def _organisations(tour: Tour) -> Iterable[Organisation]:
    """Return the organisations that registered for the tour or came in with its file, by address."""
    etapes = select(Etape.id).where(Etape.tour_id == tour.id)
    involved = or_(
        Organisation.id.in_(select(Participant.organisation_id).where(Participant.etape_id.in_(etapes))),
        Organisation.id.in_(select(Dossier.organisation_id).where(Dossier.etape_id.in_(etapes))),
        Organisation.id.in_(select(Graphie.organisation_id).where(Graphie.origin == ORIGIN + tour.slug)),
    )
    bodies = select(Organisation.root_id).where(involved)
    asked = select(Organisation).where(or_(involved, Organisation.id.in_(bodies))).order_by(Organisation.slug)
    return session().scalars(asked).all()


def _organisation(organisation: Organisation) -> fields.Values:
    linked = session().get(Organisation, organisation.linked_to_id) if organisation.linked_to_id else None
    return {
        "id": organisation.slug,
        "nom_canonique": organisation.name,
        **fields.said(organisation, fields.ORGANISATION),
        **({} if organisation.cited else {"cite": False}),
        **({"rattachee_a": linked.slug} if linked else {}),
        "graphies": [_graphie(graphie) for graphie in organisation.graphies],
    }


def _graphie(graphie: Graphie) -> fields.Values:
    composite = {"composite": True} if graphie.composite else {}
    return {"graphie": graphie.text, **composite, "origine": graphie.origin}
