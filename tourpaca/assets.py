"""Static files: served by the house itself, addressed by their content so that browsers may keep them for ever."""

from wsgiref.headers import Headers

from flask import Flask
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from whitenoise import WhiteNoise

from tourpaca import style
from tourpaca.security import POLICY

A_YEAR = 31_536_000
PROTECTION = (("Content-Security-Policy", POLICY), ("X-Content-Type-Options", "nosniff"))
OF_A_SHEET = (
    ("Content-Type", "text/css; charset=utf-8"),
    ("Cache-Control", f"max-age={A_YEAR}, public"),
    *PROTECTION,
)


def init_app(app: Flask) -> None:
    """Serve static/ before the application, and give templates the addresses of its files."""
    files = WhiteNoise(
        app.wsgi_app,
        root=str(style.FILES),
        prefix="static/",
        max_age=A_YEAR,
        allow_all_origins=False,
        add_headers_function=_protect,
    )
    for sheet in style.PARTS:
        files.files[f"/static/{sheet}"] = style.Sheet(sheet, OF_A_SHEET)
    app.wsgi_app = files  # type: ignore[method-assign]
    app.jinja_env.globals.update(static_url=static_url, csrf_field=csrf_field)


def static_url(name: str) -> str:
    """Return the address of a file of static/, which changes with its content."""
    return f"/static/{name}?v={style.digest(name)}"


def csrf_field() -> Markup:
    """Return the hidden field that proves a form came from our own page."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def _protect(headers: Headers, path: str, url: str) -> None:
    for name, value in PROTECTION:
        headers[name] = value
