"""What a mark may say, how a typed name or a typed run of numbers reads, and when a room is over its number."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from tourpaca import clock, french
from tourpaca.attendance.models import ABSENT, EXCUSE, PRESENT, SANS_REPONSE
from tourpaca.mail import addresses
from tourpaca.refusal import Refused

STATUSES = (PRESENT, ABSENT, EXCUSE, SANS_REPONSE)
PORTE, PAPIER, APRES_COUP, IMPORT = "porte", "papier", "apres_coup", "import"
LONGEST_NAME, LONGEST_REASON = 120, 300


@dataclass(frozen=True)
class NewMark:
    """A mark to record; `nonce` names this one gesture, so that sending it again counts once.

    `marked_at` is when it was noted, when that is not the moment of the act (aware).
    """

    nonce: str
    participant_id: int
    atelier_id: int
    status: str
    source: str = PORTE
    reason: str = ""
    marked_at: datetime | None = None


@dataclass(frozen=True)
class Arrival:
    """A person who comes without being expected, as typed at the door: at most four fields."""

    name: str
    organisation: str = ""
    email: str = ""
    reason: str = ""


def check_mark(mark: NewMark) -> None:
    """Refuse a status that is not one of the four, or a gesture without a name."""
    if mark.status not in STATUSES or not mark.nonce:
        raise Refused(
            "Cette présence n’a pas été comprise et rien n’a changé. Rechargez la page, puis recommencez."
        )


def faults(arrival: Arrival) -> dict[str, str]:
    """Return what is missing in a walk-in, field by field, in words; empty when all is well."""
    found = {}
    if not any(c.isalpha() for c in arrival.name):
        found["name"] = "Indiquez le nom de la personne. Exemple : Maxime Échantillon"
    elif len(arrival.name) > LONGEST_NAME:
        found["name"] = f"Ce nom dépasse {LONGEST_NAME} caractères : gardez le nom et le prénom."
    if len(arrival.organisation) > 2 * LONGEST_NAME:
        found["organisation"] = f"Ce nom dépasse {2 * LONGEST_NAME} caractères : raccourcissez-le."
    if arrival.email and (fault := addresses.fault(arrival.email)):
        found["email"] = fault
    if len(arrival.reason) > LONGEST_REASON:
        found["reason"] = f"Cette raison dépasse {LONGEST_REASON} caractères : résumez-la."
    return found


def check_arrival(arrival: Arrival) -> None:
    """Refuse a walk-in in which something is missing."""
    for name, sentence in faults(arrival).items():
        raise Refused(sentence, field=name)


def split_name(typed: str) -> tuple[str, str]:
    """Return (first name, last name) of a name typed in one field.

    Words in capitals are the NOM wherever they stand (« ÉCHANTILLON Maxime »); without any, the first word is
    the first name (« Maxime Échantillon »); a single word is the last name.
    """
    words = typed.split()
    capitals = [w for w in words if len(w) > 1 and w.isupper()]
    if capitals and len(capitals) < len(words):
        return " ".join(w for w in words if w not in capitals), " ".join(capitals)
    if len(words) < 2:
        return "", typed.strip()
    return words[0], " ".join(words[1:])


def source_on(day: date, now: datetime, source: str) -> str:
    """Return the source of a mark, « saisi après coup » when it is made after the day of the étape."""
    return APRES_COUP if clock.local(now).date() > day else source


def check_room(here: int, limit: int | None, reason: str) -> None:
    """Refuse one more person over the number of the room unless a reason says why."""
    if limit is not None and here >= limit and not reason.strip():
        raise Refused(
            f"{french.plural(here, 'personne attendue ou présente', 'personnes attendues ou présentes')} pour "
            f"{french.plural(limit, 'place')}. Vous pouvez accueillir cette personne : dites pourquoi, "
            "le dépassement sera noté.",
            field="reason",
        )


def check_nobody_noted(answers: int) -> None:
    """Refuse to cancel an atelier where somebody is already noted present, absent or excused."""
    if answers:
        raise Refused("Des présences sont déjà notées dans cet atelier : il ne s’annule plus.")


def read_numbers(typed: str, last: int) -> list[int]:
    """Return the numbers of « 1 3 4-9 12 » in order, each once; refuse one that is not on a list of `last` lines."""
    numbers: dict[int, None] = {}
    for piece in re.sub(r"\s*[-–—]\s*", "-", typed.strip()).replace(",", " ").replace(";", " ").split():
        numbers.update(dict.fromkeys(_range(piece, last)))
    return sorted(numbers)


def _range(piece: str, last: int) -> Iterable[int]:
    found = re.fullmatch(r"(\d{1,4})(?:-(\d{1,4}))?", piece)
    if found is None:
        raise Refused(f"« {piece} » n’est pas un numéro de la feuille. Exemple : 1 3 4-9 12", field="numbers")
    start, end = int(found[1]), int(found[2] or found[1])
    if not 1 <= start <= end <= last:
        raise Refused(f"La feuille va de 1 à {last} : « {piece} » n’y est pas.", field="numbers")
    return range(start, end + 1)


def matches(typed: str, *names: str) -> bool:
    """Tell whether every word typed begins somewhere in the names, whatever the accents, the case and the order."""
    there = " " + french.sort_key(" ".join(names))
    return all(f" {word}" in there for word in french.sort_key(typed).split())
