"""Images that the team brings: what is accepted, under which address, and giving them back.

An image is kept under the digest of its content and never changes: a published fiche shows for ever the one it named.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourpaca.db import session
from tourpaca.refusal import Refused, Unknown
from tourpaca.tour.models import Image

HEAVIEST, WIDEST = 200_000, 4_000
PNG, JPEG = "image/png", "image/jpeg"
ENDINGS = {PNG: "png", JPEG: "jpg"}
WANTED = "Choisissez une image PNG ou JPEG, de 200 ko au plus."
# The markers of JPEG that hold the size of the picture (ITU-T T.81, table B.1), tables and arithmetic left out.
FRAMES = {0xC0, 0xC1, 0xC2, 0xC3}


@dataclass(frozen=True)
class Checked:
    """An image that may be kept: its bytes, its type by content, and its address."""

    content: bytes
    content_type: str

    @property
    def digest(self) -> str:
        """The name of the content."""
        return hashlib.sha256(self.content).hexdigest()[:32]

    @property
    def address(self) -> str:
        """Where the house gives it back."""
        return f"/images/{self.digest}.{ENDINGS[self.content_type]}"


def checked(content: bytes) -> Checked:
    """Return an image known by its content, whatever its name; refuses SVG, other formats, a heavy or broken file."""
    if len(content) > HEAVIEST:
        raise Refused(f"Ce fichier est trop lourd. {WANTED}", "logo")
    kind, size = _png(content) or _jpeg(content) or ("", (0, 0))
    if not kind or not all(0 < side <= WIDEST for side in size):
        raise Refused(f"Ce fichier n’est pas une image que les pages savent montrer. {WANTED}", "logo")
    return Checked(content, kind)


def keep(session: Session, image: Checked, now: datetime) -> str:
    """Keep an image in the open transaction and return its address; the same content is kept once."""
    if session.get(Image, image.digest) is None:
        kept = Image(
            digest=image.digest, content_type=image.content_type, content=image.content, created_at=now
        )
        session.add(kept)
    return image.address


def found(digest: str, ending: str) -> Image:
    """Return an image by its address, or refuse with `Unknown`."""
    image = session().scalar(select(Image).where(Image.digest == digest))
    if image is None or ENDINGS[image.content_type] != ending:
        raise Unknown("Cette image n’existe pas.")
    return image


def contents(addresses: Iterable[str]) -> dict[str, bytes]:
    """Return the images kept under these addresses; an address that is not one of ours is left out."""
    asked = {PurePosixPath(address).stem: address for address in addresses if address.startswith("/images/")}
    if not asked:
        return {}
    rows = session().execute(select(Image.digest, Image.content).where(Image.digest.in_(asked)))
    return {asked[digest]: content for digest, content in rows}


Size = tuple[int, int]


def _png(content: bytes) -> tuple[str, Size] | None:
    """Return the type and the size of a PNG that is whole: its header first, its end last (ISO/IEC 15948)."""
    whole = (
        content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR" and content[-8:-4] == b"IEND"
    )
    if not whole:
        return None
    return PNG, (int.from_bytes(content[16:20]), int.from_bytes(content[20:24]))


def _jpeg(content: bytes) -> tuple[str, Size] | None:
    """Return the type and the size of a JPEG that is whole and says its size before its picture."""
    if not (content.startswith(b"\xff\xd8") and content.rstrip(b"\x00").endswith(b"\xff\xd9")):
        return None
    for marker, body in _segments(content):
        if marker in FRAMES and len(body) >= 5:
            return JPEG, (int.from_bytes(body[3:5]), int.from_bytes(body[1:3]))
    return None


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the segments before the picture, as (marker, body)."""
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        length = int.from_bytes(content[at + 2 : at + 4])
        if length < 2:
            return
        yield content[at + 1], content[at + 4 : at + 2 + length]
        at += 2 + length
