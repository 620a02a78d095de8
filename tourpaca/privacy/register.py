"""The register of personal data (RGPD art. 30): every personal column, why it is held, how long, who sees it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Held:
    """One personal column; `required` tells whether the form insists on it."""

    table: str
    column: str
    words: str
    purpose: str
    basis: str
    retention: str
    visible_to: str
    required: bool = False


CONTRACT = "mesures prises à la demande de la personne (art. 6.1.b) ; intérêt légitime pour un collègue inscrit (6.1.f)"
PROOF = "obligation de preuve envers les financeurs, à défaut intérêt légitime (art. 6.1.f)"
CONSENT = "consentement explicite (art. 9.2.a)"
INTEREST = "intérêt légitime (art. 6.1.f)"
REGISTRATION = "durée d’inscription de la tournée, puis anonymisation"
PROVEN = "durée de preuve de la tournée"
TEAM = "équipe de la tournée, et de l’étape choisie"

REGISTER = (
    Held(
        "participant", "last_name", "Nom", "tenir la place, signer la feuille", CONTRACT, PROVEN, TEAM, True
    ),
    Held(
        "participant",
        "first_name",
        "Prénom",
        "tenir la place, signer la feuille",
        CONTRACT,
        PROVEN,
        TEAM,
        True,
    ),
    Held(
        "participant",
        "email",
        "Courriel",
        "envoyer confirmation et changements",
        CONTRACT,
        REGISTRATION,
        TEAM,
    ),
    Held("participant", "sort_key", "Nom, pour le tri", "trier les listes", CONTRACT, PROVEN, TEAM),
    Held(
        "participant",
        "identity_key",
        "Nom, pour le repérage",
        "voir une double inscription",
        CONTRACT,
        PROVEN,
        TEAM,
    ),
    Held(
        "participant", "external_ref", "Repère d’import", "relier une feuille importée", PROOF, PROVEN, TEAM
    ),
    Held(
        "dossier",
        "contact_name",
        "Personne à contacter",
        "suivre le dossier",
        CONTRACT,
        REGISTRATION,
        TEAM,
        True,
    ),
    Held(
        "dossier", "contact_email", "Courriel du contact", "récapitulatif", CONTRACT, REGISTRATION, TEAM, True
    ),
    Held("dossier", "contact_phone", "Téléphone", "joindre le jour même", CONTRACT, REGISTRATION, TEAM),
    Held(
        "dossier",
        "access_needs",
        "Besoins pour participer",
        "accueillir chacun",
        CONSENT,
        "30 jours après l’étape",
        "équipe de l’étape choisie",
    ),
    Held(
        "dossier",
        "organisation_typed",
        "Organisation, telle qu’écrite",
        "relier à l’annuaire",
        CONTRACT,
        PROVEN,
        TEAM,
    ),
    Held(
        "letter", "to_email", "Courriel du destinataire", "remettre le message", CONTRACT, REGISTRATION, TEAM
    ),
    Held("letter", "to_name", "Nom du destinataire", "remettre le message", CONTRACT, REGISTRATION, TEAM),
    Held("letter", "reply_to", "Courriel de réponse", "répondre à l’équipe", INTEREST, REGISTRATION, TEAM),
    Held("letter", "content", "Texte du message", "remettre le message", CONTRACT, REGISTRATION, TEAM),
    Held(
        "mime", "content", "Message envoyé", "remettre le même à chaque essai", CONTRACT, REGISTRATION, TEAM
    ),
    Held("rejet", "email", "Adresse qui ne reçoit plus", "ne plus lui écrire", INTEREST, REGISTRATION, TEAM),
    Held("rejet", "reason", "Réponse du serveur", "corriger l’adresse", INTEREST, REGISTRATION, TEAM),
    Held(
        "desabonnement",
        "email",
        "Adresse désabonnée des invitations",
        "respecter ce choix",
        INTEREST,
        PROVEN,
        TEAM,
    ),
    Held("mark", "author_name", "Qui a noté la présence", "preuve", PROOF, PROVEN, TEAM),
    Held("mark", "reason", "Raison notée", "preuve", PROOF, PROVEN, TEAM),
    Held(
        "member",
        "email",
        "Courriel de l’équipe",
        "se connecter",
        INTEREST,
        "fin de l’accès",
        "rôle organisation",
        True,
    ),
    Held("member", "name", "Nom de l’équipe", "savoir qui agit", INTEREST, "fin de l’accès", TEAM),
    Held("journal_entry", "actor_name", "Qui a agi", "retracer les actes", INTEREST, PROVEN, TEAM),
    Held("etape", "contact_name", "Contact de l’étape", "répondre aux questions", INTEREST, PROVEN, "public"),
    Held(
        "etape", "contact_email", "Courriel de l’étape", "répondre aux questions", INTEREST, PROVEN, "public"
    ),
    Held(
        "atelier",
        "facilitators",
        "Animation de l’atelier",
        "annoncer le programme",
        INTEREST,
        PROVEN,
        "public",
    ),
    Held(
        "tour",
        "contact_email",
        "Courriel de la tournée",
        "répondre aux questions",
        INTEREST,
        PROVEN,
        "public",
    ),
)

# Text columns that name no person, so that a new column has to be thought about before it is stored.
NOT_PERSONAL = {
    "participant": {"role"},
    "dossier": {"source", "submission_key"},
    "lien": {"token_hash"},
    "place": {"state", "uid", "told"},
    "agenda": {"token_hash"},
    "rejet": {"kind", "source"},
    "letter": {
        "subject_key",
        "kind",
        "organisation_name",
        "subject",
        "message_id",
        "state",
        "lease_token",
        "answer",
    },
    "envoi": {"subject", "body", "criteria", "send_key"},
    "mark": {"nonce", "status", "source"},
    "presence": {"status"},
    "list_preset": {"name", "columns"},
    "modele": {"occasion", "subject", "body"},
    "rappel": {"occasion"},
    "depart": {"state"},
    "member": {"role", "password_hash"},
    "member_session": {"token_hash"},
    "sign_in_link": {"token_hash"},
    "attempt": {"key"},
    "journal_entry": {"actor", "verb", "subject", "text", "data"},
}

# Columns of a registration that nobody is asked for.
DERIVED = {"sort_key", "identity_key", "external_ref"}


def public_rows() -> list[Held]:
    """Return what a registration holds, as the page of personal data lists it."""
    return [
        held for held in REGISTER if held.table in {"participant", "dossier"} and held.column not in DERIVED
    ]
