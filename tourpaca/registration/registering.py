"""Registering, step by step inside the open transaction: take the places, meet namesakes, write the rows."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, select

from tourpaca import clock, french
from tourpaca.db import table
from tourpaca.kept.connection import Kept
from tourpaca.prepared import Open, Prepared
from tourpaca.registration import dossiers, letters, links, rules, taking
from tourpaca.registration.dossiers import NewPlace
from tourpaca.registration.models import CONFIRMEE, Place
from tourpaca.registration.programme import Offer, Programme
from tourpaca.registration.rules import Fault, Incomplete
from tourpaca.registration.submission import Submission, Wish
from tourpaca.registration.taking import Demand, Taken, Wishes

_PLACE = table(Place)
_LAST = Prepared(
    select(func.max(_PLACE.c.created_at)).where(
        _PLACE.c.atelier_id == bindparam("room"), _PLACE.c.state == CONFIRMEE
    )
)


class Known(Exception):
    """People of this submission seem registered already; `found` is position in it → participant."""

    def __init__(self, found: dict[int, int]) -> None:
        super().__init__(found)
        self.found = found


def all_wishes(programme: Programme, submission: Submission) -> Wishes:
    """Return every (position, wish) of a submission."""
    return [
        (number, wish)
        for number, person in enumerate(submission.people)
        for wish in rules.wishes_of(programme, person)
    ]


def take_places(
    connection: Open, programme: Programme, submission: Submission, wishes: Wishes, demand: Demand
) -> Taken:
    """Read what became of the places asked for; whoever accepted the waiting list waits where it is full.

    Refuses with `Incomplete` where a group does not fit and has not accepted to wait together.
    """
    taken = taking.take(connection, programme.etape.id, wishes, demand)
    unwilling = [(n, wish) for n, wish in wishes if wish.atelier_id in taken.first_ranks and not wish.waits]
    if unwilling:
        raise _full(connection, programme, submission, unwilling, taken)
    return taken


def refuse_if_full(kept: Kept, programme: Programme, submission: Submission, now: datetime) -> None:
    """Refuse, before anything is written, a new sending that wants without waiting what the programme shows full.

    Only to spare work in a rush: whoever passes meets the guarded updates, which alone say whether there is a place.
    """
    wishes = [
        (n, wish) for n, wish in all_wishes(programme, submission) if wish.atelier_id in programme.offers
    ]
    seen = _seen(programme, Counter(wish.atelier_id for _, wish in wishes))
    unwilling = [(n, wish) for n, wish in wishes if wish.atelier_id in seen.first_ranks and not wish.waits]
    full = any(programme.offers[wish.atelier_id].full for _, wish in unwilling)
    if full and not dossiers.is_written(kept, submission.key):
        rules.check_open(programme, now)
        rules.check(programme, submission)
        refusal = _full(kept, programme, submission, unwilling, seen)
        raise Incomplete(refusal.faults, refusal.crowded, programme)


def _seen(programme: Programme, groups: Counter[int]) -> Taken:
    """Return where groups would wait, and at which rank, as far as the programme tells."""
    wanted = [(programme.offers[atelier_id], size) for atelier_id, size in groups.items()]
    return Taken(
        first_ranks={
            offer.atelier_id: offer.waiting + 1
            for offer, size in wanted
            if offer.full or (offer.left is not None and size > offer.left)
        }
    )


def _full(
    connection: Open, programme: Programme, submission: Submission, unwilling: Wishes, taken: Taken
) -> Incomplete:
    groups = Counter(wish.atelier_id for _, wish in unwilling)
    offers = programme.offers
    lasts = {wish.atelier_id: _LAST.ask(connection, {"room": wish.atelier_id}) for _, wish in unwilling}
    faults = []
    for number, wish in unwilling:
        offer, size = offers[wish.atelier_id], groups[wish.atelier_id]
        rank = taken.first_ranks[wish.atelier_id]
        message = _crowded(offer, size, rank) or _just_filled(lasts[wish.atelier_id].value(), rank)
        other = _elsewhere(programme, offer, wish)
        who = submission.people[number].name
        summary = f"{who} : « {offer.label} » est complet, choisissez la liste d’attente ou un autre atelier"
        faults.append(Fault(f"p{number}-c{wish.creneau_id}", message + other, summary))
    return Incomplete(tuple(faults), frozenset((n, wish.atelier_id) for n, wish in unwilling))


def _crowded(offer: Offer, size: int, rank: int) -> str:
    """Say that a group does not fit where fewer places are left: it is not split."""
    if offer.full or offer.left is None or size <= offer.left or size == 1:
        return ""
    left = french.plural(offer.left, "place")
    return (
        f"Il reste {left} pour {size} personnes de votre inscription. Restez ici pour attendre ensemble "
        f"(n° {rank} sur la liste d’attente), changez le choix de {size - offer.left} d’entre elles"
    )


def _just_filled(at: datetime | None, rank: int) -> str:
    hour = f" à {french.hour(clock.local(at))}" if at else ""
    return f"Cet atelier vient de se remplir{hour}. Restez ici pour être n° {rank} sur la liste d’attente"


def _elsewhere(programme: Programme, offer: Offer, wish: Wish) -> str:
    """Name the atelier of the same créneau with the most room."""
    others = [o for s in programme.slots for o in s.offers if o.creneau_id == wish.creneau_id and not o.full]
    others = [o for o in others if o is not offer]
    if not others:
        return "."
    best = max(others, key=lambda o: float("inf") if o.left is None else o.left)
    if best.left is None:
        return f", ou prenez une place en « {best.label} »."
    if best.left == 1:
        return f", ou prenez la dernière place en « {best.label} »."
    return f", ou prenez une des {best.left} places en « {best.label} »."


def check_newcomers(namesakes: Callable[[], dict[int, int]]) -> None:
    """Stop with `Known` when somebody of this new dossier seems registered in another.

    Asked after the places: every registration of an étape has then passed the same locked row, so of two sendings
    at once the second sees the first.
    """
    found = namesakes()
    if found:
        raise Known(found)


def already_there(programme: Programme, submission: Submission, found: dict[int, int]) -> Incomplete:
    """Return the refusal that tells somebody they seem registered, without telling anything else."""
    message = (
        f"Si cette personne a déjà une inscription {french.at(programme.etape.place_name)}, le lien vient de partir "
        "par courriel. Si c’est quelqu’un d’autre, cochez « C’est une autre personne »."
    )
    return Incomplete(
        tuple(
            Fault(f"p{n}-another", message, f"{submission.people[n].name} : déjà une inscription, peut-être")
            for n in sorted(found)
        )
    )


def file_of(
    programme: Programme,
    submission: Submission,
    dossier_id: int,
    people: Sequence[int],
    places: Sequence[NewPlace],
) -> letters.File:
    """Return what the letters of a new dossier tell."""
    guests = tuple(
        letters.Guest(
            participant_id,
            person.name,
            person.email,
            tuple(_seat(programme, place) for place in places if place.number == number),
            links.address(links.token_of(submission.key, number)),
        )
        for number, (person, participant_id) in enumerate(zip(submission.people, people, strict=True))
    )
    return letters.File(
        dossier_id,
        programme.tour,
        programme.etape,
        submission.organisation,
        submission.contact_name,
        submission.contact_email,
        links.address(links.token_of(submission.key)),
        guests,
    )


def _seat(programme: Programme, place: NewPlace) -> letters.Seat:
    offer = programme.offers[place.wish.atelier_id]
    slot = programme.slot_of(offer)
    return letters.Seat(
        place.uid, offer.title, offer.room, slot.starts_at, slot.ends_at, place.state, place.rank
    )
