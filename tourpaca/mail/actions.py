"""What the team can do with letters: send one again, stop a send."""

from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from tourpaca import french
from tourpaca.db import table, transaction
from tourpaca.journal.models import Act
from tourpaca.journal.writing import write
from tourpaca.mail import delivery, outbox, rehearsal
from tourpaca.mail.models import (
    A_ENVOYER,
    EN_COURS,
    INTERROMPU,
    NOUVEL_ESSAI,
    PARTI,
    PERIME,
    RETENU,
    REVENU,
    Envoi,
    Letter,
)
from tourpaca.refusal import Refused, Unknown

_LETTER = table(Letter)


def resend(act: Act, letter_id: int) -> None:
    """Send a letter again: a refused, stopped or delayed one leaves as it is; one that left leaves as a copy.

    So does one that came back: a second notice must be told from the first.
    The copy has an identity of its own, or mail servers would drop it as already received.
    A held one lets the next try be at once, for all. Refuses a letter that waits for its turn or whose moment is past.
    """
    with transaction() as session:
        letter = session.scalar(select(Letter).where(Letter.id == letter_id).with_for_update())
        if letter is None:
            raise Unknown("Ce message n’existe pas.")
        if letter.state in (A_ENVOYER, EN_COURS):
            raise Refused("Ce message attend déjà son tour : il partira une seule fois.")
        if letter.state == PERIME:
            raise Refused("Ce message annonçait une séance qui est passée : il reste ici, et ne part plus.")
        if letter.state == RETENU:
            session.execute(update(Letter).where(Letter.state == RETENU).values(due_at=act.now))
        elif letter.state in (PARTI, REVENU):
            session.connection().execute(insert(_LETTER).values(_copy(session, act, letter)))
        else:
            letter.state, letter.due_at, letter.attempts, letter.lease_token = A_ENVOYER, act.now, 0, ""
        text = "Un message est renvoyé."
        write(session, act, "renvoyer", f"letter:{letter_id}", text, letter.tour_id, letter.etape_id)


def interrupt(act: Act, envoi_id: int) -> int:
    """Stop a send: what has not left stays here, and can be taken up again; return how many letters that is.

    What a worker holds is stopped too: it looks every half second, and writes what had left all the same, so that
    the list of who received is exact.
    """
    with transaction() as session:
        envoi = session.get(Envoi, envoi_id)
        if envoi is None:
            raise Unknown("Cet envoi n’existe pas.")
        waiting = (Letter.envoi_id == envoi_id, Letter.state.in_((A_ENVOYER, NOUVEL_ESSAI, RETENU, EN_COURS)))
        stopped: Any = session.execute(
            update(Letter).where(*waiting).values(state=INTERROMPU, answer=f"par {act.name}, avant le départ")
        )
        envoi.interrupted_at = act.now
        told = f"Un envoi est interrompu : {french.plural(stopped.rowcount, 'message')} ne partent pas."
        write(session, act, "interrompre", f"envoi:{envoi_id}", french.typo(told), envoi.tour_id)
    return int(stopped.rowcount)


def note_list(act: Act, envoi_id: int) -> None:
    """Write in the journal that the list of who received a send was taken out."""
    with transaction() as session:
        envoi = session.get_one(Envoi, envoi_id)
        told = "Liste d’un envoi sortie en CSV."
        asked: Any = envoi.criteria.get("etape_id")
        write(session, act, "envoi.exporter", f"envoi:{envoi_id}", told, envoi.tour_id, asked)


def try_settings(act: Act, email: str) -> rehearsal.Rehearsal:
    """Send one letter to an address at once; when the server takes it, the held letters may try again without waiting.

    No transaction is open while the server is spoken to.
    """
    tried = rehearsal.try_out(email, act.now, delivery.mailer)
    with transaction() as session:
        if tried.passed:
            session.execute(update(Letter).where(Letter.state == RETENU).values(due_at=act.now))
        outcome = "passe" if tried.passed else "ne passe pas"
        write(session, act, "essayer", "courrier", f"Un essai du courrier {outcome}.")
    return tried


def _copy(session: Session, act: Act, letter: Letter) -> dict[str, Any]:
    kind = letter.kind if letter.kind.endswith(outbox.AGAIN) else f"{letter.kind}{outbox.AGAIN}"
    same = (Letter.subject_key == letter.subject_key, Letter.kind == kind)
    number = session.scalar(select(func.count()).where(*same)) or 0
    kept = {column.name: getattr(letter, column.name) for column in _LETTER.columns if column.name != "id"}
    return {
        **kept,
        **outbox.fresh(act.now),
        "kind": kind,
        "unjoined": 0,
        "sequence": number,
        "message_id": outbox.message_id(letter.subject_key, kind, number),
        "sent_at": None,
        "expires_at": None,
        "lease_until": None,
    }
