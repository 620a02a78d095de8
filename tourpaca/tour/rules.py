"""What the words of the programme mean: places left, registrations open, how an étape is named."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from tourpaca import clock, french
from tourpaca.tour.models import ANNULE, CAPITALISATION, Atelier, Etape
from tourpaca.tour.programme import AtelierVu, EtapeVue

SALLE, TABLE, ETAPE = "la salle", "la table", "l’étape"
SANS_OUVERTURE, A_VENIR, OUVERTES, CLOSES = "sans_ouverture", "a_venir", "ouvertes", "closes"
END_OF_DAY = time(23, 59)


@dataclass(frozen=True)
class Free:
    """Places left in an atelier (None: no limit), and the limit that decides (empty when there is none)."""

    left: int | None
    limit: str

    @property
    def full(self) -> bool:
        """Tell whether nobody can be added."""
        return self.left is not None and self.left <= 0


@dataclass(frozen=True)
class Opening:
    """Whether registrations are open, and the wall-clock time of Paris at which they open or close, if known."""

    state: str
    at: datetime | None

    @property
    def open(self) -> bool:
        """Tell whether a registration is accepted."""
        return self.state == OUVERTES


def blocking_limit(
    taken: int,
    capacity: int | None,
    room_capacity: int | None,
    people: int = 0,
    etape_capacity: int | None = None,
) -> Free:
    """Return how many places are left and which limit decides: the smallest rest, the nearest limit first.

    `people` counts persons at the étape: somebody who holds a place there already does not count again,
    which only the registration knows. A capacity lowered under the number registered leaves 0, never less.
    """
    rests = (
        (TABLE, _rest(capacity, taken)),
        (SALLE, _rest(room_capacity, taken)),
        (ETAPE, _rest(etape_capacity, people)),
    )
    known = [(left, name) for name, left in rests if left is not None]
    if not known:
        return Free(None, "")
    left, name = min(known, key=lambda rest: rest[0])
    return Free(left, name)


def _rest(limit: int | None, used: int) -> int | None:
    return None if limit is None else max(limit - used, 0)


def free_places(atelier: Atelier | AtelierVu, etape: Etape | EtapeVue) -> Free:
    """Return the places left in an atelier of an étape, and the limit that decides."""
    return blocking_limit(
        atelier.taken, atelier.capacity, atelier.room_capacity, etape.people, etape.capacity
    )


def seats(atelier: Atelier | AtelierVu) -> int | None:
    """Return how many people an atelier can hold: the smaller of its table and its room; None without limit."""
    limits = [limit for limit in (atelier.capacity, atelier.room_capacity) if limit is not None]
    return min(limits) if limits else None


def overrun(what: str, registered: int, limit: int | None) -> list[str]:
    """Return what to say of a limit set under the number registered: nobody is removed."""
    if limit is None or registered <= limit:
        return []
    return [
        french.typo(
            f"{french.plural(registered, 'personne inscrite', 'personnes inscrites')} pour "
            f"{french.plural(limit, 'place')} ({what}) : personne n’est retiré, "
            "aucune place ne s’ouvre tant que le nombre dépasse."
        )
    ]


def opening(etape: Etape | EtapeVue, now: datetime) -> Opening:
    """Return whether registrations are open at `now` (aware); the minute of opening is in, that of closing is out.

    Without a closing time they close when the étape starts, at the end of its day when no hour is known.
    """
    wall = clock.local(now).replace(tzinfo=None)
    if etape.state == ANNULE:
        return Opening(CLOSES, None)
    closes_at = closing_time(etape)
    if wall >= closes_at:
        return Opening(CLOSES, closes_at)
    if etape.opens_at is None:
        return Opening(SANS_OUVERTURE, None)
    if wall < etape.opens_at:
        return Opening(A_VENIR, etape.opens_at)
    return Opening(OUVERTES, closes_at)


def closing_time(etape: Etape | EtapeVue) -> datetime:
    """Return the wall-clock time at which registrations close, said or deduced."""
    return etape.closes_at or datetime.combine(etape.day, etape.starts_at or END_OF_DAY)


def place(etape: Etape | EtapeVue) -> str:
    """Return "Nice", or "Bouches-du-Rhône (lieu à préciser)" while no town is known."""
    return etape.town or f"{etape.place_name} (lieu à préciser)"


def heading(etape: Etape | EtapeVue) -> str:
    """Return "mardi 30 janvier 2018 — Nice", the name of an étape everywhere."""
    return f"{french.long_date(etape.day)} — {place(etape)}"


def whereabouts(etape: Etape | EtapeVue) -> list[str]:
    """Return where to come, line by line: the venue, its address, and the town unless one of them says it."""
    lines = [etape.venue, *etape.address.splitlines()]
    said = [line.strip() for line in lines if line.strip()]
    return said if any(etape.town in line for line in said) else [*said, etape.town]


def kind_name(etape: Etape | EtapeVue) -> str:
    """Return what an étape is, in words."""
    return "événement de capitalisation" if etape.kind == CAPITALISATION else "matinée participative"


def end(etape: Etape | EtapeVue) -> datetime:
    """Return the instant (aware, UTC) at which an étape is over: its last hour, or midnight while no hour is known."""
    if etape.ends_at:
        return clock.instant(etape.day, etape.ends_at)
    return clock.instant(etape.day + timedelta(days=1), time())


def next_boundary(etapes: Iterable[Etape | EtapeVue], now: datetime) -> datetime:
    """Return the first instant after `now` at which time alone changes what may be said of these étapes.

    It is an opening, a closing, an end, or the next midnight of Paris ("dans 4 jours").
    """
    tomorrow = clock.local(now).date() + timedelta(days=1)
    instants = [clock.instant(tomorrow, time())]
    for etape in etapes:
        instants += [clock.instant_of(closing_time(etape)), end(etape)]
        instants += [clock.instant_of(etape.opens_at)] if etape.opens_at else []
    return min(instant for instant in instants if instant > now)
