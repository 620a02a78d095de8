"""Presences marked at the doors over HTTP, beside a bare page: eight doors at once, then one alone."""

import re
from collections.abc import Iterator
from functools import partial
from itertools import count, repeat
from urllib.parse import urlencode

from flask import Flask

from bench import crowd, load
from bench.load import Result
from bench.measures import CLIENTS, ENGINES, SECONDS, Line, beside, measure, rate
from bench.stage import Stage
from tests import factories, signing
from tourpaca import clock
from tourpaca.organiser.accounts.sessions import SEEN, TOKEN

PEOPLE, GOAL = 960, 0.15
THREADS = {"sqlite": 1, "pg": 4}
GESTURES = count(1)


@measure
def marks(stage: Stage) -> Iterator[Line]:
    """One mark by a signed-in member, with its session, its token and its fact, committed; one worker."""
    for engine in ENGINES:
        bare = stage.reference(workers=1, threads=THREADS[engine]).url
        base = stage.base(engine)
        app = crowd.house(base)
        with app.app_context():
            crowd.fill(PEOPLE, 60)
        url = stage.house(base, workers=1, threads=THREADS[engine]).url
        eight, one = list[Result](), list[Result]()
        reference, found, ratio = beside(
            partial(rate, bare, "/bare"), partial(_rate, url, app, CLIENTS, eight)
        )
        _rate(url, app, 1, one)
        slowest = max(result.percentile(0.99) for result in eight)
        reached = f"{found:,.0f}/s, p99 {slowest:.0f} ms, une porte {one[0].percentile(0.5):.1f} ms"
        yield Line(
            f"marque, {CLIENTS} portes, {engine}",
            reached,
            f"{reference:,.0f}/s",
            ratio,
            f"≥ {GOAL}",
            ratio >= GOAL,
        )


def _rate(url: str, app: Flask, doors: int, seen: list[Result]) -> float:
    result = load.run(url, _gestures(url, app), doors, SECONDS)
    if set(result.statuses) != {303}:
        raise RuntimeError(f"a mark answered {dict(result.statuses)}")
    seen.append(result)
    return result.rate


def _gestures(url: str, app: Flask) -> Iterator[bytes]:
    """Yield marks of somebody signed in, present then absent, for everybody of every atelier, never ending."""
    cookie, token = _signed_in(app)
    for number in repeat(range(1, PEOPLE + 1)):
        for person in number:
            gesture = next(GESTURES)
            room = (person - 1) % 24
            typed = {
                "csrf_token": token,
                "nonce": f"gesture-{gesture}",
                "participant": person,
                "status": "present" if gesture % 2 else "absent",
            }
            address = f"{url}{_door(room)}"
            yield load.post(address, urlencode(typed).encode(), Cookie=cookie)


def _door(room: int) -> str:
    etape = ("marseille", "nice", "carpentras")[room // 8]
    return f"/equipe/{factories.TOUR}/etapes/{etape}/presences/{room + 1}"


def _signed_in(app: Flask) -> tuple[str, str]:
    """Return the cookie of somebody of the team, and the token of their forms."""
    client = app.test_client()
    with app.app_context():
        email = f"porte{next(GESTURES)}@exemple.org"
        token, now = signing.session_of(signing.member(email=email)), clock.now()
    with client.session_transaction() as session:
        session.permanent = True
        session[TOKEN], session[SEEN] = token, now.timestamp()
    page = client.get(_door(0)).get_data(as_text=True)
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    kept = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    return f"{app.config['SESSION_COOKIE_NAME']}={kept.value if kept else ''}", found[1] if found else ""
