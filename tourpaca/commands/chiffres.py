"""The command that prints the chiffres clés of a tour, counted at this moment."""

import json

import click
from flask.cli import with_appcontext

from tourpaca import french
from tourpaca.fiches import exports
from tourpaca.refusal import Refused

HELP = "Afficher les chiffres clés de chaque fiche, comptés à l’instant d’après les présences."


@click.command("chiffres", help=HELP)
@click.argument("tour")
@click.option("--json", "as_json", is_flag=True, help="Donner le résultat en JSON.")
@with_appcontext
def command(tour: str, as_json: bool) -> None:
    """Print the figures of a tour."""
    try:
        found = exports.figures_of(tour)
    except Refused as refused:
        raise click.ClickException(refused.message) from None
    click.echo(json.dumps(found, ensure_ascii=False, indent=2) if as_json else _said(found))


def _said(found: dict[str, object]) -> str:
    fiches = found["fiches"]
    assert isinstance(fiches, list)
    total = (
        french.plural(int(str(found["ateliers"])), "atelier"),
        french.plural(int(str(found["participations"])), "participation"),
        french.plural(int(str(found["organisations"])), "organisation"),
    )
    return "\n".join([*(f"{fiche['ordre']}. {fiche['phrase']}" for fiche in fiches), ", ".join(total)])
