"""What must be true of the facts of the programme: each check returns the messages, field by field."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

from tourpaca import french
from tourpaca.mail import addresses
from tourpaca.refusal import Refused, Unknown
from tourpaca.tour import departements
from tourpaca.tour.facts import (
    AtelierFacts,
    CreneauFacts,
    EtapeFacts,
    ScheduleFacts,
    ThematiqueFacts,
    TourFacts,
)
from tourpaca.tour.legal_time import gap
from tourpaca.tour.models import A_CONFIRMER, AUTOMATIQUE, BLOQUER, PASSER

Messages = dict[str, str]
HIGHEST = 100_000
NAME = 120


def tour_messages(facts: TourFacts) -> Messages:
    """Return what is missing in a tour: its name; an address that cannot be written to."""
    messages = (
        {} if facts.name else {"name": "Donnez un nom à la tournée : il paraît en haut de chaque page."}
    )
    siret = re.sub(r"\s", "", facts.organiser_siret)
    if siret and not re.fullmatch(r"\d{14}", siret):
        messages["organiser_siret"] = "Un SIRET compte 14 chiffres. Vous pouvez aussi laisser ce champ vide."
    if facts.promotion not in (AUTOMATIQUE, A_CONFIRMER):
        messages["promotion"] = "Choisissez comment une place libre est donnée."
    if facts.group_rule not in (BLOQUER, PASSER):
        messages["group_rule"] = "Choisissez ce que fait un groupe qui n’entre pas."
    return messages | _email_message(facts.contact_email)


def publication_messages(organiser_name: str) -> Messages:
    """Return what a tour shown to the public lacks: who organises it, named in its letters and its notices."""
    message = "Écrivez qui organise la tournée : chaque personne doit savoir à qui elle confie ses données."
    return {} if organiser_name.strip() else {"organiser_name": message}


def etape_messages(facts: EtapeFacts) -> Messages:
    """Return what is missing or contradicts itself in an étape."""
    messages: Messages = {}
    if facts.day is None:
        messages["day"] = "Indiquez le jour de l’étape. Exemple : 30/01/2018."
    if facts.departement not in departements.NAMES:
        messages["departement"] = "Choisissez un département : avec la date, il suffit pour annoncer l’étape."
    messages |= _limit_message("capacity", facts.capacity) | _email_message(facts.contact_email)
    return messages | _hours_messages(facts.day, facts) | _opening_messages(facts.day, facts)


def schedule_messages(day: date, facts: ScheduleFacts) -> Messages:
    """Return what contradicts itself in the hours and the registrations of an étape held on `day`."""
    return _hours_messages(day, facts) | _opening_messages(day, facts)


def _hours_messages(day: date | None, facts: EtapeFacts | ScheduleFacts) -> Messages:
    messages = _end_message(facts.starts_at, facts.ends_at)
    if facts.welcome_at and facts.starts_at and facts.welcome_at > facts.starts_at:
        messages["welcome_at"] = (
            f"L’accueil ({french.hour(facts.welcome_at)}) vient après le début "
            f"({french.hour(facts.starts_at)}). Indiquez une heure plus tôt."
        )
    hours = {"welcome_at": facts.welcome_at, "starts_at": facts.starts_at, "ends_at": facts.ends_at}
    moments = {"opens_at": facts.opens_at, "closes_at": facts.closes_at}
    return messages | _gaps(day, hours) | _told({name: gap(at) for name, at in moments.items() if at})


def _gaps(day: date | None, hours: Mapping[str, time | None]) -> Messages:
    """Return what to type for the hours that the day does not have."""
    told = {name: gap(datetime.combine(day, hour)) for name, hour in hours.items() if day and hour}
    return _told(told)


def _told(messages: Messages) -> Messages:
    return {name: message for name, message in messages.items() if message}


def _end_message(starts_at: time | None, ends_at: time | None) -> Messages:
    if ends_at and not starts_at:
        return {"starts_at": "Indiquez aussi l’heure de début, ou laissez la fin vide."}
    if starts_at and ends_at and ends_at <= starts_at:
        told = f"La fin ({french.hour(ends_at)}) doit venir après le début ({french.hour(starts_at)})."
        return {"ends_at": told}
    return {}


def _opening_messages(day: date | None, facts: EtapeFacts | ScheduleFacts) -> Messages:
    opens_at, closes_at = facts.opens_at, facts.closes_at
    if opens_at and closes_at and closes_at <= opens_at:
        told = f"La clôture doit venir après l’ouverture ({french.moment(opens_at)})."
        return {"closes_at": told}
    return _after_the_day("opens_at", opens_at, day, "ouvrent") | _after_the_day(
        "closes_at", closes_at, day, "ferment"
    )


def _after_the_day(field: str, wall: datetime | None, day: date | None, verb: str) -> Messages:
    if wall is None or day is None or wall.date() <= day:
        return {}
    return {field: f"Les inscriptions {verb} au plus tard le jour de l’étape, {french.long_date(day)}."}


def creneaux_messages(day: date, creneaux: Sequence[CreneauFacts]) -> list[Messages]:
    """Return the messages of each slot of an étape, in order: hours in order, no slot before the last one ends."""
    told = [
        _end_message(slot.starts_at, slot.ends_at)
        | _gaps(day, {"starts_at": slot.starts_at, "ends_at": slot.ends_at})
        for slot in creneaux
    ]
    for number in range(1, len(creneaux)):
        before = creneaux[number - 1].ends_at or creneaux[number - 1].starts_at
        starts_at = creneaux[number].starts_at
        if before and starts_at and starts_at < before:
            told[number]["starts_at"] = (
                f"Le créneau {number + 1} commence avant la fin du créneau {number} ({french.hour(before)})."
            )
    return told


def thematique_messages(facts: ThematiqueFacts) -> Messages:
    """Return what is missing in a thématique."""
    messages = {} if facts.title else {"title": "Donnez un titre à la thématique."}
    if facts.creneau_ordre < 1:
        messages["creneau_ordre"] = "Les créneaux se comptent à partir de 1."
    return messages


def atelier_messages(facts: AtelierFacts) -> Messages:
    """Return what contradicts itself in an atelier."""
    return limits_messages(facts.capacity, facts.room_capacity, facts.minimum)


def limits_messages(capacity: int | None, room_capacity: int | None, minimum: int) -> Messages:
    """Return what contradicts itself in the limits of an atelier."""
    messages = _limit_message("capacity", capacity) | _limit_message("room_capacity", room_capacity)
    messages |= _limit_message("minimum", minimum)
    limits = [limit for limit in (capacity, room_capacity) if limit is not None]
    if not messages and limits and minimum > min(limits):
        messages["minimum"] = f"Le minimum ({minimum}) dépasse les places ({min(limits)})."
    return messages


def _limit_message(field: str, limit: int | None) -> Messages:
    if limit is None or 0 <= limit <= HIGHEST:
        return {}
    return {field: "Indiquez un nombre de personnes, 0 ou plus ; vide, il n’y a pas de limite."}


def _email_message(email: str) -> Messages:
    fault = addresses.fault(email) if email else ""
    return {"contact_email": french.typo(fault)} if fault else {}


def belongs(tour_id: int, asked: int) -> None:
    """Refuse a thing of another tour as if it did not exist."""
    if tour_id != asked:
        raise Unknown("Cet élément du programme n’existe plus. Rien n’a été changé.")


def refuse(messages: Messages) -> None:
    """Refuse with the first message when there is one."""
    for field, message in messages.items():
        raise Refused(message, field)


def partenaire_messages(names: Sequence[str]) -> dict[int, str]:
    """Return what does not go in a list of partners, by position: a name too long, a name twice."""
    long = {
        n: "Ce nom est trop long pour une page : 120 signes au plus."
        for n, name in enumerate(names)
        if len(name) > 120
    }
    folded = [french.fold(name) for name in names]
    twice = {
        n: "Ce partenaire est déjà dans la liste." for n, name in enumerate(folded) if name in folded[:n]
    }
    return long | twice
