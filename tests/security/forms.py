"""The forms of a page as a browser would send them: every field with what it holds, so that a test changes one."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

TYPED = frozenset({"text", "email", "search", "tel", "url", "textarea"})


@dataclass
class Form:
    """One form sent by POST: where it goes, what it holds, the names of the fields that somebody types in.

    `offered` is the first choice of each list of them.
    """

    action: str
    values: dict[str, str] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)
    offered: dict[str, str] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._area = self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form" and said.get("method", "").lower() == "post":
            self._form = Form(said["action"])
            self.forms.append(self._form)
        elif self._form and tag == "select":
            self._select = said["name"]
        elif self._form and tag == "option" and self._select:
            if "selected" in said or self._select not in self._form.values:
                self._form.values[self._select] = said.get("value", "")
        elif self._form and said.get("name"):
            self._field(self._form, tag, said)

    def _field(self, form: Form, tag: str, said: dict[str, str]) -> None:
        kind = "textarea" if tag == "textarea" else said.get("type", "text")
        if kind == "radio" and said.get("value"):
            form.offered.setdefault(said["name"], said["value"])
        if tag == "button" or (kind in {"checkbox", "radio"} and "checked" not in said):
            return
        form.values.setdefault(said["name"], said.get("value", ""))
        form.typed += [said["name"]] if kind in TYPED else []
        self._area = said["name"] if tag == "textarea" else ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        self._area = "" if tag == "textarea" else self._area
        self._select = "" if tag == "select" else self._select

    def handle_data(self, data: str) -> None:
        if self._form and self._area:
            self._form.values[self._area] += data


def forms(html: str) -> list[Form]:
    """Return the forms of a page that are sent by POST."""
    return _Reader(html).forms


def typed_in(html: str) -> list[Form]:
    """Return those in which a text is typed."""
    return [form for form in forms(html) if form.typed]
