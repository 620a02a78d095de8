"""The texts of a tour for its occasions: the house's own until the team writes another."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourpaca import french
from tourpaca.attendance.letters import Message
from tourpaca.attendance.models import Modele
from tourpaca.attendance.occasions import BY_KEY, OCCASIONS, Occasion
from tourpaca.db import insert_on, session, table
from tourpaca.journal.models import Act
from tourpaca.refusal import Stale, Unknown
from tourpaca.tour import versions

_MODELE = table(Modele)


@dataclass(frozen=True)
class Text:
    """The text of a tour for an occasion; version 0 when the team never wrote one, `own` when it is not the house's."""

    occasion: Occasion
    subject: str
    body: str
    version: int

    @property
    def own(self) -> bool:
        """Tell whether the team's text differs from the house's."""
        house = of_house(self.occasion)
        return (self.subject, self.body) != (house.subject, house.body)

    @property
    def message(self) -> Message:
        """The text as a message to write."""
        return Message(self.subject, self.body)


def of_house(occasion: Occasion) -> Message:
    """Return the text of the house for an occasion, in good typography as the form shows it."""
    return Message(french.typo(occasion.subject), french.typo(occasion.body))


def occasion(key: str) -> Occasion:
    """Return an occasion by its key, or refuse with `Unknown`."""
    if key not in BY_KEY:
        raise Unknown("Ce modèle n’existe pas.")
    return BY_KEY[key]


def of_tour(tour_id: int) -> list[Text]:
    """Return the texts of a tour, one for each occasion, in one statement."""
    rows = session().scalars(select(Modele).where(Modele.tour_id == tour_id))
    found = {row.occasion: row for row in rows}
    return [_text(each, found.get(each.key)) for each in OCCASIONS]


def of_occasion(tour_id: int, key: str) -> Text:
    """Return the text of a tour for an occasion, or refuse with `Unknown` when there is no such occasion."""
    return _text(occasion(key), _row(session(), tour_id, key))


def save(session: Session, act: Act, tour_id: int, key: str, version: int, message: Message) -> bool:
    """Write the text over the version that was read, in the open transaction; tell whether anything changed.

    Raises `Stale` with the text stored now (`objet`, `texte`) when somebody saved first.
    """
    row = _row(session, tour_id, key)
    if row is None:
        if version == 0 and message == of_house(occasion(key)):
            return False
        if version == 0 and _first(session, act, tour_id, key, message):
            return True
        row = _row(session, tour_id, key)
    if row is None:
        raise Unknown("Ce modèle n’existe pas.")
    return _over(session, act, row, version, message)


def _first(session: Session, act: Act, tour_id: int, key: str, message: Message) -> bool:
    """Write the first text of an occasion, unless somebody has just done it."""
    values = {
        "tour_id": tour_id,
        "occasion": key,
        "subject": message.subject,
        "body": message.body,
        "version": 1,
        "changed_at": act.now,
    }
    written = insert_on(session.get_bind().dialect.name)(_MODELE).values(values)
    kept = written.on_conflict_do_nothing(index_elements=["tour_id", "occasion"]).returning(_MODELE.c.id)
    return session.scalar(kept) is not None


def _over(session: Session, act: Act, row: Modele, version: int, message: Message) -> bool:
    try:
        changed = versions.save(session, row, version, {"subject": message.subject, "body": message.body})
    except Stale as stale:
        stored = {"objet": row.subject, "texte": row.body, "version": row.version}
        raise Stale(stale.message, stored) from stale
    if changed:
        row.changed_at = act.now
    return bool(changed)


def _row(session: Session, tour_id: int, key: str) -> Modele | None:
    return session.scalar(select(Modele).where(Modele.tour_id == tour_id, Modele.occasion == key))


def _text(each: Occasion, row: Modele | None) -> Text:
    if row is not None:
        return Text(each, row.subject, row.body, row.version)
    house = of_house(each)
    return Text(each, house.subject, house.body, 0)
