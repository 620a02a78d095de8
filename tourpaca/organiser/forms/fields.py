"""The fields of the team's forms: read from what was typed, shown as typed, and said in French."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from tourpaca import french

TIME = re.compile(r"(\d{1,2})\s*[h:]\s*(\d{2})?")
LINES = "lines"
_BREAKS = re.compile(r"[\t\r\n]+")
FRENCH_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


@dataclass(frozen=True)
class Field:
    """One field of a form. `empty` is what an empty field means; `choices` are (value, words)."""

    name: str
    label: str
    kind: str = "text"
    hint: str = ""
    optional: bool = True
    width: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    empty: Any = None

    @property
    def input_type(self) -> str:
        """The type of the HTML control."""
        return {"moment": "datetime-local", "number": "text"}.get(self.kind, self.kind)


@dataclass
class Form:
    """What was typed, field by field; what it means; what does not go."""

    typed: dict[str, str]
    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def blame(self, messages: Mapping[str, str]) -> None:
        """Add messages beside fields; a field that could not be read keeps its own."""
        self.errors = {**messages, **self.errors}


def read(fields: Iterable[Field], posted: Mapping[str, str], suffix: str = "") -> Form:
    """Read a form; the names of its controls end with `suffix`."""
    form = Form({each.name: _typed(each, posted.get(each.name + suffix, "")) for each in fields})
    for each in fields:
        try:
            form.values[each.name] = _meaning(each, form.typed[each.name])
        except ValueError:
            form.values[each.name] = each.empty
            form.errors[each.name] = french.typo(REMEDIES[each.kind])
    return form


def one_line(text: str) -> str:
    """Return what was typed in a field of one line; only a program sends it several."""
    return _BREAKS.sub(" ", text).strip()


def _typed(each: Field, text: str) -> str:
    return text.strip() if each.kind == LINES else one_line(text)


def shown(fields: Iterable[Field], row: object) -> Form:
    """Return a form that shows what a row holds."""
    return Form({each.name: as_typed(getattr(row, each.name)) for each in fields})


def blank(fields: Iterable[Field], **typed: str) -> Form:
    """Return an empty form, but for what is given."""
    return Form({each.name: typed.get(each.name, "") for each in fields})


def as_shown(form: Form) -> str:
    """Return what a page shows, to travel in its form (field `montre`): it tells later who changed what."""
    return json.dumps(form.typed, ensure_ascii=False)


def version(posted: Mapping[str, str]) -> int:
    """Return the version at which a page was read; 0, which nothing has, when it does not say."""
    typed = posted.get("version", "")
    return int(typed) if typed.isdigit() else 0


def as_typed(value: object) -> str:
    """Return a stored value as its control holds it: "09:30", "2018-01-30", "2018-01-30T08:00"."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return "" if value is None else str(value)


def said(each: Field, typed: str) -> str:
    """Return what was typed as a person reads it: "mardi 30 janvier 2018", "9 h 30"."""
    if each.choices:
        return dict(each.choices).get(typed, typed)
    try:
        meaning = _meaning(each, typed)
    except ValueError:
        return typed
    return SAYINGS.get(each.kind, str)(meaning) if typed else ""


def _meaning(each: Field, typed: str) -> Any:
    if not typed and each.kind in READERS:
        return each.empty
    return READERS.get(each.kind, _read_text)(typed)


def _read_text(typed: str) -> str:
    return typed.replace("\r\n", "\n")


def _read_date(typed: str) -> date:
    french_way = FRENCH_DATE.fullmatch(typed)
    if french_way:
        day, month, year = map(int, french_way.groups())
        return date(year, month, day)
    return date.fromisoformat(typed)


def _read_time(typed: str) -> time:
    found = TIME.fullmatch(typed.replace("\u00a0", " "))
    if not found:
        raise ValueError(typed)
    return time(int(found[1]), int(found[2] or 0))


def _read_moment(typed: str) -> datetime:
    found = datetime.fromisoformat(typed)
    if found.tzinfo:
        raise ValueError(typed)
    return found.replace(second=0, microsecond=0)


READERS: dict[str, Callable[[str], Any]] = {
    "date": _read_date,
    "time": _read_time,
    "moment": _read_moment,
    "number": int,
}
SAYINGS: dict[str, Callable[[Any], str]] = {
    "date": french.long_date,
    "time": french.hour,
    "moment": french.moment,
    "number": french.number,
}
REMEDIES = {
    "date": "Cette date n’est pas au calendrier. Exemple : 30/01/2018.",
    "time": "Écrivez l’heure ainsi : 9 h 30.",
    "moment": "Indiquez un jour et une heure.",
    "number": "Écrivez un nombre entier, en chiffres, ou laissez vide.",
}
