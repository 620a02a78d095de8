"""The command behind `make run`: bring the base up to date, say where to go, and become the server."""

import os
import socket
import sys

import click
import flask_migrate

from tourpaca import clock, setting
from tourpaca.accounts import actions
from tourpaca.journal.models import Act
from tourpaca.sample import loading

FIRST_ORGANISER = "equipe@exemple.org"


@click.command("serve", help="Préparer la base puis servir la maison, l’envoi des lettres compris.")
@click.option("--host", envvar="HOST", default="127.0.0.1", show_default=True, help="Adresse d’écoute.")
@click.option(
    "--port", envvar="PORT", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port."
)
def command(host: str, port: int) -> None:
    """Prepare, print, then replace this process by the server, so that signals reach it directly."""
    _refuse_a_taken_port(host, port)
    flask_migrate.upgrade()
    if setting.value("ENV_NAME") != "production" and loading.is_wanted():
        loading.load(clock.now())
    environment = _environment(host, port)
    _welcome(environment["TOURPACA_BASE_URL"])
    os.execvpe(sys.executable, _server(host, port), environment)


def _refuse_a_taken_port(host: str, port: int) -> None:
    """The server shares its port with whoever asks: two houses would answer in turn, each with its own pages."""
    family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(address)
        except OSError:
            why = f"{host}:{port} est déjà pris, ou réservé."
            raise click.ClickException(f"{why} Un autre port : PORT={port + 1} make run") from None


def _environment(host: str, port: int) -> dict[str, str]:
    """The address asked for is the one in letters too, unless a public one was set."""
    return {
        "TOURPACA_BASE_URL": f"http://{host}:{port}",
        "TOURPACA_WORKER_INSIDE": "1",
        "GRANIAN_LOG_LEVEL": "warning",
        **os.environ,
    }


def _server(host: str, port: int) -> list[str]:
    listening = ["--interface", "wsgi", "--host", host, "--port", str(port)]
    one_process = ["--workers", "1", "--blocking-threads", "4", "--no-ws"]
    staying_up = ["--respawn-failed-workers", "--workers-kill-timeout", "10"]
    return [sys.executable, "-m", "granian", *listening, *one_process, *staying_up, "app:app"]


def _welcome(base_url: str) -> None:
    click.echo(f"La tournée    {base_url}/")
    if setting.value("ENV_NAME") != "production":
        token = actions.invite(Act(clock.now()), FIRST_ORGANISER, "organisation")
        click.echo(f"L’équipe      {base_url}/equipe/lien/{token} (ce lien connecte une fois)")
    click.echo(f"Les lettres   {_where_letters_are(base_url)}")
    click.echo("Ctrl-C pour arrêter.")
    sys.stdout.flush()


def _where_letters_are(base_url: str) -> str:
    if setting.mail_is_set():
        return (
            f"elles partent par {setting.value('MAIL_SERVER')}, suivies dans la « Boîte d’envoi » de l’équipe"
        )
    return f"lisibles dans la « Boîte d’envoi », {base_url}/equipe : aucun serveur de courrier n’est réglé"
