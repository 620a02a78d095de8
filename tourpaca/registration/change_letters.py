"""What the house writes when the programme moves: the net change, old and new, to those whose places moved.

Who waits for a place is told too, without a calendar entry. One letter a mailbox, and one more when ateliers of theirs
are cancelled: a request to hold an entry never travels with the news that another is off.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import time
from typing import Any

from tourpaca import french
from tourpaca.mail.draft import Draft
from tourpaca.registration import letters, subjects
from tourpaca.registration.instead import NOTHING_SAID, Instead
from tourpaca.registration.letters import File, Guest, Seat
from tourpaca.registration.models import CONFIRMEE, EN_ATTENTE
from tourpaca.registration.rules import mailbox
from tourpaca.tour import rules as tour_rules
from tourpaca.tour.told import DATE, HORAIRE, LIEU, SALLE, Told, natures

OF = {DATE: "de date", HORAIRE: "d’horaire", LIEU: "de lieu", SALLE: "de salle"}
NAMES = {DATE: "Date", HORAIRE: "Horaire", LIEU: "Lieu", SALLE: "Salle"}
CHANGEMENT, ATELIER_ANNULE = "changement", "atelier_annule"
KINDS = (CHANGEMENT, ATELIER_ANNULE)


@dataclass(frozen=True)
class Move:
    """A place that moved: which, and what its calendar was told before and is told now."""

    place_id: int
    uid: str
    old: Told
    new: Told


def of_change(
    file: File, moves: Sequence[Move], marked: Collection[str] = (), off: Instead = NOTHING_SAID
) -> list[Draft]:
    """Return the letters about places that moved; `file` holds them as they are now, one sequence further.

    Of ateliers that are `off` they tell why, when that was said, and what is open instead.

    A guest without a mailbox, or whose mailbox is `marked` (nothing arrives there any more), is told through the
    contact; who has neither is told nothing.
    """
    by_uid = {move.uid: move for move in moves}
    drafts = []
    for to, guests in _served(file, marked):
        held = [
            (guest, seat, by_uid[seat.uid]) for guest in guests for seat in guest.seats if seat.uid in by_uid
        ]
        moved = [each for each in held if not each[2].new.cancelled]
        gone = [each for each in held if each[2].new.cancelled]
        drafts += [_letter(file, to, guests, CHANGEMENT, moved)] if moved else []
        drafts += [_letter(file, to, guests, ATELIER_ANNULE, gone, off)] if gone else []
    return drafts


def _served(file: File, marked: Collection[str]) -> list[tuple[tuple[str, str], list[Guest]]]:
    """Return each mailbox with its name and the guests it serves, as the first letters were sent."""
    here = mailbox(file.contact_email)
    boxes: dict[str, tuple[tuple[str, str], list[Guest]]] = {}
    for guest in file.guests:
        box = mailbox(guest.email) if guest.email and guest.email.lower() not in marked else here
        own = (file.contact_email, file.contact_name) if box == here else (guest.email, guest.name)
        boxes.setdefault(box, (own, []))[1].append(guest)
    return [(to, guests) for to, guests in boxes.values() if to[0] and to[0].lower() not in marked]


Moved = Sequence[tuple[Guest, Seat, Move]]


def _letter(
    file: File,
    to: tuple[str, str],
    guests: Sequence[Guest],
    kind: str,
    moved: Moved,
    off: Instead = NOTHING_SAID,
) -> Draft:
    named = [guest.name for guest in guests] != [to[1]]
    gone = kind == ATELIER_ANNULE
    events = tuple(
        letters.entry(file.etape, seat, guest.name if named else "", cancelled=gone)
        for guest, seat, _ in moved
        if seat.state == CONFIRMEE
    )
    own = mailbox(to[0]) != mailbox(file.contact_email)
    link = guests[0].link if own else file.link
    first, key = moved[0][1], f"place:{moved[0][2].place_id}"
    drafted = letters.drafted(file, kind, key, to, _subject(file, kind, moved), (), events, link)
    context = {**drafted.context, "people": _people(moved), **(_instead(guests, off) if gone else {})}
    over = tour_rules.end(file.etape)
    return replace(drafted, context=context, sequence=first.sequence, expires_at=over)


def _instead(guests: Sequence[Guest], off: Instead) -> dict[str, Any]:
    """Return why ateliers are off and what is open to people who have a place at the étape, or only wait."""
    inside = any(seat.state != EN_ATTENTE for guest in guests for seat in guest.seats)
    here = [
        {"title": offer.title, "left": _left(offer.left)} for offer in (off.inside if inside else off.outside)
    ]
    elsewhere = [
        {
            "place": each.place_name,
            "day": french.long_date(each.day),
            "left": _left(each.left),
            "link": each.address,
        }
        for each in off.elsewhere
    ]
    return {"reason": off.reason, "open": here, "elsewhere": elsewhere}


def _left(places: int | None) -> str:
    return "places non comptées" if places is None else french.plural(places, "place libre", "places libres")


def _subject(file: File, kind: str, moved: Moved) -> str:
    if kind == ATELIER_ANNULE:
        several = len({seat.title for _, seat, _ in moved}) > 1
        return subjects.change(file.etape, "Ateliers annulés" if several else "Atelier annulé")
    found = {nature for *_, move in moved for nature in natures(move.old, move.new)}
    told = [nature for nature in OF if nature in found]
    known = any(_said(move.old, nature) for *_, move in moved for nature in natures(move.old, move.new))
    if not told:
        return subjects.change(file.etape, "Atelier maintenu")
    whole = f"{'Changement' if known else 'Précision'} {french.listing([OF[nature] for nature in told])}"
    return subjects.change(file.etape, whole, "Plusieurs changements")


def _people(moved: Moved) -> list[dict[str, Any]]:
    people: dict[int, dict[str, Any]] = {}
    for guest, seat, move in moved:
        one = people.setdefault(guest.participant_id, {"name": guest.name, "places": []})
        hours = french.hours(seat.starts_at, seat.ends_at) if seat.starts_at else ""
        one["places"].append(
            {
                "hours": hours,
                "title": seat.title,
                "room": seat.room,
                "changes": list(_changes(move)),
                "rank": seat.rank,
            }
        )
    return list(people.values())


def _changes(move: Move) -> Iterable[dict[str, str]]:
    if move.old.cancelled != move.new.cancelled:
        yield {"what": "Atelier", "now": "annulé" if move.new.cancelled else "maintenu", "before": ""}
    for nature in natures(move.old, move.new):
        now = _said(move.new, nature) or "à préciser"
        yield {"what": NAMES[nature], "now": now, "before": _said(move.old, nature)}


def _said(told: Told, nature: str) -> str:
    return {
        DATE: french.long_date(told.day),
        HORAIRE: _hours(told.starts_at, told.ends_at),
        LIEU: told.place,
        SALLE: told.room,
    }[nature]


def _hours(start: time | None, end: time | None) -> str:
    return french.hours(start, end) if start else ""
