"""Registrations by the form, against a POST that only validates it; and the rush for the last places."""

import re
import secrets
from collections.abc import Iterator
from datetime import time
from itertools import count
from statistics import median
from urllib.parse import urlencode
from urllib.request import urlopen

from sqlalchemy import update

from bench import load
from bench.load import Result
from bench.measures import CLIENTS, ENGINES, ETAPE, ROUNDS, SECONDS, Line, measure
from bench.stage import Stage
from tests import factories
from tourpaca import create_app
from tourpaca.db import session, transaction
from tourpaca.registration import invariants
from tourpaca.tour.models import Atelier, Creneau, Etape

FORM = f"{ETAPE}/inscription"
NUMBERS = count(1)
PLACES, RUSH, CHOSEN = 30, 200, 3
THREADS = {"sqlite": 1, "pg": 4}
Choices = dict[str, str]


def prepare(url: str, capacity: int | None) -> None:
    """Write the tour of the stories, with a third créneau in the étape, every atelier with this capacity."""
    with create_app({"SQLALCHEMY_DATABASE_URI": url, "SECRET_KEY": "s" * 40}).app_context():
        factories.tour_paca()
        with transaction() as current:
            etape = current.query(Etape).filter_by(slug="nice").one()
            etape.creneaux.append(Creneau(ordre=CHOSEN, starts_at=time(14), ends_at=time(15, 30)))
            theme = etape.ateliers[0].thematique
            etape.ateliers.append(Atelier(creneau=etape.creneaux[-1], thematique=theme, ordre=9))
            current.flush()
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


def load_with(url: str, target: str) -> Result:
    """Send registrations to one kind of POST for a while; any answer but a redirection is a fault."""
    result = load.run(target, requests(url, target), CLIENTS, SECONDS)
    if set(result.statuses) - {303}:
        raise RuntimeError(f"{target} answered {dict(result.statuses)}")
    return result


@measure
def registration(stage: Stage) -> Iterator[Line]:
    """One person, two ateliers, two letters, committed; one worker, eight clients.

    The reference is a bare Flask POST that only validates the same form. The same validation behind the house's own
    session, token and headers is named beside it: what lies between the two is the price of these.
    """
    bare = stage.reference(workers=1, threads=1).url + "/noop"
    for engine in ENGINES:
        base = stage.base(engine)
        prepare(base, None)
        url = stage.house(base, workers=1, threads=THREADS[engine], application="bench.checked:app").url
        targets = (bare, url + "/verifie", url + FORM)
        rounds = [[load_with(url, target) for target in targets] for _ in range(ROUNDS)]
        ratio = median(found.rate / noop.rate for noop, _, found in rounds)
        beside = median(found.rate / same.rate for _, same, found in rounds)
        noop, same, found = (median(result.rate for result in column) for column in zip(*rounds, strict=True))
        slowest = median(found.percentile(0.99) for _, _, found in rounds)
        yield Line(
            f"inscription, {engine}",
            f"{found:,.0f}/s, p99 {slowest:.0f} ms",
            f"{noop:,.0f}/s (même maison : {same:,.0f}/s, rapport {beside:.2f})",
            ratio,
            "≥ 0.15, p99 ≤ 50 ms",
            ratio >= 0.15 and slowest <= 50,
        )


@measure
def rush(stage: Stage) -> Iterator[Line]:
    """Two hundred clients at once for thirty places in each of three ateliers: exactly thirty, no fault seen."""
    for engine in ENGINES:
        base = stage.base(engine)
        prepare(base, PLACES)
        url = stage.house(base, workers=1, threads=4).url
        token, cookie, choices = open_form(url)
        wanted = dict(reversed(choices))  # one atelier a créneau, the same for all
        crowd = [sending(url + FORM, token, cookie, wanted) for _ in range(RUSH)]
        result = load.run(url, crowd, RUSH)
        taken, breaches = _counted(base)
        exact = taken == PLACES * CHOSEN and not breaches and result.statuses[303] == PLACES
        quiet = not any(status >= 500 for status in result.statuses)
        reached = f"{result.statuses[303]} inscrites en {result.seconds:.2f} s, {taken} places"
        kept = exact and quiet and result.seconds <= 1
        yield Line(
            f"{RUSH} clients, {PLACES} places, {engine}", reached, "–", None, "30 exactement, ≤ 1 s", kept
        )


def _counted(base: str) -> tuple[int, list[str]]:
    with create_app({"SQLALCHEMY_DATABASE_URI": base, "SECRET_KEY": "s" * 40}).app_context():
        return sum(room.taken for room in session().query(Atelier)), list(invariants.breaches())
