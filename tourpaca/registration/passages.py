"""The life of a place: each turn written inside the act that makes it, and told in French afterwards."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session, aliased

from tourpaca import clock, french
from tourpaca.db import session
from tourpaca.journal.models import Act
from tourpaca.registration.models import Participant, Passage, Place
from tourpaca.tour.models import Atelier, Etape, Thematique

PROMUE, DONNEE, PROPOSEE, ACCEPTEE = "promue", "donnee", "proposee", "acceptee"
REFUSEE, QUITTEE, PASSEE, REMISE = "refusee", "quittee", "passee", "remise"
SAUTEE, FERMEE, ANNULEE, DEPLACEE = "sautee", "fermee", "annulee", "deplacee"
CHOISIE, ATTENDUE = "choisie", "attendue"
CEDEE, REPRISE = "cedee", "reprise"
HORS = "atelier_annule"
WORDS = {
    PROMUE: "Reçoit la place qu’elle attendait",
    DONNEE: "Reçoit une place, donnée à la main",
    PROPOSEE: "Se voit proposer la place",
    ACCEPTEE: "Accepte la place",
    REFUSEE: "Refuse la place",
    QUITTEE: "Quitte la liste d’attente",
    PASSEE: "N’a pas répondu : la place passe à la suivante",
    REMISE: "Revient sur la liste d’attente",
    SAUTEE: "Garde son rang, d’autres passent",
    FERMEE: "N’attend plus : une place est prise dans le même créneau",
    ANNULEE: "Annule",
    DEPLACEE: "Change de place",
    CHOISIE: "Prend une place dans cet atelier",
    ATTENDUE: "Rejoint la liste d’attente",
    CEDEE: "Cède la place",
    REPRISE: "Reprend la place",
    HORS: "L’atelier est annulé",
}


@dataclass(frozen=True)
class Moment:
    """A turn in somebody's life at the tour: when (aware), in which atelier, what happened, by whom."""

    at: datetime
    atelier: str
    words: str
    by: str

    @property
    def sentence(self) -> str:
        """« La concertation : reçoit la place, par Le système, le 3 janvier 2018 à 9 h »."""
        told = f"{self.atelier} : {self.words[0].lower()}{self.words[1:]}, par {self.by}"
        return french.typo(f"{told}, le {french.moment(clock.local(self.at))}")


def write(
    current: Session,
    act: Act,
    kind: str,
    place_ids: Collection[int],
    other_id: int | None = None,
    reason: str = "",
) -> None:
    """Write one turn for each place."""
    rows = [
        {
            "place_id": place_id,
            "other_id": other_id,
            "kind": kind,
            "at": act.now,
            "actor": act.actor,
            "actor_name": act.name,
            "reason": reason,
        }
        for place_id in place_ids
    ]
    if rows:
        current.execute(insert(Passage), rows)


def of_person(participant_id: int) -> Sequence[Moment]:
    """Return the life of somebody's places, oldest first."""
    return of_people([participant_id]).get(participant_id, ())


def of_people(people: Collection[int]) -> dict[int, list[Moment]]:
    """Return the life of the places of people where anything happened, by participant, oldest first."""
    other, room, town, whose = aliased(Place), aliased(Atelier), aliased(Etape), aliased(Participant)
    asked = (
        select(
            Place.participant_id,
            Passage.at,
            Passage.kind,
            Passage.actor_name,
            Passage.reason,
            Thematique.title,
            Etape.town,
            town.town.label("there"),
            whose.first_name,
            whose.last_name,
        )
        .join(Place, Place.id == Passage.place_id)
        .join(Atelier, Atelier.id == Place.atelier_id)
        .join(Etape, Etape.id == Atelier.etape_id)
        .outerjoin(Thematique, Thematique.id == Atelier.thematique_id)
        .outerjoin(other, other.id == Passage.other_id)
        .outerjoin(room, room.id == other.atelier_id)
        .outerjoin(town, town.id == room.etape_id)
        .outerjoin(whose, whose.id == other.participant_id)
        .where(Place.participant_id.in_(people))
        .order_by(Passage.id)
    )
    lives: dict[int, list[Moment]] = {}
    for row in session().execute(asked):
        moment = Moment(row.at, row.title or "L’événement", _words(row), row.actor_name)
        lives.setdefault(row.participant_id, []).append(moment)
    return lives


def _words(row: Any) -> str:
    there, here = row.there, row.town
    words = WORDS[row.kind] + _colleague(row)
    moved = f"{words} ({here} → {there})" if there and there != here else words
    return f"{moved} ({row.reason})" if row.reason else moved


def _colleague(row: Any) -> str:
    """Say to whom a place was given, or whose it was."""
    name = f"{row.first_name} {row.last_name}".strip() if row.kind in (CEDEE, REPRISE) else ""
    return f" {'à ' + name if row.kind == CEDEE else french.of(name)}" if name else ""
