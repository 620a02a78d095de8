"""What the house writes to those who waited: the place is theirs, or held out to them, or went on without them.

One act writes at most one such letter to a mailbox; what a calendar must drop travels in a letter of its own, since a
request never goes with a cancellation.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tourpaca import clock, french
from tourpaca.mail.draft import Draft
from tourpaca.registration import files, letters, subjects
from tourpaca.registration.letters import File, Guest, Seat
from tourpaca.registration.rules import mailbox

PROMOTION, PROPOSITION, PASSEE, PLACE_RENDUE = "promotion", "proposition", "offre_passee", "place_rendue"
CHOIX = "atelier_choisi"


@dataclass(frozen=True)
class Given:
    """A place given, or held out `until` an instant; `moved` are the places that its holder gave back for it.

    `chosen` from the page of the registration, or `by_team` for them, where it may also be only waited for.
    """

    place_id: int
    participant_id: int
    dossier_id: int
    moved: tuple[files.Held, ...] = ()
    until: datetime | None = None
    chosen: bool = False
    by_team: bool = False


Box = tuple[tuple[str, str], list[Guest], str]


def of_given(file: File, given: Sequence[Given]) -> list[Draft]:
    """Return the letters about places of one dossier, all given or all held out by one act."""
    by_person: dict[int, list[Given]] = {}
    for each in given:
        by_person.setdefault(each.participant_id, []).append(each)
    drafts = []
    for to, guests, link in _boxes(file, by_person):
        theirs = [each for guest in guests for each in by_person[guest.participant_id]]
        drafts.append(_letter(file, to, guests, theirs, link))
        # The entry of an atelier that is off left the calendar with the news of it.
        moved = [place for each in theirs for place in each.moved if not place.off]
        drafts += [_given_back(file, to, guests, moved, link)] if moved else []
    return drafts


def _boxes(file: File, people: Collection[int]) -> list[Box]:
    """Return each mailbox with its name, the guests it serves among some people, and the page it opens."""
    here = mailbox(file.contact_email)
    found: dict[str, Box] = {}
    for guest in file.guests:
        if guest.participant_id in people and (guest.email or file.contact_email):
            box = mailbox(guest.email) if guest.email else here
            own = (guest.email, guest.name) if guest.email else (file.contact_email, file.contact_name)
            # The page of the whole dossier is the contact’s alone.
            link = file.link if box == here else guest.link
            found.setdefault(box, (own, [], link))[1].append(guest)
    return list(found.values())


def _letter(
    file: File, to: tuple[str, str], guests: Sequence[Guest], given: Sequence[Given], link: str
) -> Draft:
    until = given[0].until
    kind = CHOIX if given[0].chosen else PROPOSITION if until else PROMOTION
    chosen = _chosen(file, guests, given[0])
    key, subject = f"place:{given[0].place_id}", chosen or _subject(file, to, guests, until)
    several = len(guests) > 1  # who shares a mailbox answers from a page of their own
    draft = letters.drafted(file, kind, key, to, subject, guests, (), link, own_links=several)
    if until:
        context = {**draft.context, "answer_before": french.moment(clock.local(until))}
        return replace(draft, context=context, expires_at=until)
    new = _only(guests, {each.place_id for each in given})
    context = {**draft.context, **({"by_team": True} if given[0].by_team else {})}
    return replace(draft, context=context, events=letters.entries(file.etape, new, to[1]))


def _subject(file: File, to: tuple[str, str], guests: Sequence[Guest], until: datetime | None) -> str:
    own = [guest.name for guest in guests] == [to[1]]
    if until:
        return subjects.change(file.etape, "Une place vous attend" if own else "Une place à confirmer")
    named = () if own else tuple(f"Une place pour {guest.name}" for guest in guests[:1] if len(guests) == 1)
    return subjects.change(
        file.etape, *(("Une place est à vous",) if own else (*named, "Une place se libère"))
    )


def _chosen(file: File, guests: Sequence[Guest], given: Given) -> str:
    """Return the subject of what was chosen: a place taken, in place of another or not, or a rank."""
    if not given.chosen:
        return ""
    (rank,) = [seat.rank for guest in guests for seat in guest.seats if seat.place_id == given.place_id]
    taken = "Changement d’atelier" if given.moved else "Atelier ajouté"
    return subjects.change(file.etape, "Liste d’attente" if rank else taken)


def _given_back(
    file: File, to: tuple[str, str], guests: Sequence[Guest], moved: Sequence[files.Held], link: str
) -> Draft:
    """Return the letter that takes out of the calendar the places given back for others."""
    told = [
        replace(
            guest,
            seats=tuple(_left(place) for place in moved if place.participant_id == guest.participant_id),
        )
        for guest in guests
    ]
    events = letters.entries(file.etape, told, to[1], cancelled=True)
    people = [guest for guest in told if guest.seats]
    key, subject = f"place:{moved[0].place_id}", subjects.change(file.etape, "Place rendue")
    return letters.drafted(file, PLACE_RENDUE, key, to, subject, people, events, link)


def _only(guests: Sequence[Guest], places: Collection[int]) -> list[Guest]:
    """Return guests with none but these places: what they held before is in their calendar already."""
    return [
        replace(guest, seats=tuple(seat for seat in guest.seats if seat.place_id in places))
        for guest in guests
    ]


def _left(place: files.Held) -> Seat:
    return replace(files.seat(place), sequence=place.sequence + 1)


def of_passing(file: File, passed: Sequence[files.Held]) -> list[Draft]:
    """Return the letters that tell people that their offer ended without an answer, and how to wait again."""
    by_person = {place.participant_id: place for place in passed}
    drafts = []
    for to, guests, link in _boxes(file, by_person):
        told = [replace(guest, seats=(files.seat(by_person[guest.participant_id]),)) for guest in guests]
        first = by_person[guests[0].participant_id]
        subject = subjects.change(file.etape, "L’offre est close")
        drafts.append(
            letters.drafted(
                file, PASSEE, f"place:{first.place_id}", to, subject, told, (), link, own_links=len(told) > 1
            )
        )
    return drafts
