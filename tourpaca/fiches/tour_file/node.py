"""One value of a YAML file, with the way to it, so that a wrong one is refused by its place in the file."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

import yaml

from tourpaca.french import typo
from tourpaca.refusal import Refused

LARGEST = 5 * 1024 * 1024


def load(data: bytes) -> "Node":
    """Return the root of a YAML file; refuses what is not one, in one line."""
    if len(data) > LARGEST:
        raise Refused("Ce fichier dépasse 5 Mo : ce n’est pas celui d’une tournée.")
    try:
        # The C reader, where it was built, is ten times faster than the other; both take plain values only.
        return Node(yaml.load(data, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)), "fichier")
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as fault:
        raise Refused(typo(f"Ce fichier ne se lit pas comme du YAML{_place(fault)}.")) from None


def _place(fault: Exception) -> str:
    mark = getattr(fault, "problem_mark", None)
    return f" : voyez la ligne {mark.line + 1}" if mark else ""


class Node:
    """A value and where it stands ("tournee › etapes › 2 › date")."""

    def __init__(self, value: Any, place: str) -> None:
        self.value = value
        self.place = place

    def refused(self, expected: str) -> Refused:
        """Return the refusal of this value."""
        shown = str(self.value)
        shown = shown if len(shown) <= 60 else shown[:57] + "…"
        return Refused(typo(f"{self.place} : {expected} est attendu, on lit « {shown} »."))

    def get(self, key: str) -> "Node":
        """Return what a key holds (None when it is absent); refuses when this is not a table of keys."""
        if not isinstance(self.value, dict):
            raise self.refused("un groupe de champs")
        place = key if self.place == "fichier" else f"{self.place} › {key}"
        return Node(self.value.get(key), place)

    def items(self, key: str) -> Iterator["Node"]:
        """Yield the elements of a list under a key, none when it is absent."""
        held = self.get(key)
        if held.value is None:
            return
        if not isinstance(held.value, list):
            raise held.refused("une liste")
        for number, value in enumerate(held.value, 1):
            yield Node(value, f"{held.place} › {number}")

    def has(self, key: str) -> bool:
        """Tell whether a key is written, even empty."""
        return isinstance(self.value, dict) and key in self.value

    def text(self) -> str:
        """Return a text as printed, empty when absent."""
        if self.value is None:
            return ""
        if isinstance(self.value, bool | list | dict):
            raise self.refused("un texte")
        return str(self.value)

    def required(self) -> str:
        """Return a text that may not be empty."""
        found = self.text()
        if not found.strip():
            raise self.refused("un texte")
        return found

    def integer(self) -> int | None:
        """Return a whole number from 0 to 100 000, or None when absent."""
        if self.value is None:
            return None
        if isinstance(self.value, bool) or not isinstance(self.value, int) or not 0 <= self.value <= 100_000:
            raise self.refused("un nombre entier")
        return self.value

    def flag(self) -> bool:
        """Return oui or non; absent is non."""
        if self.value is None:
            return False
        if not isinstance(self.value, bool):
            raise self.refused("true ou false")
        return self.value

    def texts(self) -> list[str]:
        """Return a list of texts, empty when absent."""
        if self.value is None:
            return []
        if not isinstance(self.value, list):
            raise self.refused("une liste de textes")
        return [Node(value, f"{self.place} › {n}").text() for n, value in enumerate(self.value, 1)]

    def day(self) -> date:
        """Return a date, written AAAA-MM-JJ."""
        if isinstance(self.value, date) and not isinstance(self.value, datetime):
            return self.value
        try:
            return date.fromisoformat(self.text())
        except ValueError:
            raise self.refused("une date AAAA-MM-JJ") from None

    def hour(self) -> time | None:
        """Return an hour written 9:30 or « 9 h 30 », or None when absent."""
        if self.value is None or self.value == "":
            return None
        # YAML 1.1 reads an unquoted 9:30 as a number in base sixty.
        if isinstance(self.value, int) and not isinstance(self.value, bool) and 60 <= self.value < 24 * 60:
            return time(*divmod(self.value, 60))
        found = re.fullmatch(r"(\d{1,2})\s*[h:]\s*(\d{2})?(?::00)?", str(self.value).strip())
        if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
            raise self.refused("une heure comme 9:30")
        return time(int(found[1]), int(found[2] or 0))

    def wall(self) -> datetime | None:
        """Return a date and hour of Paris written AAAA-MM-JJ HH:MM, or None when absent."""
        found = self._moment("une date et une heure AAAA-MM-JJ HH:MM")
        if found and found.tzinfo:
            raise self.refused("une heure de Paris, sans fuseau")
        return found

    def instant(self) -> datetime | None:
        """Return an instant written in UTC (AAAA-MM-JJTHH:MM:SS+00:00), or None when absent."""
        found = self._moment("un instant AAAA-MM-JJTHH:MM:SS+00:00")
        if found is None:
            return None
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)

    def _moment(self, expected: str) -> datetime | None:
        if self.value is None or self.value == "":
            return None
        if isinstance(self.value, datetime):
            return self.value
        try:
            return datetime.fromisoformat(str(self.value))
        except ValueError:
            raise self.refused(expected) from None
