"""What may stand in a calendar file: text without the characters that end a line or that no reader takes."""

import re

# Every way of ending a line, in any alphabet, is one line feed, which the format then writes as « \n ».
_BREAKS = re.compile("\r\n|[\r\u000b\u000c\u001c-\u001e\u0085\u2028\u2029]")
# Control characters are no text (RFC 5545 §3.3.11), and half a surrogate pair is no character.
_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")


def text(said: str) -> str:
    """Return a text as a calendar may hold it; the library then escapes it."""
    return _NO_TEXT.sub("", _BREAKS.sub("\n", said))


def line(said: str) -> str:
    """Return a text on one line."""
    return " ".join(text(said).split())


def name(said: str) -> str:
    """Return a name as it may stand beside an address, where readers disagree on quotes and on what escapes them."""
    return line(said).replace("\\", "/").replace('"', "'")
