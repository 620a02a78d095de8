"""The command that checks what must always be true, in every room, and says what is not."""

import click
from flask.cli import with_appcontext

from tourpaca import storage
from tourpaca.attendance import invariants as attendance
from tourpaca.fiches import invariants as fiches
from tourpaca.mail import invariants as mail
from tourpaca.organisations import invariants as organisations
from tourpaca.registration import invariants as registration

CHECKS = (
    ("la base", storage.breaches),
    ("les inscriptions", registration.breaches),
    ("les présences", attendance.breaches),
    ("les organisations", organisations.breaches),
    ("les lettres", mail.breaches),
    ("les fiches publiées", fiches.breaches),
)


@click.command("doctor", help="Vérifier ce qui doit toujours être vrai ; ne change rien.")
@with_appcontext
def command() -> None:
    """Print every breach and leave with 1 if there is one; warnings are printed and leave with 0."""
    found = 0
    for name, breaches in CHECKS:
        broken = list(breaches())
        found += len(broken)
        click.echo(f"{'✗' if broken else '✓'} {name}")
        for sentence in broken:
            click.echo(f"    {sentence}")
    for sentence in registration.warnings():
        click.echo(f"  à voir : {sentence}")
    if found:
        raise click.ClickException(
            f"{found} écart(s). Gardez une sauvegarde de la base avant toute réparation."
        )
