"""S5: nothing that people type adds a recipient, a header or a part, at a real mail server on loopback."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses

import pytest
from flask import Flask

from tests.mail import injections
from tests.mail.injections import ADDRESSES, LINE_ENDS, PAYLOADS, PLAIN, THIEF, Writer
from tests.mail.writing import THEN, letters, send_to
from tests.posting import Received, Sink
from tourpaca.db import transaction
from tourpaca.mail import delivery, mime, outbox, rules
from tourpaca.mail.courrier import Courrier, Invitation
from tourpaca.mail.draft import Draft
from tourpaca.mail.models import REFUSE
from tourpaca.refusal import Refused

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
PEOPLE = ("from", "to", "reply-to")
Came = tuple[Received, Message]


@dataclass(frozen=True)
class Shape:
    """What no payload may change: who receives, the headers in their order, the parts with theirs."""

    recipients: tuple[str, ...]
    headers: tuple[str, ...]
    parts: tuple[tuple[str, ...], ...]


@pytest.fixture
def house(app: Flask, smtp_sink: Sink) -> Iterator[Flask]:
    """The application, which sends to the test's own server."""
    send_to(app, smtp_sink)
    with app.app_context():
        yield app


def shape(received: Received, message: Message) -> Shape:
    """Return the shape of a letter as the server kept it."""
    head, _, _ = received.content.partition(b"\r\n\r\n")
    lines = head.decode("ascii").split("\r\n")
    headers = tuple(line.partition(":")[0] for line in lines if line[0] not in " \t")
    parts = [(part.get_content_type(), str(part.get_filename()), *part.keys()) for part in message.walk()]
    return Shape(received.recipients, headers, tuple(parts[1:]))


def send(drafts: Iterable[Draft], sink: Sink) -> dict[str, Came]:
    """Post the letters together, let the worker carry them over one connection, and return them by Message-ID."""
    with transaction() as current:
        outbox.post(current, drafts, THEN)
    sink.letters.clear()
    delivery.deliver(lambda: THEN)
    read = ((each, message_from_bytes(each.content)) for each in sink.letters)
    found = {str(message["Message-ID"]): (each, message) for each, message in read}
    assert len(found) == len(sink.letters)
    return found


def plain_shapes(sink: Sink) -> dict[Writer, tuple[Shape, ...]]:
    """Return the shapes of the letters of each act with nothing injected."""
    shapes = {}
    for number, writer in enumerate(injections.REACHED):
        made = injections.drafts(writer, -1 - number)
        came = send(made, sink)
        shapes[writer] = tuple(shape(*came[_identity(draft)]) for draft in made)
    return shapes


def _identity(draft: Draft) -> str:
    return outbox.message_id(draft.subject_key, draft.kind, draft.sequence)


def effects(came: Came, plain: Shape, field: str, value: str) -> Iterator[str]:
    """Yield what a payload changed in a letter that arrived."""
    found = shape(*came)
    # An address that may stand is the one recipient of its own letter.
    expected = (
        (rules.mailbox(value),)
        if plain.recipients == (PLAIN[field],) and field in ADDRESSES
        else plain.recipients
    )
    if found.recipients != expected:
        yield f"received by {found.recipients}"
    if found.headers != plain.headers or found.parts != plain.parts:
        yield f"headers {found.headers}, parts {found.parts}"
    for name in PEOPLE:
        written = str(came[1][name] or "").replace("\r\n", "")
        strictly = [each.addr_spec for each in policy.default.header_factory(name, written).addresses]
        loosely = {address for said in (written, decoded(written)) for _, address in getaddresses([said])}
        if len(strictly) > 1 or loosely - set(strictly) or THIEF in loosely:
            yield f"{name} is {written}"
    if set(decoded(str(came[1]["Subject"]).replace("\r\n", ""))) & set("\r\n"):
        yield "the subject decodes into two lines"


def decoded(header: str) -> str:
    """What a reader makes of a header: once unfolded: its encoded words read."""
    return str(make_header(decode_header(header)))


def judged(sink: Sink, tried: Sequence[tuple[Writer, str, str]]) -> Iterator[str]:
    """Try injections together and yield each that had an effect, or whose letter was lost or refused for nothing."""
    plain = plain_shapes(sink)
    made = [injections.drafts(writer, n, **{field: value}) for n, (writer, field, value) in enumerate(tried)]
    came = send([draft for drafts in made for draft in drafts], sink)
    refused = {letter.message_id for letter in letters() if letter.state == REFUSE}
    for (writer, field, value), drafts in zip(tried, made, strict=True):
        for draft, shaped in zip(drafts, plain[writer], strict=bool(drafts)):
            identity, where = _identity(draft), f"{writer.__name__}, {field}, {value[:60]!r}: "
            if identity in came:
                yield from (where + each for each in effects(came[identity], shaped, field, value))
            elif identity not in refused:
                yield f"{where}neither came nor refused"
            elif field not in ADDRESSES and not any(payload in value for payload in LINE_ENDS):
                yield f"{where}refused though it can travel"


def test_s05_no_injection_changes_who_receives_which_headers_and_which_parts(
    house: Flask, smtp_sink: Sink
) -> None:
    """Forty payloads in every field that reaches a letter; what cannot travel is refused alone, with its reason."""
    tried = list(injections.injections())
    assert (len(PAYLOADS) >= 40, len(tried) >= 1_200) == (True, True)
    assert list(judged(smtp_sink, tried)) == []


def test_s05_a_header_written_raw_goes_red(
    house: Flask, smtp_sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: without the guard and the encoding, a line end in an object adds a recipient's header."""
    monkeypatch.setattr(rules, "header_text", lambda text, limit=0: text)
    monkeypatch.setattr(mime, "_words", lambda _name, text: text.encode("ascii", "replace").decode())
    bold = f"Salle\r\nBcc: {THIEF}"
    found = list(
        judged(
            smtp_sink, [(injections.summed_up, "contact_name", bold), (injections.confirmed, "town", bold)]
        )
    )
    assert [each for each in found if "Bcc" in each.partition(": ")[2]] != []


def test_s05_the_name_and_the_type_of_a_file_hold_nothing_but_a_name(app: Flask) -> None:
    """Nobody types them; were they to come from a text one day, the letter would be refused."""
    file = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
    for payload in PAYLOADS:
        for said in ((f"a{payload}.ics", "REQUEST"), ("a.ics", f"REQUEST{payload}")):
            letter = Courrier(
                "<a@x>", "Nice", "a@x.org", "b@x.org", body="x", invitations=(Invitation(*said, file),)
            )
            with pytest.raises(Refused):
                letter.as_bytes()
