"""B14: an invitation carries its way out, honoured at once and by a press alone; a confirmation never does."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from tests import factories
from tests.attendance import reminding_people as reminders
from tests.inspecting import InspectingClient
from tests.registration import sending
from tests.registration.sending import ACT, person, submission
from tourpaca.attendance import actions, audience, letters, reminding
from tourpaca.attendance.audience import GONE, Criteria
from tourpaca.attendance.letters import Message
from tourpaca.db import session
from tourpaca.journal.models import Entry
from tourpaca.mail import composition
from tourpaca.mail.models import Desabonnement, Letter
from tourpaca.registration import actions as registration
from tourpaca.tour.models import Tour

Team = Callable[..., InspectingClient]
SNAPSHOT = Path(__file__).parents[1] / "mail/letters/invitation.txt"
INVITED = Message("Capitalisation", "Bonjour {prénom},\n\nVenez le 14 juin.", "clé", invitation=True)
BACK = "Recevoir de nouveau les invitations"
LINK = "Ne plus recevoir ces invitations"


def _invite(message: Message = INVITED) -> None:
    criteria = Criteria(session().scalars(select(Tour.id)).one(), invitation=message.invitation)
    actions.write_to(ACT, criteria, message, len(audience.of(criteria).recipients))


def _letters(kind: str = letters.INVITATION) -> list[EmailMessage]:
    session().rollback()
    found = session().scalars(select(Letter).where(Letter.kind == kind).order_by(Letter.id))
    return [message_from_bytes(composition.compose(each), policy=policy.default) for each in found]  # type: ignore[misc]


def _path(letter: EmailMessage) -> str:
    return urlsplit(str(letter["List-Unsubscribe"]).strip("<>")).path


@pytest.fixture
def house(app: Flask) -> Flask:
    """Two people registered at Nice and invited. No context stays open."""
    with app.app_context():
        factories.tour_paca()
        people = person("Camille Exemple", 2, email="Camille@exemple.org"), person("Sacha Modèle", 4)
        registration.register(ACT, sending.etape_id(), submission(*people))
        _invite()
    return app


def _first(house: Flask) -> str:
    with house.app_context():
        return _path(_letters()[0])


def test_b14_an_invitation_carries_its_way_out_in_headers_and_foot(house: Flask) -> None:
    with house.app_context():
        for letter in _letters():
            link = str(letter["List-Unsubscribe"]).strip("<>")
            assert re.fullmatch(r"http://localhost/desabonnement/\d+/\d+/[\w-]{32}", link)
            assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
            plain, html = (letter.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]
            assert (link in plain, link in html, LINK in plain, LINK in html) == (True,) * 4
            assert "exemple.org" not in link


def test_b14_an_invitation_reads_word_by_word(house: Flask) -> None:
    with house.app_context():
        letter = _letters()[0]
    text = letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert (
        re.sub(r"(desabonnement)/\S+", r"\1/…", "\n".join(text.splitlines()) + "\n") == SNAPSHOT.read_text()
    )


def test_b14_confirmations_other_messages_and_trials_have_none(house: Flask) -> None:
    with house.app_context():
        _invite(Message("Salle", "Bonjour,\n\nSalle B.", "autre"))
        tour = session().scalars(select(Tour)).one()
        chosen = audience.of(Criteria(tour.id))
        trial = letters.trial(INVITED, chosen.at(0), tour, ("Morgan", "morgan@exemple.org"))
        assert "unsubscribe_url" not in trial.context
        kinds = ("recapitulatif", "confirmation", "message")
        found = [letter for kind in kinds for letter in _letters(kind)]
        assert [each for each in found if each["List-Unsubscribe"]] == []


def test_b14_the_house_says_what_it_sends_by_itself_and_not_what_a_person_writes(house: Flask) -> None:
    with house.app_context():
        _invite(Message("Salle", "Bonjour,\n\nSalle B.", "autre"))
        reminders.enable(at=reminders.LONG_BEFORE)
        reminding.leave_due(datetime(2018, 1, 29, 8, tzinfo=UTC))
        said = {
            kind: {
                (each["Auto-Submitted"], bool(each["X-Auto-Response-Suppress"])) for each in _letters(kind)
            }
            for kind in ("recapitulatif", "confirmation", letters.RAPPEL, letters.MESSAGE, letters.INVITATION)
        }
    ours, theirs = {("auto-generated", True)}, {(None, False)}
    assert list(said.values()) == [ours, ours, ours, theirs, theirs]


def test_b14_a_get_changes_nothing_and_offers_one_button(house: Flask, client: InspectingClient) -> None:
    page = client.get(_first(house))
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
    assert "Ne plus les recevoir" in page.get_data(as_text=True)
    client.head(_first(house))
    with house.app_context():
        assert session().scalars(select(Desabonnement)).all() == []


def test_b14_one_click_needs_neither_cookie_nor_form_token_and_is_honoured_at_once(
    house: Flask, team: Team
) -> None:
    path, robot = _first(house), house.test_client()
    for _ in range(2):
        answer = robot.post(path, data={"List-Unsubscribe": "One-Click"})
        assert (answer.status_code, "Set-Cookie" in answer.headers) == (200, False)
    with house.app_context():
        assert session().scalars(select(Desabonnement.email)).all() == ["camille@exemple.org"]
        told = session().scalars(select(Entry.text).where(Entry.verb == "desabonner")).all()
        assert told == ["Une adresse ne veut plus recevoir d’invitations."]
        tour_id = session().scalars(select(Tour.id)).one()
        left = audience.of(Criteria(tour_id, invitation=True)).left_out
        assert [(each.name, each.reason) for each in left] == [("Camille Exemple", GONE)]
        assert audience.of(Criteria(tour_id)).left_out == ()
    page = team().get("/equipe/tour-paca/messages/ecrire?invitation=1").get_data(as_text=True)
    assert f"1\u00a0{GONE}" in page


def test_b14_who_left_comes_back_by_a_press_without_signing_in(
    house: Flask, client: InspectingClient, team: Team
) -> None:
    """Plain forms and links: nothing here needs a script. The link opens on where one stands."""
    path = _first(house)
    left = client.submit(path, {}).get_data(as_text=True)
    assert BACK in left
    assert BACK in client.get(path).get_data(as_text=True)
    assert client.get(f"{path}/retour").status_code == 405
    for _ in range(2):
        answer = client.post(f"{path}/retour", data={"csrf_token": client.csrf(path)}, follow_redirects=True)
        assert "Vous recevrez de nouveau les invitations" in answer.get_data(as_text=True)
    with house.app_context():
        assert session().scalars(select(Desabonnement)).all() == []
        told = session().scalars(select(Entry.text).where(Entry.verb == "reabonner")).all()
        assert told == ["Une adresse veut de nouveau recevoir les invitations."]
        criteria = Criteria(session().scalars(select(Tour.id)).one(), invitation=True)
        assert audience.of(criteria).left_out == ()
    assert LINK in client.get(path).get_data(as_text=True)


def test_b14_coming_back_needs_the_form_of_our_page_and_a_link_made_here(
    house: Flask, client: InspectingClient
) -> None:
    path = _first(house)
    house.test_client().post(path, data={"List-Unsubscribe": "One-Click"})
    assert house.test_client().post(f"{path}/retour").status_code == 400
    wrong = f"{path[:-32]}{'a' * 32}/retour"
    assert client.post(wrong, data={"csrf_token": client.csrf(path)}).status_code == 404
    with house.app_context():
        assert len(session().scalars(select(Desabonnement)).all()) == 1


def test_b14_a_link_of_somebody_else_or_made_up_leads_nowhere(house: Flask, client: InspectingClient) -> None:
    path = _first(house)
    head, number, token = path.rsplit("/", 2)
    for wrong in (f"{head}/{int(number) + 1}/{token}", f"{head}/{number}/{'a' * 32}", "/desabonnement/9/9/é"):
        assert client.get(wrong).status_code == 404
        assert client.post(wrong).status_code == 404
    with house.app_context():
        assert session().scalars(select(Desabonnement)).all() == []


def test_b14_the_page_of_writing_sends_an_invitation_when_ticked(house: Flask, team: Team) -> None:
    client, here = team(), "/equipe/tour-paca/messages/ecrire"
    form = {
        "objet": "Capitalisation",
        "texte": "Bonjour,\n\nVenez.",
        "attendus": "2",
        "envoyer": "1",
        "cle": "k" * 20,
    }
    assert client.submit(here, {**form, "invitation": "1"}).status_code == 303
    with house.app_context():
        assert len([each for each in _letters() if each["List-Unsubscribe"]]) == 4


def test_b14_the_model_of_an_invitation_ticks_it_and_another_does_not(house: Flask, team: Team) -> None:
    """Forgotten, the way out would be missing from the one letter that must have it; unticked by hand, it stays so."""
    client, here = team(), "/equipe/tour-paca/messages/ecrire"
    ticked = re.compile(r'<input[^>]*name="invitation"[^>]*checked')
    for modele, expected in (("invitation_evenement", True), ("message_libre", False)):
        page = client.get(f"{here}?modele={modele}").get_data(as_text=True)
        assert bool(ticked.search(page)) is expected
    form = {"modele": "invitation_evenement", "prendre": "1"}
    assert ticked.search(client.submit(here, form).get_data(as_text=True))
    kept = {"modele": "invitation_evenement", "objet": "Objet", "texte": "Bonjour,\n\nTexte."}
    assert not ticked.search(client.submit(here, kept).get_data(as_text=True))
