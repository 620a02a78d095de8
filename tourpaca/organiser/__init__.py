"""The back door: pages for the team, behind one wall, grouped by the room they open on.

Every file of this folder and of its rooms adds its pages to the door.
"""

from importlib import import_module
from pkgutil import walk_packages

from flask import Blueprint, Flask

door = Blueprint("organiser", __name__, url_prefix="/equipe")


def init_app(app: Flask) -> None:
    """Hang the door, with every page of its rooms; the wall (wall.py) stands before each of them."""
    for page in walk_packages(__path__, f"{__name__}."):
        import_module(page.name)
    app.register_blueprint(door)
    import_module(f"{__name__}.accounts.sessions").init_app(app)
