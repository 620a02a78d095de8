"""The way out of invitations and back: a page with one button, and the press of a mail program's own (RFC 8058)."""

from typing import Any

from flask import redirect, render_template, request, url_for

from tourpaca import clock
from tourpaca.journal.models import Act
from tourpaca.mail import unsubscribing
from tourpaca.public import door

PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}


@door.get("/desabonnement/<int:envoi>/<int:participant>/<token>")
def ask_leave(envoi: int, participant: int, token: str) -> Any:
    """Say what stops and what goes on, or that it stopped; nothing is changed, whoever follows the link."""
    whose = unsubscribing.asker(envoi, participant, token)
    return _page(unsubscribing.is_gone(whose), back="retour" in request.args)


@door.post("/desabonnement/<int:envoi>/<int:participant>/<token>")
def leave(envoi: int, participant: int, token: str) -> Any:
    """Honour it at once, without cookie nor form token: the address is the proof. No redirect (RFC 8058 §3.1)."""
    whose = unsubscribing.asker(envoi, participant, token)
    unsubscribing.leave(_act(), whose)
    return _page(gone=True)


@door.post("/desabonnement/<int:envoi>/<int:participant>/<token>/retour")
def come_back(envoi: int, participant: int, token: str) -> Any:
    """Write the invitations again to who had left them by this address; no program presses this one."""
    unsubscribing.come_back(_act(), unsubscribing.asker(envoi, participant, token))
    here: dict[str, Any] = {"envoi": envoi, "participant": participant, "token": token}
    return redirect(url_for("public.ask_leave", **here, retour=1), 303)


def _act() -> Act:
    return Act(clock.now(), "public", "Le public")


def _page(gone: bool, back: bool = False) -> Any:
    """Show where one stands; a mail program that pressed gets no form, whose token would need a cookie."""
    by_program = "List-Unsubscribe" in request.form
    page = render_template(
        "public/desabonnement.html",
        tour=None,
        gone=gone,
        back=back,
        by_program=by_program,
        here=request.path,
    )
    return page, 200, PRIVATE
