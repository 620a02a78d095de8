"""Walk a site as a visitor would, following every link and every form of every page, and note what is wrong."""

import gzip
import re
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import APIResponse, Page, Request, Response
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, RequestRedirect

from tests import page_inspection
from tests.security import canary

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "object-src 'none'; require-trusted-types-for 'script'"
)
FILE = re.compile(r"/livez$|/readyz$|\.[a-z]+$")  # what a browser takes away or shows as it is
LOOKS = 5
HEAVY = 15_000
DEAD = frozenset({404, 405, 410})
FACTS = """() => ({
  links: [...document.querySelectorAll("a[href], area[href]")].map(a => [a.href, a.getAttribute("href")]),
  forms: [
    ...[...document.forms].filter(f => f.getAttribute("action") !== "#").map(f => [f.method, f.action]),
    ...[...document.querySelectorAll("button[formaction]")].map(b => [b.form.method, b.formAction]),
  ],
  sheets: document.querySelectorAll("link[rel~=stylesheet], style").length,
  blocking: [...document.scripts].filter(s => !s.defer && !s.async && s.type !== "module").length,
  heads: document.querySelectorAll("h1").length,
  planted: document.querySelectorAll('img[src="x"], script:not([src])').length,
  ran: window.canari !== undefined,
  text: document.body.innerText,
})"""
# A form sent to "#" is only drawn: the planche shows what forms look like.
# A page that refreshes itself waits while nobody sees it: it would go away under the reading.
UNSEEN = 'Object.defineProperty(document, "hidden", {get: () => true})'
Facts = dict[str, Any]


@dataclass
class Walk:
    """One walk over a site: what was seen, by endpoint, and every fault as a sentence.

    Of pages made by one view the first few are looked at, the others asked for; so are all outside `within`. Pages of
    `missing` must answer 404, and are looked at like any other.
    """

    page: Page
    site: str
    routes: Map
    axe: Callable[[Page], None]
    within: str = "/"
    missing: frozenset[str] = frozenset()
    faults: list[str] = field(default_factory=list)
    seen: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    titles: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    posted: set[str] = field(default_factory=set)
    _asked: set[str] = field(default_factory=set)

    def begin(self, addresses: Iterable[str]) -> None:
        """Follow everything that can be reached from these addresses (paths of the site)."""
        self.page.context.add_init_script(UNSEEN)
        self.page.context.on("response", self._judge_policy)
        self.page.context.on("request", self._judge_method)
        waiting = deque([*addresses, *self.missing])
        while waiting:
            address = waiting.popleft()
            if address not in self._asked:
                self._asked.add(address)
                waiting.extend(self._visit(address))

    def _judge_policy(self, answer: Response | APIResponse) -> None:
        if answer.url.startswith(self.site) and answer.headers.get("content-security-policy") != POLICY:
            self._note(answer.url, f"the policy is {answer.headers.get('content-security-policy')!r}")

    def _judge_method(self, request: Request) -> None:
        if request.method not in {"GET", "HEAD"}:
            self._note(request.url, f"a page that was only opened sent a {request.method}")

    def _note(self, address: str, words: str) -> None:
        self.faults.append(f"{address.removeprefix(self.site)}: {words}")

    def _visit(self, address: str) -> Iterator[str]:
        endpoint = self.endpoint(address, "GET")
        self.seen[endpoint].append(address)
        if self._is_only_asked_for(address, endpoint):
            answer = self.page.context.request.get(self.site + address)
            self._judge_policy(answer)
            self._judge_status(address, answer.status)
        else:
            yield from self._look(address, endpoint)

    def _is_only_asked_for(self, address: str, endpoint: str) -> bool:
        is_file = bool(FILE.search(urlsplit(address).path))
        return is_file or not address.startswith(self.within) or len(self.seen[endpoint]) > LOOKS

    def _judge_status(self, address: str, status: int) -> None:
        if (status in DEAD or status >= 500) and not (address in self.missing and status == 404):
            self._note(address, f"answers {status}")

    def endpoint(self, address: str, method: str) -> str:
        """Return the endpoint that answers an address, or "" when none does."""
        try:
            found = self.routes.bind("127.0.0.1").match(urlsplit(address).path, method=method)
        except RequestRedirect:
            return "redirect"
        except HTTPException:
            return ""
        return str(found[0])

    def _look(self, address: str, endpoint: str) -> Iterator[str]:
        answer = self.page.goto(self.site + address)
        assert answer is not None
        self._judge_status(address, answer.status)
        facts = self.page.evaluate(FACTS)
        html = answer.text()
        for words in (*_text_faults(facts), *page_inspection.faults(html)):
            self._note(address, words)
        for words in _heavy(html, facts) if endpoint.startswith("public.") else ():
            self._note(address, words)
        if address not in self.missing:
            self.titles[self.page.title()].add(urlsplit(self.page.url).path)
        if len(self.seen[endpoint]) == 1:
            self._listen(address)
        yield from self._ways_on(address, facts)

    def _listen(self, address: str) -> None:
        try:
            self.axe(self.page)
        except AssertionError as violations:
            self._note(address, f"axe: {violations}")

    def _ways_on(self, address: str, facts: Facts) -> Iterator[str]:
        for absolute, written in facts["links"]:
            if re.match(r"\s*(javascript|data|vbscript):", written, re.IGNORECASE):
                self._note(address, f"a link runs a script: {written[:60]}")
            if absolute.startswith(self.site):
                yield absolute.removeprefix(self.site).split("#")[0]
        for method, action in facts["forms"]:
            path = action.removeprefix(self.site)
            if method == "get":
                yield path
            elif path not in self.posted:
                self.posted.add(path)
                if not self.endpoint(path, "POST"):
                    self._note(address, f"a form is sent to {path}, where nobody answers")

    def same_titles(self) -> dict[str, set[str]]:
        """Return the titles that several pages share."""
        return {title: paths for title, paths in self.titles.items() if len(paths) > 1}


def _text_faults(facts: Facts) -> Iterator[str]:
    if facts["ran"]:
        yield "a script of the canary ran"
    if facts["planted"]:
        yield "markup of the canary became an element"
    if canary.DONE in facts["text"]:
        yield "braces of the canary were taken for a template"
    if facts["blocking"]:
        yield f"{facts['blocking']} blocking scripts"


def _heavy(html: str, facts: Facts) -> Iterator[str]:
    weight = len(gzip.compress(html.encode()))
    if weight > HEAVY:
        yield f"weighs {weight} bytes"
    if facts["sheets"] != 1:
        yield f"{facts['sheets']} style sheets"
