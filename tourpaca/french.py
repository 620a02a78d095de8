"""How the house writes French: dates, hours, numbers, plurals, sorting, and the spaces of good typography."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from anyascii import anyascii

NBSP = "\u00a0"
THIN = "\u202f"
VOWELS = frozenset("aeiou")
DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)

WORDS = (
    *("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix"),
    *("onze", "douze", "treize", "quatorze", "quinze", "seize"),
)

# What stands before a département when something is held there. Vienne and Mayenne are left out: they are towns too.
IN_A_DEPARTEMENT = {
    name: before
    for before, names in {
        "en ": (
            "Ardèche, Ariège, Charente, Charente-Maritime, Corrèze, Corse-du-Sud, Côte-d’Or, Dordogne, Eure-et-Loir, "
            "Gironde, Guadeloupe, Guyane, Haute-Corse, Haute-Garonne, Haute-Loire, Haute-Marne, Haute-Saône, "
            "Haute-Savoie, Haute-Vienne, Ille-et-Vilaine, Indre-et-Loire, Loire-Atlantique, Lozère, Maine-et-Loire, "
            "Martinique, Meurthe-et-Moselle, Moselle, Saône-et-Loire, Savoie, Seine-Maritime, Seine-Saint-Denis, "
            "Seine-et-Marne, Vendée"
        ),
        "dans la ": "Creuse, Drôme, Loire, Manche, Marne, Meuse, Nièvre, Sarthe, Somme",
        "dans le ": (
            "Bas-Rhin, Calvados, Cantal, Cher, Doubs, Finistère, Gard, Gers, Haut-Rhin, Jura, Loir-et-Cher, Loiret, "
            "Lot, Lot-et-Garonne, Morbihan, Nord, Pas-de-Calais, Puy-de-Dôme, Rhône, Tarn, Tarn-et-Garonne, "
            "Territoire de Belfort, Val-d’Oise, Val-de-Marne, Var, Vaucluse"
        ),
        "dans l’": (
            "Ain, Aisne, Allier, Aube, Aude, Aveyron, Essonne, Eure, Hérault, Indre, Isère, Oise, Orne, Yonne"
        ),
        "dans les ": (
            "Alpes-Maritimes, Alpes-de-Haute-Provence, Ardennes, Bouches-du-Rhône, Côtes-d’Armor, Deux-Sèvres, "
            "Hautes-Alpes, Hautes-Pyrénées, Hauts-de-Seine, Landes, Pyrénées-Atlantiques, Pyrénées-Orientales, "
            "Vosges, Yvelines"
        ),
    }.items()
    for name in names.split(", ")
}
OF_A_DEPARTEMENT = {"dans la ": "de la ", "dans le ": "du ", "dans l’": "de l’", "dans les ": "des "}


def day_number(day: date) -> str:
    """Return "1er" for the first of a month, the plain number otherwise."""
    return "1er" if day.day == 1 else str(day.day)


def long_date(day: date) -> str:
    """Return "mardi 30 janvier 2018"."""
    return f"{short_date(day)} {day.year}"


def short_date(day: date) -> str:
    """Return "mardi 30 janvier"; the number stays with its month."""
    return f"{DAYS[day.weekday()]} {day_number(day)}{NBSP}{MONTHS[day.month - 1]}"


def plain_date(day: date) -> str:
    """Return "30 janvier 2018", without the name of the day."""
    return f"{day_number(day)}{NBSP}{MONTHS[day.month - 1]} {day.year}"


def weekday(day: date) -> str:
    """Return "mardi"."""
    return DAYS[day.weekday()]


def month(day: date) -> str:
    """Return "janvier"."""
    return MONTHS[day.month - 1]


def hour(moment: time | datetime) -> str:
    """Return "9 h 30", or "9 h" on the hour, with no-break spaces."""
    minutes = f"{NBSP}{moment.minute:02d}" if moment.minute else ""
    return f"{moment.hour}{NBSP}h{minutes}"


def hours(start: time, end: time | None) -> str:
    """Return "9 h 30 à 10 h 45", or the start alone when the end is unknown."""
    return f"{hour(start)} à {hour(end)}" if end else hour(start)


def moment(instant: datetime) -> str:
    """Return "mardi 30 janvier 2018 à 9 h 30" for a local date-time; a day that begins is the eve « à minuit »."""
    if instant.time() == time():
        return f"{long_date(instant - timedelta(days=1))} à minuit"
    return f"{long_date(instant)} à {hour(instant)}"


def ago(then: datetime, now: datetime) -> str:
    """Return "il y a 12 minutes", "il y a 2 heures", "hier, 17 h 04", then the date; both are local times."""
    minutes = int((now - then).total_seconds() // 60)
    if minutes < 1:
        return "à l’instant"
    if minutes < 60:
        return f"il y a {plural(minutes, 'minute')}"
    if then.date() == now.date():
        return f"il y a {plural(minutes // 60, 'heure')}"
    if (now.date() - then.date()).days == 1:
        return f"hier, {hour(then)}"
    return f"{short_date(then) if then.year == now.year else long_date(then)}, {hour(then)}"


def number(value: int) -> str:
    """Return an integer with thin spaces between thousands: "1 234"."""
    return f"{value:,}".replace(",", THIN)


def plural(count: int, singular: str, plural_form: str | None = None) -> str:
    """Return "0 personne", "1 personne", "2 personnes"; French keeps the singular below two."""
    word = singular if abs(count) < 2 else (plural_form or _add_s(singular))
    return f"{number(count)}{NBSP}{word}"


def in_words(count: int, feminine: bool = False) -> str:
    """Return "deux", "huit", "seize"; larger numbers stay in digits."""
    if count == 1:
        return "une" if feminine else "un"
    return WORDS[count] if 0 < count < len(WORDS) else number(count)


def listing(items: Iterable[str]) -> str:
    """Return "a, b et c"."""
    words = list(items)
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} et {words[-1]}"


def of(name: str) -> str:
    """Return "de Nice", "d’Alix", "du Muy", "des Arcs", "du Var": a name after « de », its article drawn in."""
    department = OF_A_DEPARTEMENT.get(IN_A_DEPARTEMENT.get(name, ""), "")
    if department:
        return department + name
    return _drawn_in(name, "du ", "des ") or (f"d’{name}" if fold(name)[:1] in VOWELS else f"de {name}")


def at(place: str) -> str:
    """Return "à Nice", "au Muy", "aux Arcs", "dans les Bouches-du-Rhône": where something is held."""
    if place in IN_A_DEPARTEMENT:
        return IN_A_DEPARTEMENT[place] + place
    return _drawn_in(place, "au ", "aux ") or f"à {place}"


def _drawn_in(name: str, masculine: str, plural_form: str) -> str:
    article, _, rest = name.partition(" ")
    drawn = {"Le": masculine, "Les": plural_form}.get(article, "")
    return drawn + rest if drawn and rest else ""


def typo(text: str) -> str:
    """Return text with the apostrophes and spaces of French: U+00A0 before :, inside « », after n°; U+202F before ; ! ?

    Addresses (http://…) and hours like 10:30 are left alone because only a space before the sign is replaced.
    """
    return _short_typo(text) if len(text) < SHORT else _typo(text)


def _typo(text: str) -> str:
    text = text.replace("'", "’")
    text = re.sub(r"«\s*", f"«{NBSP}", text)
    text = re.sub(r"\s*»", f"{NBSP}»", text)
    text = re.sub(r"[ \u00a0\u202f]+:", f"{NBSP}:", text)
    text = re.sub(r"[ \u00a0\u202f]*([;!?])(?=[\s»)]|$)", f"{THIN}\\1", text)
    text = re.sub(r"\b([nN]°) (?=\d)", f"\\1{NBSP}", text)
    text = re.sub(r"(\d) h\b", f"\\1{NBSP}h", text)
    return re.sub(rf"(\d{NBSP}h) (?=\d\d\b)", f"\\1{NBSP}", text)


SHORT = 200
# The same labels and subjects are asked for at each page and each letter; long texts would only fill the memory.
_short_typo = lru_cache(maxsize=1024)(_typo)


class _Letters(dict[int, str]):
    """What each letter is in ASCII, spelled once: names are folded by the thousand."""

    def __missing__(self, code: int) -> str:
        self[code] = said = chr(code) if code < 128 else anyascii(chr(code))
        return said


_LETTERS = _Letters()


def in_ascii(text: str) -> str:
    """Return a text without its accents, other letters spelled ("Œuvre" → "OEuvre", "Ł" → "L", "’" → "'")."""
    return text if text.isascii() else text.translate(_LETTERS)


def fold(text: str) -> str:
    """Return the text as a search compares it: no accent, no case, one kind of space and apostrophe."""
    return " ".join(in_ascii(text).casefold().split())


def sort_key(last_name: str, first_name: str = "") -> str:
    """Return the key that sorts people by NOM then Prénom as French does (É with E, hyphens as spaces)."""
    folded = fold(f"{last_name}  {first_name}").replace("-", " ").replace("'", " ")
    return " ".join(folded.split())


def _add_s(singular: str) -> str:
    """Put every word before the first "de/en/à/d’" in the plural: "place", "inscription en attente"."""
    words = singular.split(" ")
    stop = next(
        (i for i, w in enumerate(words) if w in {"de", "en", "à", "du", "sur"} or w[:2] in {"d’"}), len(words)
    )
    return " ".join(w if i >= stop or w.endswith(("s", "x")) else w + "s" for i, w in enumerate(words))
