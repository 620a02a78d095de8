"""Offering to undo an act, on the page that follows it."""

from flask import flash

from tourpaca import french


def offer(text: str, action: str, **fields: str) -> None:
    """Show, after the redirect, what was done beside « Rétablir », which posts the fields to the address."""
    # Flask keeps any value that JSON can hold; the pages draw this one as a strip (templates/parts/messages.html).
    flash({"text": french.typo(text), "action": action, "fields": fields}, "retablir")  # type: ignore[arg-type]
