"""What is said of an étape and of an atelier: a word for the tag, and a sentence that needs no colour."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from tourpaca import french
from tourpaca.tour import rules
from tourpaca.tour.models import CAPITALISATION
from tourpaca.tour.programme import AtelierVu, EtapeVue

LAST_PLACES = 3
NEAR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Said:
    """A state: its tag (one of the words of templates/parts/states.html, or none) and its sentences."""

    tag: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Held:
    """What is known of an étape or an atelier that took place: people who came, ateliers held."""

    people: int = 0
    ateliers: int = 0


def over(etape: EtapeVue, now: datetime) -> bool:
    """Tell whether an étape has ended at `now` (aware)."""
    return now >= rules.end(etape)


def etape(vue: EtapeVue, held: Held, now: datetime) -> Said:
    """Return where an étape stands: cancelled, over, unsettled, to open, open, full or closed."""
    if vue.cancelled:
        return Said("Annulée", "Cette étape n’aura pas lieu.")
    if over(vue, now):
        return Said("Étape terminée", _what_was_held(held))
    opening = rules.opening(vue, now)
    if opening.state == rules.CLOSES:
        return Said("Inscriptions closes", f"Depuis le {_day_and_hour(opening.at)}." if opening.at else "")
    if not opening.open:
        tag = "Inscriptions à venir" if vue.town else "Lieu à préciser"
        return Said(tag, when_it_opens(vue))
    tag, room = _room_left(vue)
    unsettled = "" if vue.town else " Lieu à préciser : nous vous écrirons dès qu’il est connu."
    return Said(tag, french.typo(f"{room} {until(vue)}{unsettled}"))


def when_it_opens(vue: EtapeVue) -> str:
    """Return "Inscriptions à partir du jeudi 15 février, 8 h.", or that the day is not known yet."""
    if vue.opens_at is None:
        return "L’ouverture des inscriptions sera annoncée ici."
    return f"Inscriptions à partir du {_day_and_hour(vue.opens_at)}."


def until(vue: EtapeVue) -> str:
    """Return "Jusqu’au dimanche 28 janvier, 18 h."."""
    return f"Jusqu’au {_day_and_hour(rules.closing_time(vue))}."


def _day_and_hour(moment: datetime) -> str:
    if moment.time() == time():  # closing at midnight is said as the day that ends
        return french.short_date(moment - timedelta(days=1)) + " inclus"
    if moment.time() >= rules.END_OF_DAY:
        return french.short_date(moment) + " inclus"
    return f"{french.short_date(moment)}, {french.hour(moment)}"


def _what_was_held(held: Held) -> str:
    if not held.people:
        return ""
    ateliers = french.plural(held.ateliers, "atelier tenu", "ateliers tenus")
    return f"{french.plural(held.people, 'personne')}, {ateliers}."


def _room_left(vue: EtapeVue) -> tuple[str, str]:
    """Return the tag of an open étape and how many of its ateliers have places left."""
    ateliers = [atelier for atelier in vue.ateliers if not atelier.cancelled]
    if not ateliers:
        return "Inscriptions ouvertes", "Le programme arrive."
    free = sum(not rules.free_places(atelier, vue).full for atelier in ateliers)
    if not free:
        return "Complet", "Vous pouvez rejoindre la liste d’attente."
    if vue.kind == CAPITALISATION:
        return "Inscriptions ouvertes", _event_places(vue, ateliers[0])
    if free == len(ateliers):
        return "Inscriptions ouvertes", "Il reste des places dans tous les ateliers."
    return (
        "Inscriptions ouvertes",
        f"Il reste des places dans {french.plural(free, 'atelier')} sur {len(ateliers)}.",
    )


def _event_places(vue: EtapeVue, event: AtelierVu) -> str:
    left = rules.free_places(event, vue).left
    return "Il reste des places." if left is None else f"Il reste {french.plural(left, 'place')}."


def atelier(vue: EtapeVue, held_by: AtelierVu, waiting: int, present: int, now: datetime) -> Said:
    """Return what an atelier has left, or that it is full and how many wait; after the étape, who came."""
    if held_by.cancelled or vue.cancelled:
        return Said("Annulé", f"Cet atelier n’a pas {'eu ' if over(vue, now) else ''}lieu.")
    if over(vue, now):
        return Said("Tenu", french.plural(present, "présence") + ".") if present else Said("", "")
    free = rules.free_places(held_by, vue)
    if not rules.opening(vue, now).open:
        return Said("", _places_planned(vue, held_by, free))
    if free.left is None:
        return Said("Ouvert", "Places non comptées.")
    if free.full or waiting:
        why = _limit(vue, held_by, free) if free.full else "Une place libre va d’abord à qui l’attend."
        return Said("Complet", french.typo(f"{why} {queue(waiting)}"))
    if held_by.taken < held_by.minimum and held_by.taken and rules.end(vue) - now < NEAR:
        return Said("À confirmer", french.typo(_below_minimum(held_by)))
    return Said(_places_tag(free.left), left_in_words(vue, held_by, free))


def queue(waiting: int) -> str:
    """Return how many people wait: "Liste d’attente : 2 personnes avant vous."."""
    ahead = f"{french.plural(waiting, 'personne')} avant vous" if waiting else "vous seriez au premier rang"
    return f"Liste d’attente : {ahead}."


def left_in_words(vue: EtapeVue, held_by: AtelierVu, free: rules.Free) -> str:
    """Return "Il reste 3 places sur 14."; the total is that of the limit which decides."""
    return f"Il reste {french.plural(free.left or 0, 'place')} sur {_total(vue, held_by, free)}."


def _total(vue: EtapeVue, held_by: AtelierVu, free: rules.Free) -> int:
    totals = {
        rules.TABLE: held_by.capacity,
        rules.SALLE: held_by.room_capacity,
        rules.ETAPE: vue.capacity,
    }
    return totals[free.limit] or 0


def _places_planned(vue: EtapeVue, held_by: AtelierVu, free: rules.Free) -> str:
    return f"{french.plural(_total(vue, held_by, free), 'place')}." if free.limit else ""


def _limit(vue: EtapeVue, held_by: AtelierVu, free: rules.Free) -> str:
    """Say which limit blocks, so that nobody looks for the wrong one (row B04)."""
    of_what = {rules.TABLE: "de la table", rules.SALLE: "de la salle", rules.ETAPE: "de l’étape"}[free.limit]
    total = _total(vue, held_by, free)
    if total < 2:
        return f"La place {of_what} est prise." if total else f"Aucune place {of_what} n’est ouverte."
    return f"Les {total} places {of_what} sont prises."


def _below_minimum(held_by: AtelierVu) -> str:
    people = french.plural(held_by.taken, "personne inscrite", "personnes inscrites")
    return f"{people} : l’atelier se tient à partir de {held_by.minimum}."


def _places_tag(left: int) -> str:
    if left == 1:
        return "Dernière place"
    return "Dernières places" if left <= LAST_PLACES else "Ouvert"
