"""Static files: served by the house itself, addressed by their content so that browsers may keep them for ever."""

import hashlib
from functools import cache
from pathlib import Path
from wsgiref.headers import Headers

from flask import Flask
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from whitenoise import WhiteNoise

from tourpaca.security import POLICY

FILES = Path(__file__).parent.parent / "static"
A_YEAR = 31_536_000


def init_app(app: Flask) -> None:
    """Serve static/ before the application, and give templates the addresses of its files."""
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(FILES),
        prefix="static/",
        max_age=A_YEAR,
        allow_all_origins=False,
        add_headers_function=_protect,
    )
    app.jinja_env.globals.update(static_url=static_url, csrf_field=csrf_field)


@cache
def static_url(name: str) -> str:
    """Return the address of a file of static/, which changes with its content."""
    digest = hashlib.sha256((FILES / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


def csrf_field() -> Markup:
    """Return the hidden field that proves a form came from our own page."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def _protect(headers: Headers, path: str, url: str) -> None:
    headers["Content-Security-Policy"] = POLICY
    headers["X-Content-Type-Options"] = "nosniff"
