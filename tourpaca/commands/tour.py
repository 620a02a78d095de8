"""The commands that take a tour in from a file and give it back as one."""

from pathlib import Path

import click
from flask.cli import AppGroup

from tourpaca import clock, french
from tourpaca.fiches.tour_file import actions, exporting
from tourpaca.fiches.tour_file.entries import Anomaly
from tourpaca.fiches.tour_file.report import PLURALS, Report
from tourpaca.journal.models import Act
from tourpaca.refusal import Refused

command = AppGroup("tour", help="Les tournées.")

HELP = (
    "Importer une tournée d’un fichier YAML : programme, textes des fiches, organisations et leurs graphies. "
    "Sans --apply, rien n’est écrit. Ce qui existe déjà n’est jamais modifié."
)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@command.command("import", help=HELP)
@click.argument("file", metavar="FICHIER", type=FILE)
@click.option("--slug", metavar="TOURNEE", default="", help="Adresse de la tournée ; sinon celle du fichier.")
@click.option("--apply", is_flag=True, help="Écrire ce qui est annoncé.")
def import_file(file: Path, slug: str, apply: bool) -> None:
    """Say what a file would create, or create it."""
    try:
        report = actions.import_tour(Act(clock.now()), file.read_bytes(), slug, apply)
    except Refused as refused:
        raise click.ClickException(f"{file.name}, {refused.message} Rien n’a été écrit.") from None
    _tell(report, apply)


@command.command(
    "export", help="Écrire une tournée en YAML, sans rien de personnel ; se réimporte à l’identique."
)
@click.argument("tour", metavar="TOURNEE")
@click.option(
    "--out", metavar="FICHIER", type=click.Path(dir_okay=False, path_type=Path), help="Sinon : à l’écran."
)
def export(tour: str, out: Path | None) -> None:
    """Print a tour, or write it to a file."""
    try:
        text = exporting.export(tour)
        if out is None:
            click.echo(text, nl=False)
        else:
            out.write_text(text, encoding="utf-8")
    except Refused as refused:
        raise click.ClickException(refused.message) from None
    except OSError as fault:
        raise click.ClickException(french.typo(f"{out} ne s’écrit pas : {fault.strerror}.")) from None


def _tell(report: Report, applied: bool) -> None:
    for kind, name in report.created:
        if not applied:
            click.echo(f"  à créer  {kind} : {name}")
    for line in report.kept:
        click.echo(french.typo(f"  diffère, laissé tel quel : {line}"))
    for remark in report.remarks:
        click.echo(f"  à savoir : {remark}")
    if report.anomalies:
        click.echo(french.typo(f"À décider ({len(report.anomalies)}), rien n’est corrigé sans vous :"))
    for number, anomaly in enumerate(report.anomalies, 1):
        click.echo(_anomaly(number, anomaly))
    click.echo(_conclusion(report, applied))


def _anomaly(number: int, anomaly: Anomaly) -> str:
    """Return one decision in a line; what was printed is quoted to the letter, so it goes through no typography."""
    parts = [f"lu {_quoted(anomaly.read)}"]
    parts.append(f"proposé {_quoted(anomaly.proposed)}" if anomaly.proposed else "sans proposition")
    if anomaly.confidence is not None:
        parts.append(f"confiance {anomaly.confidence:.2f}".replace(".", ","))
    return f"{number:3}. fiche {anomaly.fiche}, {anomaly.field}{french.NBSP}: {', '.join(parts)}. {anomaly.reason}"


def _quoted(text: str) -> str:
    return f"«{french.NBSP}{' '.join(text.splitlines())}{french.NBSP}»"


def _conclusion(report: Report, applied: bool) -> str:
    counted = [french.plural(count, kind, PLURALS[kind]) for kind, count in report.counts()]
    if not counted:
        return f"Tournée « {report.slug} » : rien de nouveau, rien n’a été écrit."
    done = "Créé" if applied else "À créer"
    rest = "" if applied else " Rien n’a été écrit : ajoutez --apply pour écrire."
    return french.typo(f"Tournée « {report.slug} ». {done} : {french.listing(counted)}.{rest}")
