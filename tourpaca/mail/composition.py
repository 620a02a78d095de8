"""From a letter's row to its bytes: the snapshot is rendered, dressed and given its calendar files."""

import logging
import re
from collections.abc import Sequence
from email.headerregistry import Address
from functools import cache
from typing import TYPE_CHECKING, Any

from tourpaca import rendering, setting
from tourpaca.mail import calendar, rules
from tourpaca.mail.courrier import Courrier, Invitation
from tourpaca.mail.lease import Leased
from tourpaca.mail.models import Letter

if TYPE_CHECKING:
    from css_inline import CSSInliner


log = logging.getLogger("tourpaca")


def compose(letter: Letter | Leased) -> bytes:
    """Return the bytes of a letter; the same row always gives the same bytes.

    Refuses (`Refused`) an address or a header that no mail server could carry.
    """
    return composed(letter)[0]


def composed(letter: Letter | Leased) -> tuple[bytes, int]:
    """Return the bytes of a letter, and how many of its calendar entries could not be made; refuses as `compose`."""
    content: dict[str, Any] = letter.content
    sender = (str(content.get("from_name", "")), setting.sender())
    files = _invitations(letter, sender)
    whole = Courrier(
        identity=letter.message_id,
        subject=rules.header_text(letter.subject),
        sender=_address(*sender),
        recipient=_address(letter.to_name, letter.to_email),
        reply_to=_address("", letter.reply_to) if letter.reply_to else None,
        date=letter.created_at,
        automatic=not content.get("by_hand"),
        one_click=str(content["context"].get("unsubscribe_url", "")),
        body=text(letter),
        html=html(letter),
        invitations=files,
    )
    return whole.as_bytes(), len(_events(letter)) - len(files)


def text(letter: Letter | Leased) -> str:
    """Return the text part; it says everything. What a template leaves empty leaves no hole."""
    return re.sub(r"\n{3,}", "\n\n", _render(letter, "txt")).strip() + "\n"


def html(letter: Letter | Leased) -> str:
    """Return the HTML part, its styles written on the elements for the readers that drop style sheets."""
    return _inliner().inline(_render(letter, "html"))


def attachments(letter: Letter | Leased) -> list[str]:
    """Return the names of the files that travel with a letter."""
    return [made.filename for made in _invitations(letter, ("", setting.sender()))]


def missing(letter: Letter | Leased) -> int:
    """Return how many entries could not be written: the letter leaves without them."""
    return len(_events(letter)) - len(attachments(letter))


def _render(letter: Letter | Leased, kind: str) -> str:
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


def _events(letter: Letter | Leased) -> Sequence[dict[str, Any]]:
    content: dict[str, Any] = letter.content
    return content["events"]


def _invitations(letter: Letter | Leased, sender: calendar.Person) -> tuple[Invitation, ...]:
    """Return one file an entry; the organiser is the sender, the only name that stays the same for ever."""
    made = (_invitation(letter, sender, rank, event) for rank, event in enumerate(_events(letter), 1))
    return tuple(each for each in made if each)


def _invitation(
    letter: Letter | Leased, sender: calendar.Person, rank: int, event: dict[str, Any]
) -> Invitation | None:
    """Return the file of an entry; one that cannot be written must not hold the letter, which says everything."""
    attendee = (letter.to_name, letter.to_email)
    try:
        file = calendar.invitation(event, sender, attendee, letter.created_at)
    except Exception:
        log.exception("a calendar entry could not be written")
        return None
    return Invitation(f"rendez-vous-{rank}.ics", calendar.method(event), file)
