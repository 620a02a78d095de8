"""What people read of a registration keeps the spaces of French, whatever was typed by the team."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.inspecting import InspectingClient
from tests.page_inspection import Page
from tests.registration import sending
from tests.registration.sending import ACT, person, submission
from tourpaca import rendering
from tourpaca.db import transaction
from tourpaca.registration import actions
from tourpaca.tour.models import Etape

LOOSE = re.compile(r"[ \t][:;!?»](?=\s|$)|«[ \t]|\S[;!?](?=\s|$)|\w:(?=\s|$)|n°[ \t]|'")


@pytest.fixture
def token(house: Flask) -> str:
    """The page of two people, one of whom waits, at an étape described with a typewriter's spaces."""
    sending.shrink(1, 3)
    with transaction() as current:
        nice = current.scalars(select(Etape).where(Etape.slug == "nice")).one()
        nice.transport, nice.access = "Arrêt « Modèle » : 300 m", "De plain-pied ; l'ascenseur mène à l'étage"
    ana = submission(person("Ana Un", 3), contact_email="ana@exemple.org")
    actions.register(ACT, sending.etape_id(), ana)
    both = (person("Camille Exemple", -3, 5, email="camille@exemple.org"), person("Sacha Modèle", 4))
    return actions.register(ACT, sending.etape_id(), submission(*both)).token


def loose(texts: list[str]) -> list[str]:
    """Return what is written with a plain space, or none, where French has its own."""
    return [text.strip() for text in texts if LOOSE.search(text)]


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_r13_pages_keep_the_spaces_of_french(token: str, client: InspectingClient) -> None:
    mine = f"/inscriptions/{token}"
    pages = ["/tours/tour-paca/etapes/nice", "/tours/tour-paca/etapes/nice/inscription", f"{mine}/annuler"]
    pages += [mine, *(f"{mine}?fait={said}" for said in ("inscription", "deja", "annulation"))]
    pages += ["/tours/tour-paca", "/retrouver", "/retrouver?fait=envoi", "/inscriptions/perdu"]
    for path in pages:
        assert loose(Page(client.get(path).get_data(as_text=True)).texts) == [], path
    answer = client.submit(
        "/tours/tour-paca/etapes/nice/inscription", {"people": "1", "contact_email": "sans"}
    )
    assert loose(Page(answer.get_data(as_text=True)).texts) == []


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_r13_letters_keep_the_spaces_of_french(token: str) -> None:
    actions.cancel_participant(ACT, sending.participant("Exemple"))
    actions.send_lost_link(ACT, "morgan.factice@exemple.org")
    for letter in sending.letters():
        content: dict[str, Any] = letter.content
        for kind in ("txt", "html"):
            said = rendering.render(
                f"mail/{content['template']}.{kind}", subject=letter.subject, **content["context"]
            )
            body = said.split("<body>")[-1]
            texts = re.sub(r"https?://\S+", "", re.sub(r"<[^>]+>", "\n", body)).splitlines()
            assert loose(texts) == [], f"{letter.kind}.{kind}"
