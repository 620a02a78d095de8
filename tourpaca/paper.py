"""PDF documents: one call to the typesetter, with the house's fonts and accessible PDF/UA-1 output."""

import json
from pathlib import Path
from typing import Any

from tourpaca.rendering import TEMPLATES

FONTS = Path(__file__).parent.parent / "static" / "fonts" / "pdf"


def typeset(template: str, data: dict[str, Any]) -> bytes:
    """Return the PDF of a Typst template of templates/ filled with JSON data.

    Data travel as JSON and never enter the markup, so a name cannot become code.
    """
    import typst  # noqa: PLC0415 - loaded by the first document, not at start

    return typst.compile(
        TEMPLATES / template,
        root=TEMPLATES,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        format="pdf",
        pdf_standards=["ua-1"],
    )
