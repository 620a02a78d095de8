"""The fields of a tour, an étape, its créneaux, the thématiques and the ateliers."""

from collections.abc import Iterable

from tourpaca.organiser.forms.fields import Field
from tourpaca.tour import departements
from tourpaca.tour.models import A_CONFIRMER, AUTOMATIQUE, BLOQUER, PASSER, Creneau

DEPARTEMENTS = (
    ("", "Choisir"),
    *((code, f"{code} – {name}") for code, name in departements.NAMES.items()),
)

TOUR_NAME = Field(
    "name", "Nom de la tournée", optional=False, hint="Exemple : Tour PACA du Guide des bonnes pratiques"
)
POSTER = (
    TOUR_NAME,
    Field("poster_kicker", "Surtitre de l’affiche", hint="Exemple : Bonnes pratiques de l’ESS"),
    Field("poster_title", "Titre de l’affiche", hint="Exemple : Le guide fait sa tournée !"),
    Field(
        "map_name",
        "Carte de la page d’accueil",
        "choice",
        choices=(("", "Aucune"), ("paca", "Provence-Alpes-Côte d’Azur")),
    ),
    Field("pitch", "Présentation", "lines", hint="Deux ou trois phrases, en haut de la page de la tournée."),
)
ORGANISER_NAME = Field(
    "organiser_name", "Organisme", hint="Signe les lettres et répond des données personnelles."
)
ORGANISER = (
    ORGANISER_NAME,
    Field("organiser_siret", "SIRET", hint="Imprimé sur les attestations."),
    Field("contact_email", "Courriel de contact", "email"),
    Field("organiser_address", "Adresse de l’organisme", "lines"),
)
WORDS_AND_DATA = (
    Field("inclusive_form", "Forme inclusive des fiches", hint="Exemple : participant.e.s"),
    Field("registration_retention", "Conservation des inscriptions"),
    Field("proof_retention", "Conservation des feuilles d’émargement"),
    Field("proof_reason", "Motif de cette conservation"),
)
WAITING_LISTS = (
    Field(
        "promotion",
        "Quand une place se libère",
        "choice",
        choices=(
            (AUTOMATIQUE, "Elle va aussitôt à qui attend"),
            (A_CONFIRMER, "Elle lui est d’abord proposée"),
        ),
        hint="Proposée, elle est gardée deux jours ouvrés ; un seul à moins de trois jours de l’étape.",
    ),
    Field(
        "group_rule",
        "Quand un groupe attend et qu’il n’y a pas assez de places",
        "choice",
        choices=((BLOQUER, "Personne ne passe devant lui"), (PASSER, "La personne suivante peut passer")),
        hint="La règle choisie est écrite sur les pages publiques.",
    ),
)
TOUR = (*POSTER, *ORGANISER, *WAITING_LISTS, *WORDS_AND_DATA)
TOUR_PARTS = (
    ("La tournée", POSTER),
    ("L’organisme", ORGANISER),
    ("Listes d’attente", WAITING_LISTS),
    ("Mots des fiches et durées de conservation", WORDS_AND_DATA),
)

DAY = Field("day", "Jour", "date", optional=False, width="moyen")
DEPARTEMENT = Field(
    "departement", "Département", "choice", optional=False, choices=DEPARTEMENTS, width="moyen"
)
TOWN = Field("town", "Ville", width="moyen", hint="Vide, l’étape paraît avec « (lieu à préciser) ».")
HOURS = (
    Field("welcome_at", "Accueil à partir de", "time", width="court"),
    Field("starts_at", "Début", "time", width="court"),
    Field("ends_at", "Fin", "time", width="court"),
)
OPENING = (
    Field("opens_at", "Les inscriptions ouvrent", "moment", width="moyen"),
    Field("closes_at", "Elles ferment", "moment", width="moyen", hint="Vide\u00a0: au début de l’étape."),
)
PLACE = (
    Field("venue", "Lieu", hint="Exemple : Maison des associations"),
    Field("address", "Adresse", "lines"),
    Field("transport", "Transports", "lines"),
    Field("access", "Accès de plain-pied", hint="Vide, la page dit « information à venir »."),
    Field(
        "hearing", "Boucle magnétique, langue des signes", hint="Vide, la page dit « information à venir »."
    ),
    Field("break_note", "Pause"),
)
CONTACT = (
    Field("contact_name", "Personne à contacter", width="moyen"),
    Field("contact_email", "Son courriel", "email", width="moyen", hint="Montré sur la page de l’étape."),
)
CAPACITY = Field(
    "capacity",
    "Personnes au plus pour toute l’étape",
    "number",
    width="court",
    hint="Vide, seules comptent les places de chaque atelier.",
)
WHEN_AND_WHERE = (DAY, DEPARTEMENT, TOWN)
ETAPE = (*WHEN_AND_WHERE, *HOURS, *OPENING, *PLACE, CAPACITY, *CONTACT)
ETAPE_PARTS = (
    ("Quand et où", WHEN_AND_WHERE),
    ("Horaires", HOURS),
    ("Inscriptions", (*OPENING, CAPACITY)),
    ("Venir", PLACE),
    ("Contact", CONTACT),
)
SCHEDULE = (*HOURS, *OPENING)

THEMATIQUE = (
    Field("title", "Titre", "lines"),
    Field("short_title", "Titre court"),
    Field("reference", "Référence"),
    Field("creneau_ordre", "Créneau", "number", empty=1),
)
NEW_ATELIERS = (
    Field("capacity", "Places par atelier", "number", width="court", hint="Vide, il n’y a pas de limite."),
    Field("minimum", "Minimum pour se tenir", "number", width="court", empty=0),
)
CRENEAU = (Field("starts_at", "Début", "time"), Field("ends_at", "Fin", "time"))


def atelier_fields(creneaux: Iterable[Creneau]) -> tuple[Field, ...]:
    """Return the fields of an atelier of an étape that has these créneaux."""
    choices = tuple((str(creneau.id), f"Créneau {creneau.ordre}") for creneau in creneaux)
    return (
        Field("creneau_id", "Créneau", "choice", choices=choices),
        Field("room", "Salle"),
        Field("facilitators", "Animation"),
        Field("capacity", "Places à table", "number"),
        Field("room_capacity", "Places dans la salle", "number"),
        Field("minimum", "Minimum", "number", empty=0),
    )
