"""The partners of a tour: who they are, and in what order their names or logos close the pages."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import delete, select

from tourpaca.db import transaction
from tourpaca.journal.models import Act
from tourpaca.refusal import Refused
from tourpaca.tour import acts, checks, images
from tourpaca.tour.facts import PartenaireFacts
from tourpaca.tour.images import Checked
from tourpaca.tour.models import Partenaire

LIST_CHANGED = (
    "La liste des partenaires a changé pendant que vous écriviez. Rien n’a été enregistré, "
    "votre texte est gardé\u00a0: relisez la liste, puis recommencez."
)


def save(
    act: Act,
    tour_id: int,
    seen: Sequence[PartenaireFacts],
    wanted: Sequence[PartenaireFacts],
    logos: Mapping[int, Checked] | None = None,
    bare: Collection[int] = (),
) -> None:
    """Replace the list of partners that was seen by the one wanted, in its order; a partner kept keeps its logo.

    `logos` gives new images, and `bare` takes the image away, by position in the list wanted. Refuses (`Refused`)
    when the list is no longer what was seen, and names twice or too long. Saving twice is saving once.
    """
    given = logos or {}
    if checks.partenaire_messages([each.name for each in wanted]):
        raise Refused("Un partenaire est écrit deux fois, ou son nom est trop long. Rien n’a été enregistré.")
    with transaction() as session:
        acts.alone_on(session, tour_id)
        ours = Partenaire.tour_id == tour_id
        stored = {
            row.id: row for row in session.scalars(select(Partenaire).where(ours).order_by(Partenaire.ordre))
        }
        now = [PartenaireFacts(row.id, row.name) for row in stored.values()]
        if list(wanted) == now and not given and not bare:
            return
        if list(seen) != now:
            raise Refused(LIST_CHANGED)
        kept = [each.id for each in wanted]
        session.execute(delete(Partenaire).where(ours, Partenaire.id.not_in(kept)))
        for position, each in enumerate(wanted):
            row = stored.get(each.id) or Partenaire(tour_id=tour_id, logo="")
            row.name, row.ordre = each.name, position + 1
            if position in given:
                row.logo = images.keep(session, given[position], act.now)
            elif position in bare:
                row.logo = ""
            session.add(row)
        acts.conclude_tour(
            session,
            act,
            "partenaires.save",
            tour_id,
            "Modifie les partenaires de la tournée",
            count=len(wanted),
        )
