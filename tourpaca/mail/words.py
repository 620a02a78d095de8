"""How the outbox says where a letter is: its state in words, what the server said, what can be done."""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tourpaca import clock, french, setting
from tourpaca.mail import rules
from tourpaca.mail.models import (
    A_ENVOYER,
    EN_COURS,
    INTERROMPU,
    NOUVEL_ESSAI,
    PARTI,
    PERIME,
    REFUSE,
    RETENU,
    REVENU,
)
from tourpaca.mail.punctuality import Punctuality
from tourpaca.mail.queries import Progress, Trouble

TRIAL = "essai"
TAGS = {
    A_ENVOYER: "À envoyer",
    EN_COURS: "En cours",
    NOUVEL_ESSAI: "Nouvel essai",
    PARTI: "Parti",
    REFUSE: "Refusé",
    RETENU: "Retenu",
    PERIME: "Périmé",
    REVENU: "Revenu",
    INTERROMPU: "Interrompu",
}
AGAIN = {
    NOUVEL_ESSAI: "Essayer maintenant",
    RETENU: "Essayer maintenant",
    PARTI: "Renvoyer",
    REFUSE: "Renvoyer",
    REVENU: "Renvoyer",
    INTERROMPU: "Reprendre",
}
TABS = {
    "": "Tous",
    A_ENVOYER: "À envoyer",
    NOUVEL_ESSAI: "Nouvel essai",
    RETENU: "Retenus",
    PARTI: "Partis",
    REFUSE: "Refusés",
    REVENU: "Revenus",
    PERIME: "Périmés",
    INTERROMPU: "Interrompus",
}


@dataclass(frozen=True)
class Standing:
    """Where a letter is: the tag, its words, the line under it, and the verb that sends it again (or none).

    `correctable` when its address was refused: another one is what it needs.
    """

    tag: str
    words: str
    detail: str
    verb: str
    correctable: bool = False


def standing(letter: Any, now: datetime) -> Standing:
    """Return where a letter is, told at an instant; hours are those of Paris."""
    at = {PARTI: letter.sent_at, NOUVEL_ESSAI: letter.due_at}.get(letter.state)
    tag = TAGS[letter.state]
    words = f"{tag} {when(at, now)}" if at else tag
    return Standing(tag, words, _detail(letter, now), AGAIN.get(letter.state, ""), correctable(letter))


def correctable(letter: Any) -> bool:
    """Tell whether a letter needs another address; a trial goes to the member who asked for it."""
    refused = letter.state == REVENU or (letter.state == REFUSE and rules.blames_address(letter.answer))
    return refused and not letter.kind.startswith(TRIAL)


def unjoined(entries: int) -> str:
    """Return what is said of a letter without its calendar entries, and what to do."""
    what = "son rendez-vous" if entries == 1 else f"{entries} de ses rendez-vous"
    return french.typo(
        f"Sans {what} pour l’agenda : le texte dit l’heure et le lieu. Prévenez qui tient le site, puis renvoyez."
    )


def when(instant: datetime, now: datetime) -> str:
    """Return "à 17 h 04" for today, "le 29 janvier, 9 h" for another day, its year half a year away."""
    local, today = clock.local(instant), clock.local(now).date()
    if local.date() == today:
        return f"à {french.hour(local)}"
    year = f" {local.year}" if abs((local.date() - today).days) > 182 else ""
    return f"le {french.day_number(local)}\u00a0{french.month(local)}{year}, {french.hour(local)}"


def progress(send: Progress, now: datetime) -> tuple[str, str]:
    """Return what is said of a send under way: the counts, and what happens next."""
    parts = [f"{french.plural(send.sent, 'parti')} sur {french.number(send.total)}"]
    parts += [f"{french.number(send.waiting)} en attente"]
    parts += [french.plural(send.refused, "refusé")] if send.refused else []
    return ", ".join(parts), _next(send, now)


def trouble(found: Trouble, now: datetime) -> tuple[str, str]:
    """Return what is said when the mail server takes nothing: why, and what becomes of the letters."""
    waiting = f"{french.plural(found.letters, 'message')} {'attend' if found.letters < 2 else 'attendent'}"
    after = f"{waiting}. Prochain essai {when(found.next_try, now)}. Aucun n’est perdu, aucun ne partira deux fois."
    return french.typo(f"Le courrier ne part pas : {found.words}."), french.typo(after)


def punctuality(found: Punctuality) -> str:
    """Return « Depuis hier, 99 % des 412 messages sont partis en moins de 2 s, le plus lent en 4 s. »."""
    most, longest = _at_most(found.most), _at_most(found.longest)
    if found.letters < 2:
        return french.typo(f"Depuis hier, un message est parti, en {longest}.")
    number = french.number(found.letters)
    return french.typo(
        f"Depuis hier, 99 % des {number} messages sont partis en moins de {most}, le plus lent en {longest}."
    )


def _at_most(seconds: float) -> str:
    whole = max(math.ceil(seconds), 1)
    if whole < 120:
        return f"{whole}\u00a0s"
    return f"{math.ceil(whole / 60)}\u00a0min" if whole < 7200 else f"{math.ceil(whole / 3600)}\u00a0h"


def _next(send: Progress, now: datetime) -> str:
    if not setting.mail_is_set():
        return "Le départ attend qu’un serveur de courrier soit réglé."
    if send.trouble and send.departure:
        return french.typo(
            f"Dernière réponse du serveur : {send.trouble}. Prochain essai {when(send.departure, now)}. "
            "Aucun message n’est perdu, aucun ne partira deux fois."
        )
    if send.departure and send.departure > now:
        return f"Départ {when(send.departure, now)}. Vous pouvez encore interrompre."
    return ""


def _detail(letter: Any, now: datetime) -> str:
    if letter.state == A_ENVOYER:
        if not setting.mail_is_set():
            return "attend un serveur de courrier"
        return f"part {when(letter.due_at, now)}" if letter.due_at > now else "attend son tour"
    tries = f", {french.plural(letter.attempts, 'essai')}" if letter.state == NOUVEL_ESSAI else ""
    return f"{letter.answer}{tries}"
