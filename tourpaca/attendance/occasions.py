"""The occasions on which the team writes, each with the text of the house: warm, correct, and with its fields."""

from dataclasses import dataclass
from datetime import timedelta

from tourpaca.attendance.models import ABSENT, PRESENT
from tourpaca.registration.models import CONFIRMEE

# A reminder leaves at 9 h of Paris, or as soon as a worker is there, but not in the night that follows: « demain »
# must still be true, and nobody is written to after 21 h.
USEFUL = timedelta(hours=12)


@dataclass(frozen=True)
class Occasion:
    """An occasion to write, the house's own subject and text for it, and whom it is meant for.

    `days` tells when it leaves by itself, in days from the étape (None: never by itself). An `invitation` to an event
    carries its way out.
    """

    key: str
    name: str
    when: str
    subject: str
    body: str
    days: int | None = None
    place: str = ""
    presence: str = ""
    invitation: bool = False


_CLOSING = "Votre page personnelle, pour voir ou changer votre inscription :\n{lien personnel}"

OCCASIONS = (
    Occasion(
        "rappel_j7",
        "Rappel, sept jours avant",
        "sept jours avant l’étape, à 9 h",
        "{ville}, {date} : votre rendez-vous approche",
        "Bonjour {prénom} {nom},\n\n"
        "Nous nous retrouvons dans une semaine, {date}, à l’adresse suivante :\n{lieu}\n\n"
        "Vos places :\n{places}\n\n"
        "Un empêchement ? Laissez votre place depuis votre page : quelqu’un l’attend peut-être.\n\n"
        + _CLOSING,
        days=-7,
        place=CONFIRMEE,
    ),
    Occasion(
        "rappel_j1",
        "Rappel, la veille",
        "la veille de l’étape, à 9 h",
        "{ville} : c’est demain",
        "Bonjour {prénom} {nom},\n\n"
        "C’est demain, {date}. Nous vous accueillons ici :\n{lieu}\n\n"
        "Vos places :\n{places}\n\n"
        "Si vous ne pouvez plus venir, laissez votre place depuis votre page : elle servira à quelqu’un d’autre.\n\n"
        + _CLOSING,
        days=-1,
        place=CONFIRMEE,
    ),
    Occasion(
        "merci_j1",
        "Remerciement, le lendemain",
        "le lendemain de l’étape, à 9 h, aux personnes présentes",
        "Merci pour votre présence",
        "Bonjour {prénom} {nom},\n\n"
        "Merci d’avoir été avec nous {date} ({atelier}). Ce que vous y avez dit nourrit les fiches de la tournée.\n\n"
        "Nous vous écrirons quand elles paraîtront. D’ici là, répondez à ce message si quelque chose vous revient : "
        "une pratique, un chiffre, une adresse à partager.",
        days=1,
        presence=PRESENT,
    ),
    Occasion(
        "aux_presents",
        "Aux personnes présentes",
        "après l’étape, quand vous le décidez",
        "Après notre rencontre",
        "Bonjour {prénom} {nom},\n\n"
        "Vous étiez avec nous {date} ({atelier}). Merci encore.\n\n"
        "Voici la suite que nous donnons à vos échanges.",
        presence=PRESENT,
    ),
    Occasion(
        "aux_absents",
        "Aux personnes absentes",
        "après l’étape, quand vous le décidez",
        "Vous nous avez manqué",
        "Bonjour {prénom} {nom},\n\n"
        "Vous aviez une place {date} ({atelier}), et nous n’avons pas pu échanger ce jour-là.\n\n"
        "Ce qui s’y est dit sera dans les fiches de la tournée. D’autres rencontres suivent peut-être près de chez "
        "vous : répondez à ce message, et nous vous dirons lesquelles.",
        presence=ABSENT,
    ),
    Occasion(
        "invitation_evenement",
        "Invitation à l’événement",
        "quand vous le décidez",
        "Invitation : l’événement qui réunit la tournée",
        "Bonjour {prénom} {nom},\n\n"
        "Vous avez pris part à la tournée. Un événement réunit maintenant ce qu’elle a appris : vous y avez votre "
        "place.\n\n"
        "Les textes y seront relus ensemble avant de paraître :\n{fiches à relire}\n\n"
        "Pour venir, répondez simplement à ce message.",
        invitation=True,
    ),
    Occasion(
        "message_libre",
        "Message libre",
        "quand vous le décidez",
        "Des nouvelles de la tournée",
        "Bonjour {prénom} {nom},\n\nNous vous écrivons au sujet de votre inscription, {date} ({atelier}).\n\n"
        + _CLOSING,
    ),
)
BY_KEY = {occasion.key: occasion for occasion in OCCASIONS}
REMINDERS = tuple(occasion for occasion in OCCASIONS if occasion.days is not None)
# The key of a reminder's send: this word, the tour, the occasion, the étape.
REMINDER = "rappel"


def reminder_of(send_key: str) -> Occasion | None:
    """Return the occasion of which a send is the reminder, whether it left by itself or by hand; None for another."""
    word, *rest = send_key.split(":")
    return BY_KEY.get(rest[1]) if word == REMINDER and len(rest) == 3 else None
