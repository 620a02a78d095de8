"""The command that writes the published fiches of a tour into a folder: the very files that the site answers."""

import re
import shutil
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from tourpaca import french, rendering, setting
from tourpaca.fiches import publications
from tourpaca.refusal import Refused

command = AppGroup("fiches", help="Les fiches publiées.")

HELP = (
    "Écrire dans un dossier les fiches publiées d’une tournée : pages HTML, PDF, DOCX, JSON, et le livret en PDF. "
    "Un fichier du même nom est remplacé."
)
STATIC = rendering.TEMPLATES.parent / "static"
NEEDED = ("css/tourpaca.css", "fonts", "icons")
LINK = re.compile(r'(href|src)="/([^"]*)"')


@command.command("build", help=HELP)
@click.argument("tour")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Le dossier à remplir."
)
def build(tour: str, out: Path) -> None:
    """Write every form of every published fiche, and the booklet."""
    try:
        slugs = [entry.slug for entry in publications.of(tour).out]
    except Refused as refused:
        raise click.ClickException(refused.message) from None
    if not slugs:
        raise click.ClickException("Aucune fiche de cette tournée n’est publiée : rien n’est écrit.")
    out.mkdir(parents=True, exist_ok=True)
    for name, address in _files(tour, slugs).items():
        (out / name).write_bytes(_answer(address))
    for page in out.glob("*.html"):
        page.write_text(_at_home(page.read_text(), tour, slugs))
    _copy_static(out / "static")
    click.echo(f"{french.plural(len(slugs), 'fiche')} et le livret sont dans {out}.")


def _files(tour: str, slugs: list[str]) -> dict[str, str]:
    """Return the addresses to ask for, by the name of the file they fill."""
    fiches = f"/tours/{tour}/fiches"
    files = {"index.html": fiches, "livret.pdf": f"/tours/{tour}/livret.pdf"}
    for slug in slugs:
        files[f"{slug}.html"] = f"{fiches}/{slug}"
        files |= {f"{slug}.{kind}": f"{fiches}/{slug}.{kind}" for kind in ("pdf", "docx", "json")}
    return files


def _answer(address: str) -> bytes:
    answer = current_app.test_client().get(address, base_url=setting.base_url())
    if answer.status_code != 200:
        raise click.ClickException(f"{address} a répondu {answer.status_code} : le dossier est incomplet.")
    return answer.data


def _at_home(page: str, tour: str, slugs: list[str]) -> str:
    """Return a page whose links lead to the files beside it where they are, to the site otherwise."""
    here = {address.lstrip("/"): name for name, address in _files(tour, slugs).items()}

    def lead(match: re.Match[str]) -> str:
        attribute, address = match.groups()
        if address.startswith("static/"):
            return f'{attribute}="{address.partition("?")[0]}"'
        return f'{attribute}="{here.get(address) or f"{setting.base_url()}/{address}"}"'

    return LINK.sub(lead, page)


def _copy_static(folder: Path) -> None:
    for name in NEEDED:
        source, target = STATIC / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("pdf"))
        else:
            shutil.copyfile(source, target)
