"""S5: what no header could carry is met by every form of the house without a fault, and never reaches a letter."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from itertools import islice, product

import pytest
from flask import Flask
from sqlalchemy import String, select

from tests import factories
from tests.inspecting import InspectingClient
from tests.mail.every_letter import live
from tests.mail.injections import PAYLOADS
from tests.mail.writing import letters, send_to
from tests.posting import Sink
from tests.registration.sending import ACT, etape_id, participant, person, submission
from tests.security.forms import Form, typed_in
from tourpaca import clock
from tourpaca.db import Base, session
from tourpaca.mail import delivery
from tourpaca.mail.models import PARTI
from tourpaca.organisations.models import Organisation
from tourpaca.registration import actions
from tourpaca.tour.models import Atelier

TEAM = f"/equipe/{factories.TOUR}"
ETAPE = f"{TEAM}/etapes/nice"
PAGES = (
    f"/tours/{factories.TOUR}/etapes/nice/inscription",
    "/retrouver",
    "/inscriptions/{token}/personnes",
    "/inscriptions/{token}/personnes/{person}/ceder",
    f"{TEAM}/reglages",
    f"{TEAM}/thematiques",
    f"{TEAM}/partenaires",
    f"{TEAM}/horaires",
    f"{ETAPE}/modifier",
    f"{ETAPE}/ateliers",
    f"{ETAPE}/creneaux",
    f"{TEAM}/messages/ecrire?etape=nice",
    f"{TEAM}/messages/modeles/rappel_j1",
    f"{ETAPE}/presences/{{room}}/arrivee",
    f"{TEAM}/organisations/{{organisation}}",
    "/equipe/membres",
)
PRESSED = {"ecrire": {"envoyer": "1"}, "modeles": {"garder": "1"}}
ROUNDS = 6
ANSWERS = {200, 302, 303, 404, 409, 413, 422, 429}
Team = Callable[..., InspectingClient]


@pytest.fixture
def pages(app: Flask) -> list[str]:
    """The pages of the house that hold a form in which something is typed. No context stays open."""
    with app.app_context():
        factories.tour_paca()
        live()
        room = session().scalars(select(Atelier.id).limit(1)).one()
        organisation = session().scalars(select(Organisation.id).limit(1)).one()
        token = actions.register(ACT, etape_id(), submission(person("Bo Cédant", 2))).token
        known = {"room": room, "organisation": organisation, "token": token, "person": participant("Cédant")}
    return [page.format(**known) for page in PAGES]


def struck(form: Form, turn: int) -> dict[str, str]:
    """Return a form whose typed fields each hold another payload; its addresses every other turn."""
    held = {
        name: form.values[name][:20] + PAYLOADS[(turn + ROUNDS * at) % len(PAYLOADS)]
        for at, name in enumerate(form.typed)
    }
    if turn % 2:
        held.update({name: f"personne{turn}@exemple.org" for name in held if "email" in name})
    pressed = next((said for name, said in PRESSED.items() if name in form.action), {})
    return {**form.values, **form.offered, **pressed, **held}


def test_s05_no_form_answers_500_and_nothing_unfit_is_kept(
    app: Flask, pages: list[str], team: Team, smtp_sink: Sink
) -> None:
    """Each form of each page, six times; then every letter leaves, and none was spoiled by what was typed."""
    client, sent, first = team(), 0, _kinds(app)
    for page, turn in product(pages, range(ROUNDS)):
        for form in typed_in(client.get(page).get_data(as_text=True)):
            answer = client.post(form.action, data=struck(form, turn))
            assert answer.status_code in ANSWERS, (form.action, turn)
            sent += len(form.typed)
    assert sent > 450
    send_to(app, smtp_sink)
    with app.app_context():
        delivery.deliver(lambda: clock.now() + timedelta(hours=1))
        assert [(letter.kind, letter.answer) for letter in letters() if letter.state != PARTI] == []
        assert kept() == []
    assert _kinds(app) - first >= Counter(recapitulatif=2, message=2, acces=2)


def _kinds(app: Flask) -> Counter[str]:
    with app.app_context():
        return Counter(letter.kind for letter in letters())


def kept() -> list[str]:
    """Return where a stored text of one line holds a control character or an end of line."""
    found = []
    for table in Base.metadata.sorted_tables:
        for column in islice((c for c in table.columns if isinstance(c.type, String)), 40):
            for text in session().scalars(select(column).where(column.is_not(None))):
                if any(sign in str(text) for sign in "\0\x0b\x0c\x1b\x1c\x7f\x85\u2028\u2029"):
                    found.append(f"{table.name}.{column.name}: {text[:40]!r}")
    return found
