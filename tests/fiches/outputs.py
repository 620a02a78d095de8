"""Reading the published outputs back, each by its own means."""

import html
import re
from io import BytesIO

import docx
import pikepdf

from tests import pdf_text


def letters(text: str) -> str:
    """What is left of a text whatever its lines, hyphens and kinds of space: letters, digits and signs that count."""
    return re.sub(r"[\s\u00a0\u202f\u00ad\u200b-]", "", text)


def of_pdf(pdf: bytes) -> str:
    """The letters of a PDF, in drawing order."""
    return letters(pdf_text.text(pdf))


def of_docx(data: bytes) -> str:
    """The letters of a DOCX."""
    return letters("\n".join(paragraph.text for paragraph in docx.Document(BytesIO(data)).paragraphs))


def of_page(page: str) -> str:
    """The letters of the article of a page."""
    article = page[page.index("<article") : page.index("</article>")]
    return letters(html.unescape(re.sub(r"<[^>]+>", " ", article)))


def conformance(pdf: bytes) -> tuple[str, str, int]:
    """What a PDF says of itself: its PDF/UA part, its language, its number of pages."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        with opened.open_metadata() as meta:
            part = str(meta.get("pdfuaid:part"))
        return part, str(opened.Root.Lang), len(opened.pages)
