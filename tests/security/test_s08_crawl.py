"""S8 and D6: a browser follows every link of a house in which every text is a canary, and nothing of it lives."""

import mimetypes
import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.routing import Map
from werkzeug.serving import make_server

from tests import factories
from tests.browsing import Complaints
from tests.pictures import PNG
from tests.security import canary
from tests.security.crawling import POLICY, Walk
from tests.serving import Server, start
from tests.signing import PASSWORD
from tourpaca import create_app
from tourpaca.db import db
from tourpaca.tour import images

SECRET = "a secret of the tests, long enough for anyone"  # the server's too: addresses are derived from it
TOUR = f"/tours/{factories.TOUR}"
TEAM = f"/equipe/{factories.TOUR}"
SENT_BY_STRANGERS = {"organiser.use_link", "organiser.do_sign_in", "organiser.ask_link"}
# Their forms do not show: identifiers that are canaries contradict each other, and no letter can go to such an address.
REFUSED_TO_CANARIES = {"organiser.link_organisation", "organiser.correct_address"}
OFFERED_ONCE = {"organiser.rouvrir"}  # by the message that follows a closing
NEEDS_A_MAIL_SERVER = {"organiser.try_courrier"}  # this house has none
LOST = frozenset(
    {"/nulle-part", "/inscriptions/inconnu", f"{TOUR}/etapes/nulle-part", f"{TOUR}/fiches/ethique"}
)
LOST_BY_THE_TEAM = frozenset({"/equipe/lien/inconnu", f"{TEAM}/nulle-part", f"{TEAM}/etapes/nulle-part"})


@dataclass(frozen=True)
class Wicked:
    """The canaries' house behind a real server."""

    house: canary.House
    server: Server
    routes: Map


@pytest.fixture
def wicked(sqlite_url: str) -> Iterator[Wicked]:
    app = create_app(
        {"TESTING": True, "SECRET_KEY": SECRET, "SQLALCHEMY_DATABASE_URI": sqlite_url, "NOW": canary.NOW}
    )
    with app.app_context():
        house = canary.settle()
        db.session.remove()
        db.engine.dispose()
    server = start(sqlite_url, TOURPACA_NOW=canary.NOW)
    yield Wicked(house, server, app.url_map)
    server.stop()


ASKED_BY_MACHINES = {"public.take_returns"}


def _endpoints(routes: Map, door: str, method: str) -> set[str]:
    named = {rule.endpoint for rule in routes.iter_rules() if method in (rule.methods or ())}
    return {endpoint for endpoint in named if endpoint.startswith(door)}


def _shared(walk: Walk) -> dict[str, set[str]]:
    """Titles of several pages, but for a dossier's own (two of one étape read alike) and a lone tour at the root."""
    return {
        title: paths
        for title, paths in walk.same_titles().items()
        if not all(path.startswith("/inscriptions/") for path in paths) and paths != {"/", TOUR}
    }


def test_s08_d06_the_public_pages_let_no_canary_live(
    wicked: Wicked, page: Page, axe: Callable[[Page], None]
) -> None:
    """A stranger goes everywhere: no script runs, no request leaves, no link is dead, no page is heavy."""
    walk = Walk(page, wicked.server.url, wicked.routes, axe, missing=LOST)
    doors = ("/livez", "/readyz", "/organisations.json?q=maison", "/equipe/connexion")
    logo = images.checked(PNG).address
    mails = (
        f"/equipe/lien/{wicked.house.member}",
        urlsplit(wicked.house.draft).path,
        *(urlsplit(way_out).path for way_out in wicked.house.ways_out),
    )
    walk.begin(["/", logo, *doors, *mails, *(f"/inscriptions/{link}" for link in wicked.house.registrations)])
    assert not walk.faults, "\n".join(walk.faults)
    assert _shared(walk) == {}
    assert _endpoints(wicked.routes, "public.", "GET") <= set(walk.seen)
    sent = {walk.endpoint(path, "POST") for path in walk.posted}
    assert _endpoints(wicked.routes, "public.", "POST") <= sent | ASKED_BY_MACHINES


