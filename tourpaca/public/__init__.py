"""The front door: pages for organisations. Every file of this folder adds its pages to the door."""

from importlib import import_module
from pkgutil import iter_modules

from flask import Blueprint, Flask

door = Blueprint("public", __name__)


def init_app(app: Flask) -> None:
    """Hang the door, with every page of the folder."""
    for page in iter_modules(__path__):
        import_module(f"{__name__}.{page.name}")
    app.register_blueprint(door)
    import_module(f"{__name__}.cache").init_app(app)
