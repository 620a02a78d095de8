"""The command that writes the fiches of a tour into a folder: the very files that the site answers, and the drafts."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup

from tourpaca import french, setting, style
from tourpaca.fiches import documents, exports, modifiable, publications
from tourpaca.fiches.publications import Published
from tourpaca.refusal import Refused
from tourpaca.tour import programme

command = AppGroup("fiches", help="Les fiches.")

HELP = (
    "Écrire dans un dossier les fiches d’une tournée : pages HTML, PDF, DOCX, JSON, et le livret en PDF. Une fiche "
    "qui n’est pas publiée est écrite en brouillon, avec les chiffres de ce moment. "
    "Un fichier du même nom est remplacé."
)
SHEET = "css/tourpaca.css"
FOLDERS = ("fonts", "icons")
LINK = re.compile(r'(href|src)="/([^"]*)"')


@command.command("build", help=HELP)
@click.argument("tour")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Le dossier à remplir."
)
def build(tour: str, out: Path) -> None:
    """Write every form of every fiche, published or draft, and the booklet."""
    try:
        fiches = publications.as_they_stand(tour)
    except Refused as refused:
        raise click.ClickException(refused.message) from None
    if not fiches.out:
        raise click.ClickException("Cette tournée n’a pas encore de thématique : rien n’est écrit.")
    try:
        _write(fiches, out)
    except OSError:
        raise click.ClickException(f"Rien ne peut être écrit dans {out}.") from None
    drafts = sum(not entry.versions for entry in fiches.out)
    said = f", dont {french.plural(drafts, 'brouillon')}" if drafts else ""
    click.echo(f"{french.plural(len(fiches.out), 'fiche')}{said} et le livret sont dans {out}.")


def _write(fiches: Published, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for name, written in _files(fiches):
        (out / name).write_bytes(written)
    _copy_static(out / "static")


def _files(fiches: Published) -> Iterator[tuple[str, bytes]]:
    """Yield every file, by its name: what the site answers, made without asking it."""
    tour = programme.of(fiches.tour.slug)
    totals = publications.totals(fiches)
    yield "index.html", _page("fiches", fiches, tour=tour, lines=fiches.entries, totals=totals, missing=False)
    yield "livret.pdf", publications.livret(fiches)
    for entry in fiches.out:
        fiche = fiches.fiche(entry.slug)
        yield f"{entry.slug}.html", _page("fiche", fiches, tour=tour, **publications.page(fiches, entry.slug))
        yield f"{entry.slug}.pdf", documents.fiche_pdf(fiche)
        yield f"{entry.slug}.docx", modifiable.fiche_docx(fiche)
        yield f"{entry.slug}.json", exports.fiche_json(entry.content, entry.versions)


def _page(template: str, fiches: Published, **shown: Any) -> bytes:
    page = current_app.jinja_env.get_template(f"public/{template}.html").render(shown)
    return _at_home(page, fiches).encode()


def _addresses(fiches: Published) -> dict[str, str]:
    """Return the file that stands for each address of the site, as it is in the folder."""
    tour = f"tours/{fiches.tour.slug}"
    here = {f"{tour}/fiches": "index.html", f"{tour}/livret.pdf": "livret.pdf"}
    for entry in fiches.out:
        here[f"{tour}/fiches/{entry.slug}"] = f"{entry.slug}.html"
        here |= {
            f"{tour}/fiches/{entry.slug}.{kind}": f"{entry.slug}.{kind}" for kind in ("pdf", "docx", "json")
        }
    return here


def _at_home(page: str, fiches: Published) -> str:
    """Return a page whose links lead to the files beside it where they are, to the site otherwise."""
    here = _addresses(fiches)

    def lead(match: re.Match[str]) -> str:
        attribute, address = match.groups()
        if address.startswith("static/"):
            return f'{attribute}="{address.partition("?")[0]}"'
        return f'{attribute}="{here.get(address) or f"{setting.base_url()}/{address}"}"'

    return LINK.sub(lead, page)


def _copy_static(folder: Path) -> None:
    for name in FOLDERS:
        ignored = shutil.ignore_patterns("pdf")
        shutil.copytree(style.FILES / name, folder / name, dirs_exist_ok=True, ignore=ignored)
    (folder / SHEET).parent.mkdir(exist_ok=True)
    (folder / SHEET).write_bytes(style.content(SHEET))
