"""From a letter's row to its bytes: the snapshot is rendered, dressed and given its calendar files."""

import re
from collections.abc import Sequence
from email.headerregistry import Address
from functools import cache
from typing import TYPE_CHECKING, Any

from tourpaca import rendering, setting
from tourpaca.mail import calendar, rules
from tourpaca.mail.courrier import Courrier, Invitation
from tourpaca.mail.models import Letter

if TYPE_CHECKING:
    from css_inline import CSSInliner


def compose(letter: Letter) -> bytes:
    """Return the bytes of a letter; the same row always gives the same bytes.

    Refuses (`Refused`) an address or a header that no mail server could carry.
    """
    content: dict[str, Any] = letter.content
    sender = (str(content.get("from_name", "")), setting.sender())
    return Courrier(
        identity=letter.message_id,
        subject=rules.header_text(letter.subject),
        sender=_address(*sender),
        recipient=_address(letter.to_name, letter.to_email),
        reply_to=_address("", letter.reply_to) if letter.reply_to else None,
        date=letter.created_at,
        body=text(letter),
        html=html(letter),
        invitations=_invitations(letter, sender),
    ).as_bytes()


def text(letter: Letter) -> str:
    """Return the text part; it says everything. What a template leaves empty leaves no hole."""
    return re.sub(r"\n{3,}", "\n\n", _render(letter, "txt")).strip() + "\n"


def html(letter: Letter) -> str:
    """Return the HTML part, its styles written on the elements for the readers that drop style sheets."""
    return _inliner().inline(_render(letter, "html"))


def attachments(letter: Letter) -> list[str]:
    """Return the names of the files that travel with a letter."""
    return [_filename(rank) for rank, _ in enumerate(_events(letter), 1)]


def _render(letter: Letter, kind: str) -> str:
    content: dict[str, Any] = letter.content
    return rendering.render(
        f"mail/{content['template']}.{kind}", subject=letter.subject, **content["context"]
    )


@cache
def _inliner() -> "CSSInliner":
    from css_inline import CSSInliner  # noqa: PLC0415 - loaded by the first letter, not at start

    return CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)


def _address(name: str, email: str) -> str:
    return str(Address(display_name=rules.display_name(name), addr_spec=rules.mailbox(email)))


def _events(letter: Letter) -> Sequence[dict[str, Any]]:
    content: dict[str, Any] = letter.content
    return content["events"]


def _invitations(letter: Letter, sender: calendar.Person) -> tuple[Invitation, ...]:
    """Return one file an entry; the organiser is the sender, the only name that stays the same for ever."""
    attendee = (letter.to_name, letter.to_email)
    return tuple(
        Invitation(
            _filename(rank),
            calendar.method(event),
            calendar.invitation(event, sender, attendee, letter.created_at),
        )
        for rank, event in enumerate(_events(letter), 1)
    )


def _filename(rank: int) -> str:
    return f"rendez-vous-{rank}.ics"