def test_s08_d06_the_team_s_pages_let_no_canary_live(
    wicked: Wicked, page: Page, axe: Callable[[Page], None]
) -> None:
    """An organiser goes everywhere: the same, and every page and every act of the team can be reached."""
    page.goto(f"{wicked.server.url}/equipe/lien/{wicked.house.member}")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Choisir ce mot de passe et entrer").click()
    page.wait_for_url("**/equipe/")
    walk = Walk(page, wicked.server.url, wicked.routes, axe, within="/equipe/", missing=LOST_BY_THE_TEAM)
    room = f"{TEAM}/etapes/nice/presences/{wicked.house.room}"
    between = (
        f"{room}?q=first_name2",
        f"{room}/saisie?numbers=1",
        f"{TEAM}/fiches/concertation-strategie/apercu",
        f"{TEAM}/fiches/concertation-strategie/relecture",
        f"{TEAM}/organisations/5",
    )
    walk.begin(
        ["/equipe/", "/equipe/planche", f"{TEAM}/messages/1", f"{TEAM}/organisations/1/lier/2", *between]
    )
    assert not walk.faults, "\n".join(walk.faults)
    assert _shared(walk) == {}
    unseen = _endpoints(wicked.routes, "organiser.", "GET") - set(walk.seen)
    assert unseen <= {"organiser.link", "organiser.sign_in"}
    sent = {walk.endpoint(path, "POST") for path in walk.posted}
    unsent = _endpoints(wicked.routes, "organiser.", "POST") - sent
    assert unsent <= SENT_BY_STRANGERS | REFUSED_TO_CANARIES | OFFERED_ONCE | NEEDS_A_MAIL_SERVER


GOOD = (
    '<!doctype html><html lang="fr"><head><title>Page</title><link rel="stylesheet" href="/a.css"></head>'
    "<body><main><h1>Page</h1><p>Un texte.</p>{}</main></body></html>"
)
FAULTS = (
    ('<script src="/run.js" defer></script>', "a script of the canary ran"),
    ('<img src="x" alt="">', "markup of the canary became an element"),
    ("<p>1337</p>", "braces of the canary were taken for a template"),
    ('<script src="/a.js"></script>', "1 blocking scripts"),
    ('<a href="javascript:void(0)">ici</a>', "a link runs a script"),
    ('<a href="/perdu">ici</a>', "answers 404"),
    ('<a href="/fautif">ici</a>', "answers 500"),
    (
        '<form method="post" action="/nulle-part"><input type="hidden" name="csrf_token"></form>',
        "nobody answers",
    ),
    ("<h1>Encore</h1>", "2 <h1> instead of one"),
    ('<a href="/libre.pdf">ici</a>', "the policy is None"),
    ("<button></button>", "axe:"),
    ('<link rel="stylesheet" href="/b.css">', "2 style sheets"),
    (f"<p>{random.Random(8).randbytes(20_000).hex()}</p>", "weighs"),
)


def _planted(fault: str) -> Flask:
    """A site of one page with one fault in it."""
    site = Flask(__name__, static_folder=None)

    def answer(name: str = "") -> tuple[str, int, dict[str, str]]:
        status = {"perdu": 404, "fautif": 500}.get(name, 200)
        kind = mimetypes.guess_type(name)[0] or "text/html"
        policy = {} if name == "libre.pdf" else {"Content-Security-Policy": POLICY}
        body = "window.canari=1" if name == "run.js" else GOOD.format("" if name else fault)
        return body, status, {"Content-Type": kind, **policy}

    site.add_url_rule("/", view_func=answer, endpoint="public.home")
    site.add_url_rule("/<name>", view_func=answer, endpoint="public.other")
    return site


@pytest.mark.parametrize(("fault", "words"), FAULTS, ids=[words for _, words in FAULTS])
def test_s08_the_walk_sees_what_is_planted(
    browser: Browser, axe: Callable[[Page], None], fault: str, words: str
) -> None:
    """Each thing that the walk looks for, planted once, is found."""
    site = _planted(fault)
    server = make_server("127.0.0.1", 0, site, threaded=True)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    page = browser.new_page()
    walk = Walk(page, f"http://127.0.0.1:{server.port}", site.url_map, axe)
    walk.begin(["/"])
    page.close()
    server.shutdown()
    serving.join()
    server.server_close()
    assert [found for found in walk.faults if words in found], walk.faults


def test_d06_a_request_that_leaves_the_site_is_a_complaint(browser: Browser) -> None:
    """What every browser test of the house watches: an image of another site, and a noisy console."""
    context = browser.new_context()
    complaints = Complaints(context)
    page = context.new_page()
    page.route("**/*", lambda route: route.abort())
    page.set_content('<img src="http://tiers.example/pixel.gif" alt=""><script>console.error("aïe")</script>')
    page.wait_for_load_state("networkidle")
    context.close()
    assert any("left the site: http://tiers.example/pixel.gif" in found for found in complaints.found)
    assert any("console error: aïe" in found for found in complaints.found)
