"""The command that takes in a file of presences."""

from collections.abc import Sequence
from pathlib import Path

import click
from flask.cli import AppGroup

from tourpaca import clock, french
from tourpaca.attendance import actions, presences_plan
from tourpaca.attendance.presences_file import FileRefused
from tourpaca.attendance.presences_plan import Plan
from tourpaca.journal.models import Act
from tourpaca.refusal import Refused
from tourpaca.tour import queries as tour_queries

command = AppGroup("presences", help="Les présences.")

TOLD = 40
HELP = (
    "Importer les présences d’un fichier CSV ou XLSX : une ligne par personne et atelier. "
    "Colonnes : etape, creneau, fiche, personne, organisation, statut. Sans --apply, rien n’est écrit."
)


@command.command("import", help=HELP)
@click.argument("tour", metavar="TOURNEE")
@click.argument("file", metavar="FICHIER", type=click.Path(path_type=Path))
@click.option("--apply", is_flag=True, help="Écrire ce qui est annoncé.")
def import_file(tour: str, file: Path, apply: bool) -> None:
    """Say what a file would change, or change it."""
    try:
        done = _run(tour, file.read_bytes(), apply)
    except OSError as unread:
        raise click.ClickException(french.typo(f"{file} ne se lit pas : {unread.strerror}.")) from None
    except FileRefused as refused:
        for fault in refused.faults:
            click.echo(f"{file.name}, {fault}", err=True)
        raise click.ClickException(refused.message) from None
    except Refused as refused:
        raise click.ClickException(refused.message) from None
    _tell(done, apply)


def _run(tour: str, data: bytes, apply: bool) -> Plan:
    tour_id = tour_queries.tour(tour).id
    if apply:
        return actions.import_presences(Act(clock.now()), tour_id, data)
    return presences_plan.preview(tour_id, data)


def _tell(done: Plan, applied: bool) -> None:
    _some("À regarder, ", done.warnings)
    _some(f"Organisation à vérifier{french.NBSP}: ", done.new_organisations)
    wrote = (
        ("présence écrite", "présences écrites") if applied else ("présence à écrire", "présences à écrire")
    )
    told = (
        french.plural(len(done.changes), *wrote),
        french.plural(done.unchanged, "présence inchangée"),
        french.plural(done.new_people, "personne ajoutée sur place", "personnes ajoutées sur place"),
        french.plural(len(done.new_organisations), "organisation nouvelle"),
    )
    click.echo(", ".join(told))
    if not applied:
        click.echo("Rien n’a été écrit. Pour écrire : la même commande avec --apply.")


def _some(lead: str, lines: Sequence[str]) -> None:
    """Print the first lines, and how many are left."""
    for line in lines[:TOLD]:
        click.echo(f"{lead}{line}")
    if len(lines) > TOLD:
        click.echo(f"{lead}{french.plural(len(lines) - TOLD, 'autre')}.")
