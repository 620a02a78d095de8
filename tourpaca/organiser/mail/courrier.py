"""The mail settings as they are, and a trial that sends one letter and shows the whole conversation."""

from typing import Any

from flask import render_template
from flask_login import current_user

from tourpaca import setting
from tourpaca.mail import actions, signing
from tourpaca.mail.rehearsal import Rehearsal
from tourpaca.organiser import door
from tourpaca.organiser.wall import act, open_to


def _page(rehearsal: Rehearsal | None = None) -> str:
    return render_template(
        "organiser/mail/courrier.html",
        server_is_set=setting.mail_is_set(),
        facts={**setting.mail_facts(), "Signature DKIM": signing.in_words()},
        email=current_user.email,
        rehearsal=rehearsal,
    )


@door.get("/courrier")
@open_to("organisation")
def courrier() -> Any:
    """Show the settings, or how to give them when there is no server."""
    return _page()


@door.post("/courrier")
@open_to("organisation")
def try_courrier() -> Any:
    """Send one letter to the member at once, and show what was said."""
    if not setting.mail_is_set():
        return _page()
    return _page(actions.try_settings(act(), current_user.email))
