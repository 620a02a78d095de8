"""The hook by which a mail provider tells what came back; shut until a secret is set."""

import hmac
from typing import Any

from flask import abort, request

from tourpaca import clock, setting
from tourpaca.journal.models import Act
from tourpaca.mail import dsn, taking_back
from tourpaca.public import door
from tourpaca.refusal import Refused

LIMIT = 1_000_000


@door.post("/courrier/retours")
def take_returns() -> Any:
    """Take in one message (raw) or one notice (JSON: email, kind, reason, message_id), once.

    404 without a secret set, 403 with another than ours, 413 beyond a megabyte, 422 for a notice that says nothing.
    """
    _check_secret()
    if (request.content_length or 0) > LIMIT:
        abort(413)
    try:
        notices = (
            dsn.notices_of_hook(request.get_json()) if request.is_json else dsn.notices(request.get_data())
        )
    except Refused as refused:
        return {"refus": refused.message}, 422
    taken = taking_back.take_in(Act(clock.now()), notices)
    return {"notes": taken.new, "connus": taken.known, "etrangers": taken.foreign}


def _check_secret() -> None:
    """Open to nobody but the holder of the secret: `Authorization: Bearer …`, compared in constant time."""
    secret = str(setting.value("BOUNCE_TOKEN"))
    if not secret:
        abort(404)
    given = request.headers.get("Authorization", "")
    if not hmac.compare_digest(given.encode(), f"Bearer {secret}".encode()):
        abort(403)
