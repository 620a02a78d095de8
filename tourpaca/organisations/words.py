"""The words the team reads about organisations: their families, and where a spelling comes from."""

from tourpaca.organisations.models import EQUIPE, HOMONYME, SAISIE

A_QUALIFIER = "a_qualifier"
# Families in the sense of the law of 2014, then those who come without being of the social economy (domain §14).
KINDS = {
    A_QUALIFIER: "À qualifier",
    "association": "Association",
    "cooperative": "Coopérative",
    "mutuelle": "Mutuelle",
    "fondation": "Fondation, fonds de dotation",
    "societe_ess": "Société commerciale de l’ESS",
    "autre_ess_partenaire": "Autre acteur de l’ESS",
    "collectivite": "Collectivité",
    "etat": "Service de l’État",
    "etablissement_public": "Établissement public",
    "enseignement_recherche": "Enseignement, recherche",
    "syndicat": "Syndicat",
    "autre": "Autre",
}
ORIGINS = {
    SAISIE: "écrit à une inscription",
    HOMONYME: "écrit à une inscription, plusieurs organisations le portent",
    EQUIPE: "donné par l’équipe",
    "imprimee": "imprimé dans une fiche",
}


def kind_name(kind: str) -> str:
    """Return the words of a family; the list is open, an unknown code is said as it is."""
    return KINDS.get(kind, kind)


def origin_name(origin: str) -> str:
    """Return where a spelling was seen; a file of a tour is named by the tour."""
    return ORIGINS.get(origin, f"fichier de la {origin}" if origin.startswith("tournée ") else origin)
