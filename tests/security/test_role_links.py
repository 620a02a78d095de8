"""S1, seen from the pages: nobody of the team is shown a link to what they may not open."""

import html
import re
from collections import deque
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from tests.inspecting import InspectingClient
from tests.registration.sending import etape_id
from tests.security import canary

LINK = re.compile(r'<a [^>]*href="(/equipe/[^"#]*)|<form[^>]*method="get"[^>]*action="(/equipe/[^"#]*)')


def _links(client: InspectingClient, path: str) -> Iterator[str]:
    with client.get(path) as answer:
        assert answer.status_code not in {404, 405, 410}, path
        body = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
    yield from (html.unescape(link or action) for link, action in LINK.findall(body))


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("role", "slug"),
    [("etape", ""), ("etape", canary.OPEN), ("accueil", ""), ("accueil", canary.OPEN), ("lecture", "")],
)
def test_s01_every_link_a_role_sees_opens(
    app: Flask, team: Callable[..., InspectingClient], role: str, slug: str
) -> None:
    """From the first page on, wherever links lead: nothing answers that it does not exist."""
    app.config["NOW"] = canary.NOW
    with app.app_context():
        canary.settle()
        bound = etape_id(slug) if slug else None
    client, waiting, seen = team(role, bound), deque([("/equipe/", "")]), set[str]()
    while waiting:
        path, come_from = waiting.popleft()
        if path in seen:
            continue
        seen.add(path)
        try:
            waiting.extend((link, path) for link in _links(client, path))
        except AssertionError as dead:
            raise AssertionError(f"{dead}, from {come_from}") from dead
    assert len(seen) > 15
