"""The service door: the command line. Every file of this folder holds one command or one group, under its own name."""

from collections.abc import Callable
from functools import cache, wraps
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from click import ClickException, Command, Context
from flask import Flask
from flask.cli import AppGroup, ScriptInfo

from tourpaca import migrating

BEHIND = "La base n’a pas encore toutes ses tables. Tapez d’abord « flask --app app db upgrade »."


class ServiceDoor(AppGroup):
    """Opens a file when its command is called: a server that answers pages has no use for any of them."""

    def list_commands(self, ctx: Context) -> list[str]:
        """Return the names of the files."""
        return [page.name for page in iter_modules(__path__)]

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """Return the command (named `command`) of a file."""
        if cmd_name not in self.list_commands(ctx):
            return None
        return _opened(cmd_name)


@cache
def _opened(name: str) -> Command:
    command: Command = import_module(f"{__name__}.{name}").command
    command.invoke = _told_when_behind(command.invoke)  # type: ignore[assignment, method-assign]
    return command


def _told_when_behind(invoke: Callable[[Context], Any]) -> Callable[[Context], Any]:
    @wraps(invoke)
    def told(ctx: Context) -> Any:
        try:
            return invoke(ctx)
        except Exception as fault:
            with ctx.ensure_object(ScriptInfo).load_app().app_context():
                behind = migrating.is_behind(fault)
            if not behind:
                raise
            raise ClickException(BEHIND) from fault

    return told


def init_app(app: Flask) -> None:
    """Give `flask` the commands of the folder."""
    app.cli = ServiceDoor(app.name)
