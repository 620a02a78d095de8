"""The command that opens the team's first access."""

import click
from flask.cli import AppGroup

from tourpaca import clock, setting
from tourpaca.accounts import actions
from tourpaca.accounts.models import ROLES
from tourpaca.journal.models import Act
from tourpaca.refusal import Refused

command = AppGroup("organiser", help="Les accès de l’équipe.")


@command.command("create", help="Ouvrir un accès et imprimer le lien qui connecte une fois.")
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), required=True, help="Ce que cette personne peut faire.")
@click.option("--name", default="", help="Son nom, montré dans le journal.")
def create(email: str, role: str, name: str) -> None:
    """Open an access and print its one-time link."""
    try:
        token = actions.invite(Act(clock.now()), email, role, name)
    except Refused as refused:
        raise click.ClickException(refused.message) from None
    click.echo(f"{setting.base_url()}/equipe/lien/{token}")
