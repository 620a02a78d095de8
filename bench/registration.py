"""Registrations by the form, against a POST that only reads one; and the rush for the last places."""

import re
import secrets
from collections.abc import Iterator
from functools import partial
from itertools import count
from urllib.parse import urlencode
from urllib.request import urlopen

from sqlalchemy import update

from bench import load
from bench.load import Result
from bench.measures import CLIENTS, ENGINES, ETAPE, SECONDS, Line, beside, measure
from bench.stage import Stage
from tests import factories
from tourpaca import create_app
from tourpaca.db import session, transaction
from tourpaca.registration import invariants
from tourpaca.tour.models import Atelier

FORM = f"{ETAPE}/inscription"
NUMBERS = count(1)
PLACES, RUSH = 30, 200
THREADS = {"sqlite": 1, "pg": 4}
Choices = dict[str, str]


def prepare(url: str, capacity: int | None) -> None:
    """Write the tour of the stories, every atelier with this capacity."""
    with create_app({"SQLALCHEMY_DATABASE_URI": url, "SECRET_KEY": "s" * 40}).app_context():
        factories.tour_paca()
        with transaction() as current:
            current.execute(update(Atelier).values(capacity=capacity))


def open_form(url: str) -> tuple[dict[str, str], str, list[tuple[str, str]]]:
    """Read the form as a browser does: its token, the cookie, and every (field, atelier) of the first person."""
    with urlopen(url + FORM) as answer:
        page, cookie = answer.read().decode(), answer.headers["Set-Cookie"].split(";")[0]
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    choices = re.findall(r'name="(p0-c\d+)" value="(\d+)"', page)
    return {"csrf_token": token[1] if token else ""}, cookie, choices


def sending(url: str, token: dict[str, str], cookie: str, choices: Choices) -> bytes:
    """Return one registration of one person, its key and names new each time."""
    number = next(NUMBERS)
    typed = {
        **token,
        "key": secrets.token_urlsafe(24),
        "people": "1",
        "organisation": f"Organisation {number % 60}",
        "contact_name": "Morgan Factice",
        "contact_email": f"contact{number}@exemple.org",
        "p0-first_name": "Camille",
        "p0-last_name": f"Exemple{number}",
        "p0-email": f"camille{number}@exemple.org",
        **choices,
    }
    return load.post(url, urlencode(typed).encode(), Cookie=cookie)


def requests(url: str, target: str, choose: int = 2) -> Iterator[bytes]:
    """Yield registrations for one atelier in each créneau, never ending."""
    token, cookie, choices = open_form(url)
    slots = list(dict.fromkeys(name for name, _ in choices))
    for turn in count():
        wanted = {
            slot: [value for name, value in choices if name == slot][turn % 4] for slot in slots[:choose]
        }
        yield sending(target, token, cookie, wanted)


def rate(url: str, target: str, seen: list[Result]) -> float:
    """Return redirections a second to one kind of POST; any other answer is a fault."""
    result = load.run(target, requests(url, target), CLIENTS, SECONDS)
    if set(result.statuses) - {302, 303}:
        raise RuntimeError(f"{target} answered {dict(result.statuses)}")
    seen.append(result)
    return result.rate


@measure
def registration(stage: Stage) -> Iterator[Line]:
    """One person, two ateliers, two letters, committed; one worker, eight clients.

    The reference is a POST of the same application that reads and checks the same form and keeps nothing; the
    bare POST, without the house's session and token, is named beside it.
    """
    bare = stage.reference(workers=1, threads=1).url + "/noop"
    for engine in ENGINES:
        base = stage.base(engine)
        prepare(base, None)
        url = stage.house(base, workers=1, threads=THREADS[engine], application="bench.checked:app").url
        seen: list[Result] = []
        noop = partial(rate, url, url + "/verifie", [])
        reference, found, ratio = beside(noop, partial(rate, url, url + FORM, seen))
        slowest = max(result.percentile(0.99) for result in seen)
        figures = (
            f"{found:,.0f}/s, p99 {slowest:.0f} ms",
            f"{reference:,.0f}/s, nu {rate(url, bare, []):,.0f}/s",
        )
        kept = ratio >= 0.15 and slowest <= 50
        yield Line(f"inscription, {engine}", *figures, ratio, "≥ 0.15, p99 ≤ 50 ms", kept)


@measure
def rush(stage: Stage) -> Iterator[Line]:
    """Two hundred clients at once for thirty places in each of two ateliers: exactly thirty, nobody sees a fault."""
    for engine in ENGINES:
        base = stage.base(engine)
        prepare(base, PLACES)
        url = stage.house(base, workers=1, threads=4).url
        token, cookie, choices = open_form(url)
        wanted = dict(reversed(choices))
        crowd = [sending(url + FORM, token, cookie, wanted) for _ in range(RUSH)]
        result = load.run(url, crowd, RUSH)
        taken, breaches = _counted(base)
        exact = taken == PLACES * len(wanted) and not breaches and result.statuses[303] == PLACES
        quiet = not any(status >= 500 for status in result.statuses)
        reached = f"{result.statuses[303]} inscrites en {result.seconds:.2f} s, {taken} places"
        kept = exact and quiet and result.seconds <= 1
        yield Line(
            f"{RUSH} clients, {PLACES} places, {engine}", reached, "–", None, "30 exactement, ≤ 1 s", kept
        )


def _counted(base: str) -> tuple[int, list[str]]:
    with create_app({"SQLALCHEMY_DATABASE_URI": base, "SECRET_KEY": "s" * 40}).app_context():
        return sum(room.taken for room in session().query(Atelier)), list(invariants.breaches())
