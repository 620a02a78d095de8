"""PDF documents: one call to the typesetter, with the house's fonts and accessible PDF/UA-1 output."""

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tourpaca.rendering import TEMPLATES

FONTS = Path(__file__).parent.parent / "static" / "fonts" / "pdf"
NONE: Mapping[str, bytes] = {}

log = logging.getLogger("tourpaca")


def typeset(template: str, data: dict[str, Any], images: Mapping[str, bytes] = NONE) -> bytes:
    """Return the PDF of a Typst template of templates/ filled with JSON data, and with `images` by their address.

    Data travel as JSON and never enter the markup, so a name cannot become code. An image whose picture cannot be
    read leaves the document without images rather than without pages: templates then give the names.
    """
    try:
        return _compiled(template, data, images)
    except RuntimeError:
        if not images:
            raise
        log.warning("an image could not be drawn")
        return _compiled(template, data, NONE)


def _compiled(template: str, data: dict[str, Any], images: Mapping[str, bytes]) -> bytes:
    import typst  # noqa: PLC0415 - loaded by the first document, not at start

    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    if images:
        inputs["images"] = json.dumps({address: list(content) for address, content in images.items()})
    return typst.compile(
        TEMPLATES / template,
        root=TEMPLATES,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs=inputs,
        format="pdf",
        pdf_standards=["ua-1"],
    )
