"""What must always be true of letters: one that left can be shown, and none is held by nobody."""

from collections.abc import Iterator

from sqlalchemy import or_, select

from tourpaca.db import session
from tourpaca.mail.models import EN_COURS, PARTI, Letter


def breaches() -> Iterator[str]:
    """Yield each breach as a French sentence that names letters by their id and nobody by address."""
    unproved = or_(~Letter.mime.has(), Letter.message_id == "", Letter.sent_at.is_(None))
    for number in session().scalars(select(Letter.id).where(Letter.state == PARTI, unproved)):
        yield f"la lettre {number} est partie sans garder ses octets, son numéro ou son heure"
    held_by_nobody = or_(Letter.lease_token == "", Letter.lease_until.is_(None))
    for number in session().scalars(select(Letter.id).where(Letter.state == EN_COURS, held_by_nobody)):
        yield f"la lettre {number} est en cours d’envoi et personne ne la tient"
