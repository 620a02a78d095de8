"""What a registration must be: a column of named checks, pure, each with the sentence that says what to do."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from itertools import combinations

from tourpaca import clock, french
from tourpaca.journal.models import Act
from tourpaca.mail import addresses
from tourpaca.refusal import Refused
from tourpaca.registration.programme import Offer, Programme, Slot
from tourpaca.registration.submission import Person, Submission, Wish
from tourpaca.tour import rules as tour_rules
from tourpaca.tour.models import PREVU, Etape
from tourpaca.tour.programme import EtapeVue

PEOPLE = 20
KEY = range(20, 101)
NOT_SENT = "L’inscription n’est pas encore envoyée. Tout ce que vous avez saisi est conservé."


@dataclass(frozen=True)
class Fault:
    """One thing to mend: `message` stands beside `field`, `summary` on top of the page."""

    field: str
    message: str
    summary: str


class Incomplete(Refused):
    """A submission with something to mend; nothing was kept, everything typed can be shown again.

    `crowded` names the (person, atelier) pairs that may stay by accepting to wait; `seen` is the programme as it was
    read, when nothing has changed it since.
    """

    def __init__(
        self,
        faults: tuple[Fault, ...],
        crowded: frozenset[tuple[int, int]] = frozenset(),
        seen: Programme | None = None,
    ) -> None:
        super().__init__(NOT_SENT)
        self.faults = faults
        self.crowded = crowded
        self.seen = seen


class Closed(Refused):
    """Registrations are not open: `opening` says since when, or from when."""

    def __init__(self, message: str, opening: tour_rules.Opening) -> None:
        super().__init__(message)
        self.opening = opening


def check_open(programme: Programme, now: datetime) -> None:
    """Refuse outside the opening hours of the étape, and while it offers nothing to choose."""
    opening = tour_rules.opening(programme.etape, now)
    if not opening.open:
        raise Closed(closed_sentence(programme, opening), opening)
    if not programme.slots:
        raise Closed("Le programme arrive. Vous pouvez déjà noter la date.", opening)


def closed_sentence(programme: Programme, opening: tour_rules.Opening) -> str:
    """Return why nobody can register now, and since when or from when."""
    when = french.moment(opening.at) if opening.at else ""
    if opening.state == tour_rules.A_VENIR:
        return f"Les inscriptions ouvrent {when}."
    if opening.state == tour_rules.SANS_OUVERTURE:
        return "Les inscriptions ne sont pas encore ouvertes."
    return f"Les inscriptions sont closes depuis {when}." if when else "Cette étape est annulée."


def wishes_of(programme: Programme, person: Person) -> tuple[Wish, ...]:
    """Return what a person wants: what was chosen, or the one atelier of an event that has no choice."""
    if person.wishes or not programme.single:
        return person.wishes
    return tuple(Wish(o.creneau_id, o.atelier_id) for slot in programme.slots for o in slot.offers[:1])


def check(programme: Programme, submission: Submission) -> None:
    """Refuse with `Incomplete` a submission that lacks something, or wants what cannot be; every fault at once."""
    faults = (*_of_the_whole(submission), *_of_people(programme, submission))
    if faults:
        raise Incomplete(faults)


def check_addition(programme: Programme, submission: Submission, coming: int) -> None:
    """Refuse with `Incomplete`, as `check` does, one person more in a registration of `coming` people."""
    faults = [*_of_people(programme, submission), *_reachable(submission)]
    if coming >= PEOPLE:
        message = f"Une inscription va d’une à {PEOPLE} personnes. Ouvrez une seconde inscription."
        faults.append(Fault("p0-first_name", message, f"{PEOPLE} personnes au plus dans une inscription"))
    if faults:
        raise Incomplete(tuple(faults))


def _reachable(submission: Submission) -> Iterator[Fault]:
    """Ask for a mailbox where the contact’s serves nobody."""
    if not (submission.people[0].email or submission.contact_email):
        message = "Indiquez un courriel : personne d’autre ne reçoit les messages de cette inscription."
        yield Fault("p0-email", message, "Indiquez le courriel")


def _of_the_whole(submission: Submission) -> Iterator[Fault]:
    if len(submission.key) not in KEY:
        yield Fault("people", "Rouvrez le formulaire, puis envoyez-le.", "Ce formulaire est incomplet")
    if not submission.contact_name:
        message = "Indiquez qui nous pouvons joindre."
        yield Fault("contact_name", message, "Contact : indiquez le prénom et le nom")
    yield from _email("contact_email", submission.contact_email, "Contact")
    if not submission.contact_email:
        message = "Indiquez le courriel qui recevra le récapitulatif. Exemple : prenom.nom@organisation.fr"
        yield Fault("contact_email", message, "Contact : indiquez le courriel")
    if not 1 <= len(submission.people) <= PEOPLE:
        message = (
            f"Une inscription va d’une à {PEOPLE} personnes. Envoyez les autres dans une seconde inscription."
        )
        yield Fault("people", message, f"{len(submission.people)} personnes : {PEOPLE} au plus à la fois")


def _of_people(programme: Programme, submission: Submission) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    for number, person in enumerate(submission.people):
        who = person.name or f"Personne {number + 1}"
        yield from _names(number, person, who)
        yield from _email(f"p{number}-email", person.email, who)
        yield from _wishes(programme, number, person, who)
        twin = seen.setdefault(identity_key(person.first_name, person.last_name), number)
        if person.name and twin != number and not person.another:
            message = f"{who} est déjà la personne {twin + 1} de ce formulaire. Retirez l’une des deux."
            yield Fault(f"p{number}-first_name", message, f"{who} : cette personne est là deux fois")


def _names(number: int, person: Person, who: str) -> Iterator[Fault]:
    if not person.first_name:
        yield Fault(f"p{number}-first_name", "Indiquez le prénom.", f"{who} : indiquez le prénom")
    if not person.last_name:
        yield Fault(f"p{number}-last_name", "Indiquez le nom.", f"{who} : indiquez le nom")


def _email(field: str, text: str, who: str) -> Iterator[Fault]:
    message = addresses.fault(text) if text else ""
    if message:
        short = message[0].lower() + message[1:].partition(".")[0]
        yield Fault(field, message, f"{who}, courriel : {short}")


def _wishes(programme: Programme, number: int, person: Person, who: str) -> Iterator[Fault]:
    wishes = wishes_of(programme, person)
    if not wishes:
        first = programme.slots[0].creneau_id
        alone = f"Si {person.first_name or 'cette personne'} ne vient pas, retirez cette personne."
        message = f"Choisissez un atelier dans un créneau au moins. {alone}"
        yield Fault(f"p{number}-c{first}", message, f"{who} : choisissez un atelier dans un créneau au moins")
        return
    offers = programme.offers
    for wish in wishes:
        if wish.atelier_id not in offers or offers[wish.atelier_id].creneau_id != wish.creneau_id:
            message = "Cet atelier n’a plus lieu à cette étape. Choisissez-en un autre."
            field = f"p{number}-c{_shown(programme, wish.creneau_id)}"
            yield Fault(field, message, f"{who} : choisissez un autre atelier")
            return
    yield from _clashes(programme, number, who, [offers[wish.atelier_id] for wish in wishes])


def _shown(programme: Programme, creneau_id: int) -> int:
    known = [slot.creneau_id for slot in programme.slots]
    return creneau_id if creneau_id in known else known[0]


def _clashes(programme: Programme, number: int, who: str, wanted: list[Offer]) -> Iterator[Fault]:
    for first, second in combinations(wanted, 2):
        here, there = programme.slot_of(first), programme.slot_of(second)
        if overlap(here, there):
            hours = f" de {french.hours(here.starts_at, here.ends_at)}" if here.starts_at else ""
            free = next((s.ordre for s in programme.slots if not overlap(s, here)), None)
            way = f"Choisissez dans le créneau {free}, ou remplacez" if free else "Gardez"
            message = f"{who} a déjà « {first.label} »{hours}, en même temps que « {second.label} ». {way} cet atelier."
            yield Fault(f"p{number}-c{there.creneau_id}", message, f"{who} : deux ateliers à la même heure")
            return


def check_newcomer(submission: Submission, leaver: str) -> None:
    """Refuse with `Incomplete` one person of a form without a name or a mailbox, or who is the `leaver` (a key)."""
    (person,) = submission.people
    faults = [*_names(0, person, "La personne"), *_email("p0-email", person.email, "La personne")]
    faults += _reachable(submission)
    if identity_key(person.first_name, person.last_name) == leaver:
        message = "C’est la personne qui a déjà la place. Indiquez qui vient à la suite."
        faults.append(Fault("p0-first_name", message, "Indiquez une autre personne"))
    if faults:
        raise Incomplete(tuple(faults))


def overlap(first: Slot, second: Slot) -> bool:
    """Tell whether nobody can be in both créneaux; without hours, two different créneaux do not overlap."""
    if first.creneau_id == second.creneau_id:
        return True
    if not (first.starts_at and first.ends_at and second.starts_at and second.ends_at):
        return False
    return first.starts_at < second.ends_at and second.starts_at < first.ends_at


def identity_key(first_name: str, last_name: str) -> str:
    """Return what two namesakes share: the folded words of the name in one order ("NOM Prénom" too)."""
    return " ".join(sorted(french.sort_key(last_name, first_name).split()))


def mailbox(email: str) -> str:
    """Return what two spellings of one mailbox share: no case, no "+suffix"."""
    local, _, domain = email.casefold().partition("@")
    return f"{local.partition('+')[0]}@{domain}"


def beginning(etape: Etape | EtapeVue) -> datetime:
    """Return the wall-clock time from which people are received; the day itself while no hour is known."""
    return datetime.combine(etape.day, etape.welcome_at or etape.starts_at or time())


def began(etape: Etape | EtapeVue, now: datetime) -> bool:
    """Tell whether people are already being received: nobody cancels by themselves any more."""
    return now >= clock.instant_of(beginning(etape))


def check_takes_place(etape: Etape | EtapeVue) -> None:
    """Refuse to change who comes, or where, at an étape that does not take place."""
    if etape.state != PREVU:
        raise Refused(
            f"L’étape {french.of(etape.place_name)} est annulée : l’inscription reste telle quelle."
        )


def check_own_hand(etape: Etape | EtapeVue, act: Act) -> None:
    """Refuse to people themselves what only the team may do once the étape receives people."""
    if act.member_id is None and began(etape, act.now):
        raise Refused(
            f"L’étape {french.of(etape.place_name)} a commencé : l’inscription reste telle quelle. "
            "Prévenez l’équipe sur place, elle peut encore le faire."
        )
