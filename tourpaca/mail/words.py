"""How the outbox says where a letter is: its state in words, what the server said, what can be done."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tourpaca import clock, french, setting
from tourpaca.mail.models import A_ENVOYER, EN_COURS, INTERROMPU, NOUVEL_ESSAI, PARTI, REFUSE
from tourpaca.mail.queries import Progress

TAGS = {
    A_ENVOYER: "À envoyer",
    EN_COURS: "En cours",
    NOUVEL_ESSAI: "Nouvel essai",
    PARTI: "Parti",
    REFUSE: "Refusé",
    INTERROMPU: "Interrompu",
}
AGAIN = {
    NOUVEL_ESSAI: "Essayer maintenant",
    PARTI: "Renvoyer",
    REFUSE: "Renvoyer",
    INTERROMPU: "Reprendre",
}
TABS = {
    "": "Tous",
    A_ENVOYER: "À envoyer",
    NOUVEL_ESSAI: "Nouvel essai",
    PARTI: "Partis",
    REFUSE: "Refusés",
    INTERROMPU: "Interrompus",
}


@dataclass(frozen=True)
class Standing:
    """Where a letter is: the tag, its words, the line under it, and the verb that sends it again (or none)."""

    tag: str
    words: str
    detail: str
    verb: str


def standing(letter: Any, now: datetime) -> Standing:
    """Return where a letter is, told at an instant; hours are those of Paris."""
    at = {PARTI: letter.sent_at, NOUVEL_ESSAI: letter.due_at}.get(letter.state)
    tag = TAGS[letter.state]
    words = f"{tag} {when(at, now)}" if at else tag
    return Standing(tag, words, _detail(letter, now), AGAIN.get(letter.state, ""))


def when(instant: datetime, now: datetime) -> str:
    """Return "à 17 h 04" for today, "le 29 janvier, 9 h" for another day."""
    local, today = clock.local(instant), clock.local(now).date()
    if local.date() == today:
        return f"à {french.hour(local)}"
    return f"le {french.day_number(local)}\u00a0{french.month(local)}, {french.hour(local)}"


def progress(send: Progress, now: datetime) -> tuple[str, str]:
    """Return what is said of a send under way: the counts, and what happens next."""
    parts = [f"{french.plural(send.sent, 'parti')} sur {french.number(send.total)}"]
    parts += [f"{french.number(send.waiting)} en attente"]
    parts += [french.plural(send.refused, "refusé")] if send.refused else []
    return ", ".join(parts), _next(send, now)


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
