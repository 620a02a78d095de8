"""The sheets that people sign (domain §11, face §8): one per atelier, or one at the desk for the whole étape."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time
from typing import Any

from tourpaca import clock, french, paper
from tourpaca.attendance import queries
from tourpaca.attendance.queries import DeskLine, Line
from tourpaca.french import NBSP, THIN
from tourpaca.refusal import Refused
from tourpaca.tour import images
from tourpaca.tour.models import ANNULE, Atelier, Creneau, Etape

BLANK_LINES = 5
COLUMNS = ("N°", "NOM", "Prénom", "Organisation")
LOGOS = 4
SHORT_DOTS, DOTS = "." * 16, "." * 38


def sheets(etape: Etape, ateliers: Iterable[Atelier], now: datetime) -> bytes:
    """Return one PDF/UA-1 file with a sheet per atelier that is not cancelled, people in the order of the door's list.

    No e-mail, no telephone, no gender: the sheet circulates. Refuses when there is nothing to sign.
    """
    held = [each for each in ateliers if each.state != ANNULE and etape.state != ANNULE]
    if not held:
        raise Refused("Aucun atelier à signer : ils sont annulés, ou le programme est encore vide.")
    return _typeset(etape, [_atelier_sheet(etape, each) for each in held], now)


def desk_sheet(etape: Etape, now: datetime) -> bytes:
    """Return the sheet kept at the desk: everybody of the étape, one column of signature per créneau.

    The column says in which atelier the person is expected; it is tinted where they are not.
    """
    creneaux = [each for each in etape.creneaux if each.ateliers]
    if not creneaux or etape.state == ANNULE:
        raise Refused("Aucun atelier à signer : l’étape est annulée, ou son programme est encore vide.")
    rows = [_desk_row(line, creneaux) for line in queries.desk(etape.id)]
    sheet = _sheet(etape, "Feuille de l’accueil, tous les ateliers", _desk_line(etape), rows, creneaux)
    return _typeset(etape, [sheet], now)


def _typeset(etape: Etape, made: list[dict[str, Any]], now: datetime) -> bytes:
    data = {
        "title": f"Émargement, {etape.place_name}, {french.long_date(etape.day)}",
        "author": etape.tour.organiser_name or etape.tour.name,
        "printed": f"Imprimé le {french.plain_date(clock.local(now).date())} à {french.hour(clock.local(now))}.",
        "sheets": made,
    }
    logos = images.contents(partner["src"] for sheet in made for partner in sheet["logos"])
    return paper.typeset("paper/emargement.typ", data, logos)


def _atelier_sheet(etape: Etape, atelier: Atelier) -> dict[str, Any]:
    theme = atelier.thematique
    title = f"{atelier.ordre}. {french.typo(theme.title)}" if theme else f"Événement, {etape.place_name}"
    rows = [_row(line) for line in queries.lines(atelier.id, etape.id)]
    return _sheet(etape, title, _atelier_line(atelier), rows, [atelier.creneau])


def _sheet(
    etape: Etape, title: str, line: tuple[str, str], rows: list[dict[str, Any]], creneaux: Sequence[Creneau]
) -> dict[str, Any]:
    tour = etape.tour
    day = f"{etape.place_name}, {french.long_date(etape.day)}"
    blank = [_blank(number, len(creneaux)) for number in range(len(rows) + 1, len(rows) + 1 + BLANK_LINES)]
    return {
        "kicker": (f"{tour.name}. Étape {etape.ordre}, ", day, ". Feuille d’émargement"),
        "title": title,
        "line": line,
        "logos": [{"name": each.name, "src": each.logo} for each in tour.partenaires[:LOGOS]],
        "columns": COLUMNS,
        "signatures": [f"Signature, créneau {each.ordre}" for each in creneaux],
        "rows": [*rows, *blank],
        "notice": _notice(etape),
    }


def _atelier_line(atelier: Atelier) -> tuple[str, str]:
    """Return the créneau and its hours, then the room and who facilitates; what is not known is left to the pen."""
    slot = atelier.creneau
    room = f". {atelier.room}" if atelier.room else f". Salle{NBSP}: {DOTS}"
    hours = _hours(slot.starts_at, slot.ends_at)
    return f"Créneau {slot.ordre}, {hours}", f"{room}. Animation{NBSP}: {atelier.facilitators or DOTS}"


def _desk_line(etape: Etape) -> tuple[str, str]:
    return _hours(etape.starts_at, etape.ends_at), f". {etape.venue}." if etape.venue else "."


def _hours(start: time | None, end: time | None) -> str:
    return french.hours(start, end) if start else f"de {SHORT_DOTS} à {SHORT_DOTS}"


def _row(line: Line) -> dict[str, Any]:
    return _person(line.number, line.last_name, line.first_name, line.organisation, [""])


def _desk_row(line: DeskLine, creneaux: Sequence[Creneau]) -> dict[str, Any]:
    signs = [f"atelier {line.ateliers[c.id]}" if c.id in line.ateliers else None for c in creneaux]
    return _person(line.number, line.last_name, line.first_name, line.organisation, signs)


def _person(number: int, last: str, first: str, organisation: str, signs: list[str | None]) -> dict[str, Any]:
    return {
        "number": number,
        "last": last.upper(),
        "first": first,
        "organisation": organisation,
        "signs": signs,
    }


def _blank(number: int, signatures: int) -> dict[str, Any]:
    return _person(number, "", "", "", [""] * signatures)


def _notice(etape: Etape) -> str:
    """Return the words of domain §20 D2, with the retention and the contact that the tour has chosen."""
    tour = etape.tour
    contact = etape.contact_email or tour.contact_email
    rights = f" Droits{NBSP}: {contact}." if contact else ""
    return (
        f"Feuille destinée à la preuve de présence auprès des financeurs{THIN}; conservée {tour.proof_retention} "
        f"par {tour.organiser_name or 'l’organisateur'}.{rights}"
    )
