"""Writing to people: who is chosen and who is left out, what each one reads, and that a send happens once."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Row, event, func, select, update

from tests import factories
from tests.attendance.people import ACT, atelier, expect, mark, organisation
from tourpaca.attendance import actions, audience, letters, placeholders
from tourpaca.attendance.audience import Criteria
from tourpaca.attendance.letters import Message
from tourpaca.db import db, session, transaction
from tourpaca.journal.models import Entry
from tourpaca.mail.models import REFUSE, Envoi, Letter
from tourpaca.refusal import Refused
from tourpaca.registration.models import ANNULEE, EN_ATTENTE, Dossier, Lien, Participant, Place
from tourpaca.security import hash_token
from tourpaca.tour.models import Etape, Tour

HELLO = Message("Changement de salle", "Bonjour {prénom} {nom},\n\nSalle B.", "key-1")


@pytest.fixture
def house(app: Flask) -> Iterator[Flask]:
    """The tour of the stories with four people at Carpentras, two of one organisation."""
    with app.app_context():
        factories.tour_paca()
        nef, ville = organisation("La Nef"), organisation("Ville de Monteux")
        for name, ordres, body in (
            (("Specimen", "Alix"), (3, 5), ville),
            (("Gabarit", "Jo"), (3,), nef),
            (("Maquette", "Charlie"), (3,), nef),
            (("Exemple", "Camille"), (4,), None),
        ):
            expect("carpentras", name, ordres, body)
        _give_addresses()
        yield app


def _give_addresses() -> None:
    with transaction() as current:
        for person in current.scalars(select(Participant)):
            person.email = f"{person.first_name}@exemple.org".lower()


def _ids(slug: str = "carpentras") -> Row[int, int]:
    return session().execute(select(Tour.id, Etape.id).join(Etape.tour).where(Etape.slug == slug)).one()


def chosen(**criteria: object) -> list[str]:
    """The names chosen at Carpentras by some criteria."""
    tour_id, etape_id = _ids()
    found = audience.of(Criteria(tour_id, **{"etape_id": etape_id, **criteria}))  # type: ignore[arg-type]
    return [person.name for person in found.recipients]


def left_out(**criteria: object) -> list[tuple[str, str]]:
    """Who is left out there, and why."""
    tour_id, etape_id = _ids()
    found = audience.of(Criteria(tour_id, **{"etape_id": etape_id, **criteria}))  # type: ignore[arg-type]
    return [(person.name, person.reason) for person in found.left_out]


def _change_place(name: str, state: str) -> None:
    with transaction() as current:
        who = select(Participant.id).where(Participant.last_name == name)
        current.execute(update(Place).where(Place.participant_id.in_(who)).values(state=state))


def send(message: Message = HELLO, expected: int = 4, **criteria: object) -> int:
    """Write to the people of Carpentras."""
    tour_id, etape_id = _ids()
    wanted = Criteria(tour_id, **{"etape_id": etape_id, **criteria})  # type: ignore[arg-type]
    return actions.write_to(ACT, wanted, message, expected)


def test_b08_etape_atelier_and_kind_choose(house: Flask) -> None:
    assert chosen() == ["Camille Exemple", "Jo Gabarit", "Charlie Maquette", "Alix Specimen"]
    assert chosen(atelier_id=atelier("carpentras", 3).id) == [
        "Jo Gabarit",
        "Charlie Maquette",
        "Alix Specimen",
    ]
    assert chosen(etape_id=_ids("nice")[1]) == []
    assert chosen(kind="a_qualifier") == ["Jo Gabarit", "Charlie Maquette", "Alix Specimen"]
    assert chosen(kind="association") == []


def test_b08_place_chooses_and_says_who_is_left_out(house: Flask) -> None:
    _change_place("Gabarit", ANNULEE)
    _change_place("Maquette", EN_ATTENTE)
    assert chosen(place="confirmee") == ["Camille Exemple", "Alix Specimen"]
    assert left_out(place="confirmee") == [
        ("Jo Gabarit", "place annulée"),
        ("Charlie Maquette", "en liste d’attente"),
    ]
    assert chosen(place="annulee") == ["Jo Gabarit"]
    assert chosen() == ["Camille Exemple", "Charlie Maquette", "Alix Specimen"]


def test_b08_presence_chooses(house: Flask) -> None:
    jo = session().scalars(select(Participant.id).where(Participant.last_name == "Gabarit")).one()
    actions.record(ACT, [mark(jo, atelier("carpentras", 3).id)])
    assert chosen(presence="present") == ["Jo Gabarit"]
    assert "Jo Gabarit" not in chosen(presence="sans_reponse")


def test_b08_without_an_address_the_contact_serves_and_without_any_one_is_left_out(house: Flask) -> None:
    with transaction() as current:
        jo = current.scalars(select(Participant).where(Participant.last_name == "Gabarit")).one()
        jo.email = ""
        current.execute(update(Dossier).where(Dossier.id == jo.dossier_id).values(contact_email="la@nef.org"))
        charlie = current.scalars(select(Participant).where(Participant.last_name == "Maquette")).one()
        charlie.email = ""
        current.execute(update(Dossier).where(Dossier.id == charlie.dossier_id).values(contact_email=""))
    tour_id, etape_id = _ids()
    found = audience.of(Criteria(tour_id, etape_id))
    assert [p.email for p in found.recipients if p.last_name == "Gabarit"] == ["la@nef.org"]
    assert left_out() == [("Charlie Maquette", "sans adresse")]


def test_b08_an_address_that_a_server_refused_is_left_out_unless_asked(house: Flask) -> None:
    send()
    with transaction() as current:
        current.execute(update(Letter).where(Letter.to_email == "jo@exemple.org").values(state=REFUSE))
    assert left_out() == [("Jo Gabarit", "adresse refusée")]
    assert "Jo Gabarit" in chosen(refused_too=True)


def test_b08_a_person_matching_twice_gets_one_letter(house: Flask) -> None:
    """Alix is in two ateliers of Carpentras, and registered at Nice as well with the same mailbox."""
    expect("nice", ("Specimen", "Alix"), (2,))
    _give_addresses()
    tour_id, _ = _ids()
    found = audience.of(Criteria(tour_id))
    (alix,) = [person for person in found.recipients if person.last_name == "Specimen"]
    assert {etape.slug for etape in alix.etapes} == {"nice", "carpentras"}
    assert len(alix.places) == 3
    assert len(found.recipients) == 4


def test_b08_the_audience_is_read_in_a_fixed_number_of_statements(house: Flask) -> None:
    counted: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *facts: counted.append(facts[2]))
    tour_id, etape_id = _ids()
    counted.clear()
    audience.of(Criteria(tour_id, etape_id))
    few = len([each for each in counted if not each.startswith("BEGIN")])
    for number in range(30):
        expect("carpentras", (f"Nom{number}", "Prénom"), (1, 6))
    counted.clear()
    audience.of(Criteria(tour_id, etape_id))
    assert few == len([each for each in counted if not each.startswith("BEGIN")]) == 7


def test_b08_each_letter_carries_the_persons_own_words_and_link(house: Flask) -> None:
    body = "Bonjour {prénom} {nom},\n\n{atelier}, {date}, {organisation}.\n{places}\n\nVotre page : {lien personnel}"
    send(Message("{atelier} : {prénom}", body, "k"))
    letter = session().scalars(select(Letter).where(Letter.to_email == "alix@exemple.org")).one()
    context: dict[str, object] = letter.content["context"]  # type: ignore[assignment]
    assert context["greeting"] == "Bonjour Alix Specimen,"
    said, link = context["paragraphs"]  # type: ignore[misc]
    assert "mardi 13\u00a0février 2018, Ville de Monteux." in said
    assert "9\u00a0h\u00a030 à 10\u00a0h\u00a045, La territorialité" in said
    token = link.rsplit("/", 1)[1]
    assert session().scalars(select(Lien).where(Lien.token_hash == hash_token(token))).one().participant_id
    assert letter.reply_to == "equipe@exemple.org"
    assert letter.subject.endswith(": Alix")


def test_b08_a_value_is_never_evaluated_nor_replaced_again(house: Flask) -> None:
    """A name that looks like a field, a template or markup stays the text it is."""
    values = dict.fromkeys(placeholders.FIELDS, "") | {"prénom": "{nom} {{config}} <b>", "nom": "Zoé"}
    assert placeholders.fill("{prénom}|{nom}", values) == "{nom} {{config}} <b>|Zoé"


def test_b08_the_text_takes_french_spaces_and_a_value_keeps_its_spelling() -> None:
    values = dict.fromkeys(placeholders.FIELDS, "") | {"organisation": "L'Atelier : un"}
    filled = placeholders.fill("L'heure : 9 h 30, vient-on ? {organisation}", values)
    assert filled == "L’heure\u00a0: 9\u00a0h\u00a030, vient-on\u202f? L'Atelier : un"


@pytest.mark.parametrize(
    ("subject", "body", "field", "named"),
    [
        ("Objet", "Bonjour {prenom}", "texte", "{prenom}"),
        ("{salle}", "Bonjour", "objet", "{salle}"),
        ("Objet", "{{config}} {", "texte", "{config}"),
        ("{lien personnel}", "Bonjour", "objet", "lien personnel"),
        ("", "Bonjour", "objet", "objet"),
        ("Objet", "  ", "texte", "texte"),
    ],
)
def test_b08_an_unknown_field_is_refused_by_name_before_anything_is_written(
    house: Flask, subject: str, body: str, field: str, named: str
) -> None:
    with pytest.raises(Refused) as refused:
        send(Message(subject, body, "k"))
    assert (refused.value.field, named in refused.value.message) == (field, True)
    assert session().scalar(select(func.count(Envoi.id))) == 0


def test_b08_the_same_key_sends_once(house: Flask) -> None:
    assert send() == send()
    assert session().scalar(select(func.count(Letter.id))) == 4
    assert session().scalar(select(func.count(Entry.id)).where(Entry.verb == "ecrire")) == 1


def test_b08_a_list_that_changed_meanwhile_sends_nothing(house: Flask) -> None:
    with pytest.raises(Refused, match="de 5\u00a0personnes à 4"):
        send(expected=5)
    with pytest.raises(Refused, match="Aucune personne"):
        send(expected=0, kind="association")
    assert session().scalar(select(func.count(Envoi.id))) == 0
    assert session().scalar(select(func.count(Letter.id))) == 0


def test_b08_letters_leave_two_minutes_later(house: Flask) -> None:
    send()
    due = set(session().scalars(select(Letter.due_at)))
    assert due == {ACT.now + timedelta(minutes=2)}


def test_b08_the_preview_is_what_leaves_but_for_the_link(house: Flask) -> None:
    tour_id, etape_id = _ids()
    person = audience.of(Criteria(tour_id, etape_id)).recipients[0]
    written = Message("Pour {nom}", "{prénom} : {lien personnel}", "")
    assert letters.preview(written, person) == ("Pour Exemple", "Camille\u00a0: (ici, le lien personnel)")
    assert session().scalar(select(func.count(Lien.id))) == 0
