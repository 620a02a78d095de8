"""Every kind of letter that the house writes, each made by the act that causes it."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import select, update

from tests import factories
from tests.attendance import reminding_people as reminders
from tests.registration import programme_moves as team
from tests.registration import sending
from tests.registration.sending import ACT, person, submission
from tourpaca.accounts import actions as accounts
from tourpaca.attendance import actions as attendance
from tourpaca.attendance import audience, modeles, reminding
from tourpaca.attendance.audience import Criteria
from tourpaca.attendance.letters import Message
from tourpaca.attendance.occasions import OCCASIONS, REMINDERS
from tourpaca.attendance.rules import NewMark
from tourpaca.db import session, transaction
from tourpaca.journal.models import Act
from tourpaca.mail.models import Envoi, Letter
from tourpaca.registration import actions, promoting
from tourpaca.registration.models import Dossier, Participant
from tourpaca.registration.submission import Person, Wish
from tourpaca.tour.models import A_CONFIRMER, AUTOMATIQUE, Tour

DAYS = {
    "rappel_j7": datetime(2018, 1, 23, 8, tzinfo=UTC),
    "rappel_j1": datetime(2018, 1, 29, 8, tzinfo=UTC),
    "merci_j1": datetime(2018, 1, 31, 8, tzinfo=UTC),
}
WRITTEN = Message(
    "Changement de salle à Nice",
    "Bonjour {prénom} {nom},\n\nSalle B.\nVos places :\n{places}\n\nVotre page : {lien personnel}",
)


def live() -> None:
    """Four people register, two of them wait, the place that one leaves serves another; a link is lost."""
    sending.shrink(1, 1, 6)
    first = submission(
        person("Camille Exemple", 2, 7, email="camille@exemple.org"), person("Sacha Modèle", 4, 6)
    )
    actions.register(ACT, sending.etape_id(), first)
    alix = person("Alix Specimen", -6, email="alix@exemple.org")
    actions.register(ACT, sending.etape_id(), submission(alix, contact_email="alix@exemple.org"))
    sacha = session().scalars(select(Participant.id).where(Participant.last_name == "Modèle")).one()
    for name, ordre in (("Ana Gabarit", 1), ("Lou Maquette", -1)):
        email = f"{name.split()[0].lower()}@exemple.org"
        actions.register(ACT, sending.etape_id(), submission(person(name, ordre), contact_email=email))
    actions.cancel_participant(ACT, sacha)
    actions.send_lost_link(ACT, "camille@exemple.org")
    team.move_room(2, "Salle Tramontane, 1er étage", minutes=1)
    team.move_hours(1, time(9), time(10, 15), minutes=2)
    team.ten_minutes_later(11)
    attendance.cancel_atelier(team.at(20), sending.atelier(7).id, 1, "Trop peu de personnes inscrites")
    accounts.invite(ACT, "claude@exemple.org", "organisation", "Claude Essai", by_letter=True)
    accounts.send_link(ACT, "claude@exemple.org", "127.0.0.1")


def everything() -> dict[str, Letter]:
    """Write every letter to people of Nice, and return the first of each kind, under the name of its snapshot.

    Texts of the team are those of the house for their occasions: `modele_…`, whoever sends them.
    """
    factories.tour_paca()
    live()
    _by_hand()
    _by_themselves()
    _offers()
    _choices()
    _one_more()
    session().rollback()
    keys = {row.id: row.send_key for row in session().execute(select(Envoi.id, Envoi.send_key))}
    found: dict[str, Letter] = {}
    for letter in session().scalars(select(Letter).order_by(Letter.id)):
        found.setdefault(_name(letter, keys.get(letter.envoi_id or 0, "")), letter)
    return found


def _offers() -> None:
    """A place is held out to somebody, in vain, then serves who held another one of that hour."""
    _promote(A_CONFIRMER)
    sending.shrink(1, 3, 4)
    people = (("Ana Tenue", 3), ("Sasha Essai", -3), ("Lou Change", 4))
    for name, ordre in people:
        email = f"{name.split()[1].lower()}@exemple.org"
        actions.register(ACT, sending.etape_id(), submission(person(name, ordre), contact_email=email))
    sending.wait_too("Change", 3)
    actions.cancel_participant(ACT, sending.participant("Tenue"))
    _promote(AUTOMATIQUE)
    promoting.settle_due(ACT.now + timedelta(days=5))


def _choices() -> None:
    """Somebody takes another atelier and gives it to a colleague, who waits for a third; the team moves another."""
    who, (taken, full) = sending.participant("Exemple"), (sending.atelier(8), sending.atelier(6))
    actions.choose_atelier(ACT, who, Wish(taken.creneau_id, taken.id))
    actions.cede_place(ACT, who, Person("Noor", "Calque", "noor@exemple.org"))
    actions.choose_atelier(ACT, sending.participant("Calque"), Wish(full.creneau_id, full.id, waits=True))
    moved = sending.atelier(2)
    actions.choose_atelier(sending.TEAM, sending.participant("Change"), Wish(moved.creneau_id, moved.id))


def _one_more() -> None:
    """The contact adds somebody whom their own mailbox serves."""
    found = session().scalars(select(Dossier).order_by(Dossier.id)).first()
    assert found
    seen = len(found.participants)
    actions.add_person(ACT, found.id, seen, person("Ange Essai", 5))


def _promote(how: str) -> None:
    with transaction() as current:
        current.execute(update(Tour).values(promotion=how))


def _by_hand() -> None:
    criteria = Criteria(reminders.tour_id(), sending.etape_id())
    others = [each for each in OCCASIONS if each not in REMINDERS]
    for occasion in others:
        _send(criteria, modeles.of_house(occasion), occasion.key, occasion.key.startswith("invitation"))
    _send(criteria, WRITTEN, "message", False)
    attendance.try_out(ACT, criteria, WRITTEN, 0, ("Claude Essai", "claude@exemple.org"))


def _send(criteria: Criteria, text: Message, key: str, invitation: bool) -> None:
    message = Message(text.subject, text.body, f"écrit:{key}", invitation=invitation)
    attendance.write_to(ACT, criteria, message, len(audience.of(criteria).recipients))


def _by_themselves() -> None:
    for occasion in REMINDERS:
        reminders.enable(occasion.key, at=reminders.LONG_BEFORE)
    came = sending.participant("Exemple"), sending.atelier(2).id
    attendance.record(Act(DAYS["rappel_j1"]), [NewMark("venue", *came, "present", "porte")])
    for now in DAYS.values():
        reminding.leave_due(now)


def _name(letter: Letter, send_key: str) -> str:
    content: Any = letter.content
    told = content["context"]
    if send_key:
        return next((f"modele_{each.key}" for each in OCCASIONS if each.key in send_key), "ecrit")
    if letter.kind == "acces" and not told["invited"]:
        return "acces_lien"
    if told.get("by_team"):
        return f"{letter.kind}_par_equipe"
    places = [place for person in told.get("people", ()) for place in person["places"]]
    waits = any(place.get("rank") for place in places)
    return f"{letter.kind}_en_attente" if waits else letter.kind
