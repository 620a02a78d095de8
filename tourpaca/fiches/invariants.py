"""What must always be true of published fiches: versions follow one another, organisations never outnumber people."""

from collections.abc import Iterator
from itertools import groupby

from sqlalchemy import select

from tourpaca.db import session
from tourpaca.fiches.models import FichePubliee


def breaches() -> Iterator[str]:
    """Yield each breach as a French sentence that names fiches by the id of their thématique."""
    asked = select(FichePubliee.thematique_id, FichePubliee.number).order_by(
        FichePubliee.thematique_id, FichePubliee.number
    )
    for thematique, rows in groupby(session().execute(asked), lambda row: row[0]):
        numbers = [number for _, number in rows]
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"les versions de la fiche {thematique} sont numérotées {numbers}"
