"""The command that writes a copy of the base to one file."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from tourpaca import storage
from tourpaca.refusal import Refused


@click.command("backup", help="Copier toute la base dans FICHIER, sans arrêter personne.")
@click.argument("path", metavar="FICHIER", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def command(path: Path) -> None:
    """Write a copy that either engine can read back."""
    try:
        rows = storage.backup(path)
    except Refused as refused:
        raise click.ClickException(refused.message) from None
    click.echo(
        f"{path} : {rows} lignes, {path.stat().st_size / 1_000_000:.1f} Mo. Rangez-le ailleurs, chiffré."
    )
