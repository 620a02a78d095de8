"""The command that fills an empty base with a copy."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from tourpaca import storage
from tourpaca.mail import lease
from tourpaca.refusal import Refused


@click.command("restore", help="Remplir une base vide avec la sauvegarde FICHIER.")
@click.argument("path", metavar="FICHIER", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def command(path: Path) -> None:
    """Restore, whichever engine the copy came from; an occupied base is left as it is."""
    try:
        rows = storage.restore(path)
        held = lease.hold_back("retenue au retour d’une sauvegarde")
    except Refused as refused:
        raise click.ClickException(refused.message) from None
    click.echo(f"{rows} lignes sont revenues. Vérifiez avec : flask --app app doctor")
    if held:
        click.echo(
            f"{held} lettres qui attendaient sont retenues : reprenez dans la « Boîte d’envoi » celles à envoyer."
        )
