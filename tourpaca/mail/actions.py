"""What the team can do with letters: send one again, stop a send."""

from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from tourpaca import french
from tourpaca.db import table, transaction
from tourpaca.journal.models import Act
from tourpaca.journal.writing import write
from tourpaca.mail import outbox
from tourpaca.mail.models import A_ENVOYER, EN_COURS, INTERROMPU, NOUVEL_ESSAI, PARTI, Envoi, Letter
from tourpaca.refusal import Refused, Unknown

_LETTER = table(Letter)


def resend(act: Act, letter_id: int) -> None:
    """Send a letter again: a refused, stopped or delayed one leaves as it is; one that left leaves as a copy.

    The copy has an identity of its own, or mail servers would drop it as already received.
    Refuses a letter that is already waiting for its turn.
    """
    with transaction() as session:
        letter = session.scalar(select(Letter).where(Letter.id == letter_id).with_for_update())
        if letter is None:
            raise Unknown("Ce message n’existe pas.")
        if letter.state in (A_ENVOYER, EN_COURS):
            raise Refused("Ce message attend déjà son tour : il partira une seule fois.")
        if letter.state == PARTI:
            session.connection().execute(insert(_LETTER).values(_copy(session, act, letter)))
        else:
            letter.state, letter.due_at = A_ENVOYER, act.now
        text = "Un message est renvoyé."
        write(session, act, "renvoyer", f"letter:{letter_id}", text, letter.tour_id, letter.etape_id)


def interrupt(act: Act, envoi_id: int) -> int:
    """Stop a send: what has not left stays here, and can be taken up again; return how many letters that is.

    A letter that is being handed to the server at this moment still leaves.
    """
    with transaction() as session:
        envoi = session.get(Envoi, envoi_id)
        if envoi is None:
            raise Unknown("Cet envoi n’existe pas.")
        waiting = (Letter.envoi_id == envoi_id, Letter.state.in_((A_ENVOYER, NOUVEL_ESSAI)))
        stopped: Any = session.execute(
            update(Letter).where(*waiting).values(state=INTERROMPU, answer=f"par {act.name}, avant le départ")
        )
        envoi.interrupted_at = act.now
        told = f"Un envoi est interrompu : {french.plural(stopped.rowcount, 'message')} ne partent pas."
        write(session, act, "interrompre", f"envoi:{envoi_id}", french.typo(told), envoi.tour_id)
    return int(stopped.rowcount)


def _copy(session: Session, act: Act, letter: Letter) -> dict[str, Any]:
    kind = letter.kind if letter.kind.endswith(outbox.AGAIN) else f"{letter.kind}{outbox.AGAIN}"
    same = (Letter.subject_key == letter.subject_key, Letter.kind == kind)
    number = session.scalar(select(func.count()).where(*same)) or 0
    kept = {column.name: getattr(letter, column.name) for column in _LETTER.columns if column.name != "id"}
    return {
        **kept,
        **outbox.fresh(act.now),
        "kind": kind,
        "sequence": number,
        "message_id": outbox.message_id(letter.subject_key, kind, number),
        "sent_at": None,
        "lease_until": None,
    }
