"""The users' tour as it was held: their organisations, and the 203 presences of the seed, noted one by one."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests import factories, seed
from tests.remembered import remembered
from tourpaca.attendance import facts
from tourpaca.attendance.rules import NewMark
from tourpaca.db import connection_of, session, transaction
from tourpaca.fiches import actions, content, queries
from tourpaca.fiches.actions import Edit
from tourpaca.journal.models import Act
from tourpaca.organisations.attachment import recognise, write_graphie
from tourpaca.organisations.models import VERIFIEE, Organisation
from tourpaca.registration.models import Dossier, Participant
from tourpaca.tour.models import ANNULE, Atelier, Etape, Thematique, Tour

AFTER = datetime(2018, 4, 12, 9, tzinfo=UTC)
ACT = Act(AFTER, "membre:1", "Dominique")


def organisations() -> dict[str, int]:
    """Bring in the 63 organisations with their spellings, verified; return their ids by the names of the seed."""
    ids: dict[str, int] = {}
    with transaction() as current:
        for body in seed.document()["organisations"]:
            ids[body["id"]] = number = recognise(
                current, body["nom_canonique"], factories.EARLIER, "imprimee"
            )
            for graphie in body["graphies"]:
                if graphie["graphie"] != body["nom_canonique"]:
                    composite = graphie.get("composite", False)
                    write_graphie(current, number, graphie["graphie"], "imprimee", composite)
        current.execute(update(Organisation).values(state=VERIFIEE, kind="association"))
    return ids


def ateliers(tour: str = factories.TOUR) -> dict[tuple[int, int], tuple[int, int]]:
    """Return (atelier, étape) ids by the order numbers of the étape and of the thématique."""
    asked = (
        select(Etape.ordre, Thematique.ordre, Atelier.id, Etape.id)
        .join(Atelier.etape)
        .join(Atelier.thematique)
        .join(Etape.tour)
        .where(Tour.slug == tour)
    )
    return {(etape, theme): (atelier, number) for etape, theme, atelier, number in session().execute(asked)}


def come(*said: Any, **more: Any) -> int:
    """Note one person present, in a transaction of their own; the arguments are those of `note` after the session."""
    with transaction() as current:
        return note(current, *said, **more)


def note(
    current: Session,
    etape_id: int,
    atelier_ids: list[int],
    organisation_id: int | None,
    name: str,
    role: str = "participant",
    act: Act = ACT,
) -> int:
    """Note somebody present in ateliers of an étape; return the id of the participant."""
    person = Participant(
        dossier=Dossier(etape_id=etape_id, organisation_id=organisation_id, created_at=factories.EARLIER),
        etape_id=etape_id,
        organisation_id=organisation_id,
        last_name=name,
        sort_key=name.lower(),
        identity_key=name.lower(),
        role=role,
    )
    current.add(person)
    current.flush()
    for atelier_id in atelier_ids:
        mark = NewMark(f"{person.id}-{atelier_id}", person.id, atelier_id, "present")
        assert facts.append(connection_of(current), act, mark)
    return person.id


@remembered
def tour_held() -> None:
    """Make the tour of the stories, note the seed's presences, and cancel the three ateliers that were not held."""
    factories.tour_paca()
    ids, places = organisations(), ateliers()
    people: dict[tuple[int, str, str], list[int]] = {}
    for row in seed.presences():
        key = int(row["etape"]), row["personne"], row["organisation"]
        people.setdefault(key, []).append(places[key[0], int(row["fiche"])][0])
    with transaction() as current:
        for (etape, name, body), attended in people.items():
            note(current, places[etape, 1][1], attended, ids[body], name)
    cancel((3, 4), (2, 8), (3, 8))


def cancel(*ordres: tuple[int, int]) -> None:
    """Cancel ateliers named by the order numbers of their étape and thématique."""
    places = ateliers()
    with transaction() as current:
        numbers = [places[ordre][0] for ordre in ordres]
        current.execute(update(Atelier).where(Atelier.id.in_(numbers)).values(state=ANNULE))


def write_texts(act: Act = ACT) -> None:
    """Give the eight fiches the texts that the users printed."""
    for fiche in seed.document()["fiches"]:
        texts = {"presentation": fiche["presentation"]}
        texts |= {kind: "\n".join(fiche[kind]) for kind in ("enjeux", "indicateurs", "illustrations")}
        thematique = queries.thematique(factories.TOUR, fiche["slug"])
        actions.save_texts(act, thematique.id, {kind: Edit(text, 0) for kind, text in texts.items()})


def publish(*slugs: str) -> None:
    """Publish fiches, or all of them, as they are read."""
    for slug in slugs or [theme.slug for theme in queries.tour(factories.TOUR).thematiques]:
        read = queries.thematique(factories.TOUR, slug)
        number = len(queries.versions(read.id)) + 1
        actions.publish(ACT, read.id, number, content.digest(content.of(read)))


@remembered
def tour_published() -> None:
    """The users' tour as it ended: held, written, its eight fiches out."""
    tour_held()
    write_texts()
    publish()


def silence(name: str) -> None:
    """Note that an organisation asked not to be named."""
    with transaction() as current:
        number = recognise(current, name, factories.EARLIER)
        current.execute(update(Organisation).where(Organisation.id == number).values(cited=False))
