"""« Corriger l’adresse »: a refused address is replaced once, and what did not arrive leaves for the new one."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests import factories
from tests.inspecting import InspectingClient
from tests.mail.writing import Clock, draft, letters, post, send_to
from tests.posting import Sink
from tests.registration import sending
from tests.registration.sending import ACT, person, submission
from tourpaca.db import session, transaction
from tourpaca.journal.models import Entry
from tourpaca.mail import delivery, rules, words
from tourpaca.mail.models import A_ENVOYER, INTERROMPU, PARTI, REFUSE, Letter
from tourpaca.refusal import Refused, Unknown
from tourpaca.registration import actions
from tourpaca.registration.models import Dossier, Participant

Team = Callable[..., InspectingClient]
OUTBOX = "/equipe/tour-paca/messages"
UNKNOWN = "550 5.1.1 adresse inconnue"
BAD, GOOD = "camile@exemple.org", "camille@exemple.org"


def _register() -> None:
    factories.tour_paca()
    people = person("Camille Exemple", 2, email=BAD), person("Sacha Modèle", 4)
    actions.register(ACT, sending.etape_id(), submission(*people))
    _set(BAD, state=REFUSE, answer=UNKNOWN)


@pytest.fixture
def house(app: Flask) -> Iterator[Flask]:
    """Two people registered at Nice, one with an address that her server does not know."""
    with app.app_context():
        _register()
        yield app


@pytest.fixture
def page(app: Flask) -> str:
    """The path of the page that corrects the address of the same house; no context stays open."""
    with app.app_context():
        _register()
        return f"{OUTBOX}/{_refused()}/adresse"


def _set(email: str, **values: object) -> None:
    with transaction() as current:
        current.execute(update(Letter).where(Letter.to_email == email).values(**values))


def _refused() -> int:
    return session().scalars(select(Letter.id).where(Letter.state == REFUSE)).one()


def test_b11_the_person_is_corrected_and_the_letter_leaves_with_other_bytes(
    house: Flask, smtp_sink: Sink
) -> None:
    send_to(house, smtp_sink)
    clock = Clock()
    clock.now = ACT.now
    _set(BAD, state=A_ENVOYER, answer="")
    smtp_sink.answers += [UNKNOWN, UNKNOWN]
    delivery.deliver(clock)
    before = {letter.to_email: letter.message_id for letter in letters()}
    assert actions.correct_address(ACT, _letter_to(BAD), " Camille@Exemple.org ") == 1
    delivery.deliver(clock)
    (received,) = [each for each in smtp_sink.letters if each.recipients == (GOOD,)]
    assert received.message["To"] == f"Camille Exemple <{GOOD}>"
    assert received.message["Message-ID"] not in before.values()
    assert f"mailto:{GOOD}".encode() in b"".join(
        part.get_payload(decode=True)
        for part in received.message.iter_attachments()  # type: ignore[misc]
    )
    assert (
        session().scalars(select(Participant.email).where(Participant.last_name == "Exemple")).one() == GOOD
    )


def _letter_to(email: str) -> int:
    session().rollback()
    return session().scalars(select(Letter.id).where(Letter.to_email == email)).one()


def test_b11_every_letter_that_did_not_arrive_follows_and_what_left_stays(house: Flask) -> None:
    tour_id = letters()[0].tour_id
    for number, state in enumerate((PARTI, INTERROMPU, A_ENVOYER), 10):
        post(draft(number, to_email=BAD, tour_id=tour_id), now=ACT.now)
        with transaction() as current:
            current.execute(
                update(Letter).where(Letter.subject_key == f"participant:{number}").values(state=state)
            )
    assert actions.correct_address(ACT, _refused(), GOOD) == 2
    assert [(each.to_email, each.state) for each in letters() if each.to_email in (BAD, GOOD)] == [
        (GOOD, A_ENVOYER),
        (BAD, PARTI),
        (GOOD, INTERROMPU),
        (GOOD, A_ENVOYER),
    ]


def test_b11_the_contacts_address_is_corrected_too(house: Flask) -> None:
    contact = "morgan.factice@exemple.org"
    _set(contact, state=REFUSE, answer=UNKNOWN)
    actions.correct_address(ACT, _letter_to(contact), "morgan@exemple.org")
    assert session().scalars(select(Dossier.contact_email)).one() == "morgan@exemple.org"


def test_b11_the_journal_keeps_no_address(house: Flask) -> None:
    actions.correct_address(ACT, _refused(), GOOD)
    told = session().scalars(select(Entry.text).where(Entry.verb == "corriger")).one()
    assert told == "Une adresse refusée est corrigée\u00a0: 1\u00a0message en route."


def test_b11_a_member_of_one_etape_corrects_that_etape_only(house: Flask) -> None:
    there = sending.etape_id("carpentras")
    elsewhere = person("Camille Exemple", 2, etape="carpentras", email=BAD)
    actions.register(ACT, there, submission(elsewhere, contact_email="autre@exemple.org"))
    actions.correct_address(ACT, _refused(), GOOD, sending.etape_id())
    emails = dict(
        session()
        .execute(select(Participant.etape_id, Participant.email).where(Participant.email != ""))
        .all()
    )
    assert emails == {sending.etape_id(): GOOD, there: BAD}


@pytest.mark.parametrize(
    ("email", "words_of_refusal"),
    [
        ("camille", "Il manque le « @ »"),
        ("élodie@exemple.org", "sans accent"),
        (BAD, "que le serveur a refusée"),
    ],
)
def test_b11_an_address_that_would_not_do_is_said_beside_the_field(
    house: Flask, email: str, words_of_refusal: str
) -> None:
    with pytest.raises(Refused, match=words_of_refusal.replace(" ", r"\s")) as refused:
        actions.correct_address(ACT, _refused(), email)
    assert refused.value.field == "email"


def test_b11_a_second_correction_changes_nothing(house: Flask) -> None:
    letter_id = _refused()
    actions.correct_address(ACT, letter_id, GOOD)
    with pytest.raises(Refused, match="n’est plus refusé"):
        actions.correct_address(ACT, letter_id, "autre@exemple.org")
    with pytest.raises(Unknown):
        actions.correct_address(ACT, 9_999, GOOD)


@pytest.mark.parametrize(
    ("answer", "blamed"),
    [
        ("550 5.1.1 unknown", True),
        ("550 No such user", True),
        ("553 mailbox name not allowed", True),
        ("550 5.2.1 mailbox disabled", True),
        (rules.NO_MAILBOX, True),
        ("550 5.7.1 refused by policy", False),
        ("552 5.3.4 too large", False),
        ("552 5.2.2 mailbox full", False),
        ("554 refused", False),
        ("pas de réponse du serveur", False),
    ],
)
def test_b11_only_a_refused_address_asks_to_be_corrected(answer: str, blamed: bool) -> None:
    assert rules.blames_address(answer) == blamed


def test_b11_the_outbox_offers_the_correction_and_the_page_says_what_follows(page: str, team: Team) -> None:
    client = team()
    assert f'"{page}"' in client.get(OUTBOX).get_data(as_text=True)
    shown = client.get(page).get_data(as_text=True)
    for said in (BAD, UNKNOWN, "Camille Exemple", "le message qui n’est pas arrivé part"):
        assert said in shown
    refused = client.submit(page, {"email": "camille"})
    assert (refused.status_code, 'value="camille"' in refused.get_data(as_text=True)) == (422, True)
    done = client.submit(page, {"email": GOOD}, follow_redirects=True).get_data(as_text=True)
    assert "L’adresse est corrigée" in done
    assert f'"{page}"' not in done


def test_s01_a_letter_of_another_etape_is_not_there_to_correct(app: Flask, page: str, team: Team) -> None:
    with app.app_context():
        carpentras = sending.etape_id("carpentras")
    client = team("etape", carpentras)
    assert client.get(page).status_code == 404
    assert client.submit(page, {"email": GOOD}, page=f"{OUTBOX}/ecrire").status_code == 404


def test_b11_a_refused_trial_has_no_address_to_correct(house: Flask) -> None:
    _set(BAD, kind=words.TRIAL)
    assert not words.correctable(session().get_one(Letter, _refused()))
