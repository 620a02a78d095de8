"""Judge the HTML of every page that any test opens: what no page of the house may lack or contain."""

import re
from collections import Counter
from html.parser import HTMLParser

VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
SILENT = frozenset({"script", "style", "template", "textarea", "code", "pre", "svg"})
UNLABELLED = frozenset({"hidden", "submit", "button", "reset", "image"})
STRAIGHT = re.compile(r"[A-Za-zÀ-ÿ]'[A-Za-zÀ-ÿ]")

Attributes = dict[str, str]


class Page(HTMLParser):
    """A strict reading of one page: every element closed in order, and the facts the rules need."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, Attributes]] = []
        self.faults: list[str] = []
        self.counts: Counter[str] = Counter()
        self.ids: Counter[str] = Counter()
        self.lang = ""
        self.title = ""
        self.label_targets: set[str] = set()
        self.fields: list[tuple[str, Attributes, bool]] = []
        self.forms: list[tuple[Attributes, set[str]]] = []
        self.texts: list[str] = []
        self.has_doctype = False
        self.feed(html)
        self.close()
        self.faults += [f"<{tag}> is never closed" for tag, _ in self.open]

    def handle_decl(self, decl: str) -> None:
        self.has_doctype = self.has_doctype or decl.lower() == "doctype html"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.counts[tag] += 1
        self._inline(tag, attributes)
        if "id" in attributes:
            self.ids[attributes["id"]] += 1
        self._note(tag, attributes)
        if tag not in VOID:
            self.open.append((tag, attributes))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1][0] != tag:
            expected = self.open[-1][0] if self.open else "nothing"
            self.faults.append(f"</{tag}> at line {self.getpos()[0]} where {expected} is open")
            while self.open and self.open[-1][0] != tag:
                self.open.pop()
        if self.open:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        tags = [tag for tag, _ in self.open]
        if tags and tags[-1] == "title" and "svg" not in tags:
            self.title += data
        verbatim = any(attributes.get("translate") == "no" for _, attributes in self.open)
        if not verbatim and not SILENT & set(tags):
            self.texts.append(data)

    def _inline(self, tag: str, attributes: Attributes) -> None:
        if tag == "style" or (tag == "script" and "src" not in attributes):
            self.faults.append(f"inline <{tag}> (the policy of the house refuses it)")
        for name in attributes:
            if name == "style" or name.startswith("on"):
                self.faults.append(f"inline {name}= on <{tag}> (the policy of the house refuses it)")

    def _note(self, tag: str, attributes: Attributes) -> None:
        if tag == "html":
            self.lang = attributes.get("lang", "")
        elif tag == "form":
            self.forms.append((attributes, set()))
        elif tag == "label":
            self.label_targets.add(attributes.get("for", ""))
        elif tag in {"input", "select", "textarea"}:
            self._field(attributes if tag == "input" else {"type": tag, **attributes})

    def _field(self, attributes: Attributes) -> None:
        within_label = any(tag == "label" for tag, _ in self.open)
        self.fields.append((attributes.get("type", "text"), attributes, within_label))
        if self.forms and "name" in attributes:
            self.forms[-1][1].add(attributes["name"])


def faults(html: str) -> list[str]:
    """Everything wrong with one page, as sentences; an empty list for a good page."""
    page = Page(html)
    found = list(page.faults)
    found += [] if page.has_doctype else ["no <!doctype html>"]
    found += [] if page.lang else ["<html> has no lang"]
    found += [] if page.title.strip() else ["no title"]
    found += [
        f"{count} <{tag}> instead of one"
        for tag, count in (("h1", page.counts["h1"]), ("main", page.counts["main"]))
        if count != 1
    ]
    found += [f"id {name!r} is used {count} times" for name, count in page.ids.items() if count > 1]
    found += _form_faults(page) + _field_faults(page) + _apostrophes(page)
    return found


def _form_faults(page: Page) -> list[str]:
    found = []
    for attributes, names in page.forms:
        method = attributes.get("method", "").lower()
        if not attributes.get("action"):
            found.append("a form has no action")
        if method not in {"get", "post"}:
            found.append(f"a form has the method {method!r}")
        if method == "post" and "csrf_token" not in names:
            found.append(f"the form to {attributes.get('action')} has no csrf_token")
    return found


def _field_faults(page: Page) -> list[str]:
    found = []
    for kind, attributes, within_label in page.fields:
        labelled = (
            within_label
            or attributes.get("id", "") in page.label_targets - {""}
            or attributes.get("aria-label")
            or attributes.get("aria-labelledby")
        )
        if kind not in UNLABELLED and not labelled:
            found.append(f"the field {attributes.get('name') or attributes.get('id')!r} has no label")
    return found


def _apostrophes(page: Page) -> list[str]:
    if not page.lang.startswith("fr"):
        return []
    return [f"straight apostrophe in « {text.strip()[:60]} »" for text in page.texts if STRAIGHT.search(text)]
