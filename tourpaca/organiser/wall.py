"""The wall before the team's pages: who may pass, declared beside each page, refused to all when undeclared."""

from collections.abc import Callable
from typing import Any

from flask import abort, current_app, redirect, request, url_for
from flask_login import current_user

from tourpaca import clock
from tourpaca.journal.models import Act
from tourpaca.organiser import door
from tourpaca.tour import queries as tour_queries

View = Callable[..., Any]


def open_to(*roles: str) -> Callable[[View], View]:
    """Declare the roles that may open a page; "tous" lets strangers in (the sign-in page)."""

    def declare(view: View) -> View:
        view.roles = roles  # type: ignore[attr-defined]
        return view

    return declare


def act() -> Act:
    """Return the act of the member who is signed in, now."""
    member = signed_in()
    return Act(clock.now(), f"membre:{member.id}", member.name or member.email)


def signed_in() -> Any:
    """Return who asks: looked up once, where each attribute of the proxy would look again."""
    return current_user._get_current_object()


@door.before_request
def _stand_guard() -> Any:
    roles = getattr(current_app.view_functions[str(request.endpoint)], "roles", ())
    if "tous" in roles:
        return None
    member = signed_in()
    if not member.is_authenticated:
        return redirect(url_for("organiser.sign_in", suite=request.full_path))
    if member.role not in roles or not _own_etape(member.etape_id):
        abort(404)
    return None


def _own_etape(bound: int | None) -> bool:
    """Tell whether the page is about the étape of a member who is bound to one; a foreign one looks missing."""
    slug = (request.view_args or {}).get("etape")
    if bound is None or slug is None:
        return True
    return tour_queries.etape_id(str(request.view_args["tour"]), str(slug)) == bound  # type: ignore[index]


@door.context_processor
def _on_every_page() -> dict[str, Any]:
    """Give the team's layout who is signed in, and the address of the tour's pages."""
    slug = (request.view_args or {}).get("tour")
    return {"member": _shown_member(), "base": f"/equipe/{slug}" if slug else "/equipe"}


def _shown_member() -> dict[str, str] | None:
    member = signed_in()
    if not member.is_authenticated:
        return None
    return {"name": member.name or member.email, "role": member.role_name, "code": member.role}
