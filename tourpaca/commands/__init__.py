"""The service door: the command line. Every file of this folder holds one command or one group."""

from importlib import import_module
from pkgutil import iter_modules

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the command (named `command`) of every file of the folder to `flask`."""
    for page in iter_modules(__path__):
        app.cli.add_command(import_module(f"{__name__}.{page.name}").command)
