"""The tour of 2017-2018 moved into the coming weeks, its rooms, hours and addresses invented, registrations open."""

from datetime import date, datetime, time, timedelta
from typing import Any

from tourpaca import clock

SLUG = "tour-paca"
TUESDAY, THURSDAY = 1, 3
WEEKS = (3, 5, 7)  # from now to each matinée
EVENT_WEEKS = 10
HOURS = {1: ("9:30", "10:45"), 2: ("11:00", "12:15")}
ROOMS = ("Salle Mistral", "Salle Tramontane", "Salle Garrigue", "Salle Calanque")
FACILITATORS = ("Lou Démonstration", "Noa Imaginaire", "Alix Spécimen", "Jo Gabarit")
ADDRESSES = {"Marseille": "13001 Marseille", "Nice": "06000 Nice", "Carpentras": "84200 Carpentras"}
WELCOME = {
    "maison": "Maison des exemples",
    "transports": "Arrêt « Modèle » à 300 m. Arceaux à vélos devant l’entrée.",
    "acces": "Entrée de plain-pied, ascenseur, toilettes accessibles.",
    "ecoute": "Boucle magnétique en salle Mistral. Interprète en LSF sur demande, deux semaines avant.",
    "pause": "Pause de 10 h 45 à 11 h, café offert.",
    "accueil": "9:00",
    "debut": "9:30",
    "fin": "12:15",
    "contact_nom": "L’équipe de la tournée",
    "contact_courriel": "equipe@exemple.org",
}
OPENED = timedelta(days=7)
CLOSING = timedelta(days=2)


def document(past: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Return the file of the tour to come, made from that of the finished one; `now` is an aware instant."""
    today = clock.local(now).date()
    tour = dict(past["tournee"])
    tour |= {
        "slug": SLUG,
        "nom": "Tour PACA du Guide des bonnes pratiques",
        "publiee_le": (now - OPENED).isoformat(timespec="seconds"),
        "etapes": [_etape(etape, today) for etape in tour["etapes"]],
    }
    texts = ("presentation", "enjeux", "indicateurs", "illustrations")
    fiches = [{key: value for key, value in fiche.items() if key not in texts} for fiche in past["fiches"]]
    return {"tournee": tour, "fiches": fiches}


def _etape(past: dict[str, Any], today: date) -> dict[str, Any]:
    if "creneaux" not in past:
        day = _on(THURSDAY, today + timedelta(weeks=EVENT_WEEKS))
        return past | {"date": day.isoformat(), "ouverture": _at(today + timedelta(weeks=4), time(8))}
    day = _on(TUESDAY, today + timedelta(weeks=WEEKS[past["ordre"] - 1]))
    return {
        **past,
        **WELCOME,
        "date": day.isoformat(),
        "adresse": f"12, rue du Modèle\n{ADDRESSES[past['lieu']]}",
        "ouverture": _at(today - OPENED, time(8)),
        "cloture": _at(day - CLOSING, time(18)),
        "creneaux": [_creneau(creneau) for creneau in past["creneaux"]],
    }


def _creneau(past: dict[str, Any]) -> dict[str, Any]:
    start, end = HOURS[past["ordre"]]
    ateliers = [
        {
            **{key: value for key, value in atelier.items() if key != "etat"},
            "salle": ROOMS[number],
            "animation": FACILITATORS[number],
        }
        for number, atelier in enumerate(past["ateliers"])
    ]
    return {"ordre": past["ordre"], "debut": start, "fin": end, "ateliers": ateliers}


def _on(weekday: int, day: date) -> date:
    """Return the first such day of the week from a day on."""
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def _at(day: date, hour: time) -> str:
    return datetime.combine(day, hour).isoformat(" ", "minutes")
