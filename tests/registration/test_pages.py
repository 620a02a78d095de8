"""The form and the personal page through the front door, as a browser without scripts uses them."""

import re
from typing import Any

from flask import Flask

from tests.inspecting import InspectingClient
from tests.registration import sending

NICE = "/tours/tour-paca/etapes/nice/inscription"


def typed(client: InspectingClient, **changes: Any) -> dict[str, Any]:
    """Return the blank form with one person filled in for the ateliers 2 and 7."""
    page = client.get(NICE).get_data(as_text=True)
    two, seven = sending.atelier(2), sending.atelier(7)
    return {
        "key": re.search(r'name="key" value="([^"]+)"', page)[1],  # type: ignore[index]
        "people": "1",
        "organisation": "Cannes Jeunesse",
        "contact_name": "Morgan Factice",
        "contact_email": "morgan.factice@exemple.org",
        "p0-first_name": "Camille",
        "p0-last_name": "Exemple",
        "p0-email": "camille@exemple.org",
        f"p0-c{two.creneau_id}": str(two.id),
        f"p0-c{seven.creneau_id}": str(seven.id),
        **changes,
    }


def test_r24_two_requests_make_a_registration(house: Flask, client: InspectingClient) -> None:
    """The form, its sending, and the page says it is recorded, with both places."""
    form = typed(client)
    answer = client.submit(NICE, form, follow_redirects=True)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "C’est enregistré" in page
    assert page.count("Place confirmée") == 2
    assert answer.headers["Cache-Control"] == "no-store"
    assert "noindex" in answer.headers["X-Robots-Tag"]
