"""The command that fills an empty house with the sample tours."""

import click
from flask.cli import AppGroup

from tourpaca import clock
from tourpaca.refusal import Refused
from tourpaca.sample import loading

command = AppGroup("sample", help="La tournée d’exemple.")


@command.command("load", help="Charger l’exemple dans une maison vide : une tournée passée, la même à venir.")
def load() -> None:
    """Load the sample, or say why not."""
    try:
        loading.load(clock.now())
    except Refused as refused:
        raise click.ClickException(refused.message) from None
    click.echo("L’exemple est chargé : une tournée terminée avec ses huit fiches, et la même à venir.")
