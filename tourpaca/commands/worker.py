"""`flask worker`: a process that carries letters; start as many as needed, on any host."""

import signal
import threading

import click
from flask import current_app
from flask.cli import with_appcontext

from tourpaca import chores, clock
from tourpaca.mail import worker


@click.command("worker")
@with_appcontext
def command() -> None:
    """Porte les lettres au serveur de courrier, jusqu’à SIGTERM ou Ctrl-C.

    Plusieurs processus peuvent tourner à la fois, sur plusieurs machines : aucune lettre ne part deux fois.
    """
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    click.echo("Le service du courrier tourne. Ctrl-C l’arrête.")
    context = current_app._get_current_object().app_context  # type: ignore[attr-defined]
    worker.run(context, stop, clock.now, chores.run_due)
    click.echo("Le service du courrier s’est arrêté ; ce qui n’était pas parti reste à envoyer.")
