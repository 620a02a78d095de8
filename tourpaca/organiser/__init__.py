"""The back door: pages for the team, behind one wall. Every file of this folder adds its pages to the door."""

from importlib import import_module
from pkgutil import iter_modules

from flask import Blueprint, Flask

door = Blueprint("organiser", __name__, url_prefix="/equipe")


def init_app(app: Flask) -> None:
    """Hang the door, with every page of the folder; the wall (wall.py) stands before each of them."""
    for page in iter_modules(__path__):
        import_module(f"{__name__}.{page.name}")
    app.register_blueprint(door)
    import_module(f"{__name__}.sessions").init_app(app)
