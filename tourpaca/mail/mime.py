"""The bytes of a letter: headers and parts written one after the other, each encoded once.

The standard library's EmailMessage reads every header again at each step: five milliseconds a letter, five times all
the rest.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping, Sequence
from email.header import Header
from email.utils import parseaddr
from functools import lru_cache

ADDRESSES, WORDS = frozenset(["From", "To", "Reply-To"]), frozenset(["Subject"])
LINE = 76
Part = bytes


def letter(headers: Mapping[str, str], body: Part) -> bytes:
    """Return a whole letter, CRLF lines of 7 bits. The values must be fit for headers (rules.header_text)."""
    lines = [_header(name, value) for name, value in headers.items()]
    return "".join([*lines, "MIME-Version: 1.0\r\n"]).encode("ascii") + body


def text(words: str, subtype: str) -> Part:
    """Return a text as a part, in quoted-printable (RFC 2045 §6.7): most of French stays readable."""
    lines = "\r\n".join(words.splitlines()) + "\r\n"
    head = f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    return head.encode("ascii") + binascii.b2a_qp(lines.encode(), istext=True)


def calendar(file: str, method: str, filename: str = "") -> Part:
    """Return a calendar file as a part, in base64 so that no relay touches its lines; attached under a name if any."""
    attached = f'Content-Disposition: attachment; filename="{filename}"\r\n' if filename else ""
    head = f'Content-Type: text/calendar; charset="utf-8"; method="{method}"\r\nContent-Transfer-Encoding: base64\r\n'
    content = base64.encodebytes(file.encode()).replace(b"\n", b"\r\n")
    return f"{head}{attached}\r\n".encode("ascii") + content


def multipart(subtype: str, parts: Sequence[Part], identity: str) -> Part:
    """Return parts as one; a single part is itself.

    The boundary is named after the letter, so that composing twice gives the same bytes.
    """
    if len(parts) == 1:
        return parts[0]
    boundary = f"=_{subtype}_{hashlib.sha256(identity.encode()).hexdigest()[:24]}"
    head = f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"\r\n\r\n'.encode("ascii")
    line = f"--{boundary}".encode("ascii")
    return head + b"".join(line + b"\r\n" + part + b"\r\n" for part in parts) + line + b"--\r\n"


@lru_cache(maxsize=256)
def _header(name: str, value: str) -> str:
    """Return a header folded at 76 signs, its foreign letters encoded (RFC 5322 §2.2.3, RFC 2047)."""
    if name in WORDS:
        return f"{name}: {_words(name, value)}\r\n"
    shown, address = parseaddr(value) if name in ADDRESSES else ("", value)
    if not shown:
        return f"{name}: {address}\r\n"
    phrase = value.rpartition("<")[0].strip() if shown.isascii() else _words(name, shown)
    last = phrase.rpartition("\r\n")[2]
    space = " " if len(name) + len(last) + len(address) + 5 <= LINE else "\r\n "
    return f"{name}: {phrase}{space}<{address}>\r\n"


def _words(name: str, text: str) -> str:
    """Return words for a header, encoded when they are not ASCII."""
    charset = "us-ascii" if text.isascii() else "utf-8"
    return Header(text, charset, header_name=name, maxlinelen=LINE).encode(linesep="\r\n")
