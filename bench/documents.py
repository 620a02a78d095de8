"""Documents to print: a sheet of forty people, one fiche, the booklet of eight, by a process that never made any."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from time import perf_counter

from bench import crowd
from bench.measures import ENGINES, ROUNDS, Line, measure
from bench.stage import Stage
from tests import factories
from tests.fiches import compiled
from tourpaca import clock
from tourpaca.attendance import documents as sheets
from tourpaca.fiches import documents as printed
from tourpaca.fiches import publications
from tourpaca.tour import queries

GOALS = {"feuille de 40 lignes": 0.1, "une fiche": 0.1, "livret de huit fiches": 0.3}


@measure
def documents(stage: Stage) -> Iterator[Line]:
    """The first document of a server's life, then the next ones, read from the base and typeset."""
    for engine in ENGINES:
        sheet, tour = stage.base(engine), stage.base(engine)
        with crowd.house(sheet).app_context():
            crowd.fill(40 * 24, 60)
        with crowd.house(tour).app_context():
            compiled.tour_published()
        for job, goal in GOALS.items():
            base = sheet if job.startswith("feuille") else tour
            firsts, nexts = zip(*(_taken(base, job) for _ in range(ROUNDS)), strict=True)
            first, found = median(firsts), median(nexts)
            yield Line(
                f"{job}, {engine}",
                f"{first:.2f} s, puis {found:.2f} s",
                "–",
                None,
                f"≤ {goal} s",
                first <= goal,
            )


def _taken(base: str, job: str) -> tuple[float, float]:
    line = [sys.executable, "-m", "bench.documents", base, job]
    told = subprocess.run(line, cwd=Path(__file__).parent.parent, capture_output=True, text=True, check=True)
    first, after = told.stdout.split()
    return float(first), float(after)


def _sheet() -> bytes:
    etape = queries.etape(factories.TOUR, "nice")
    return sheets.sheets(etape, [etape.ateliers[0]], clock.now())


def _fiche() -> bytes:
    published = publications.of(factories.TOUR)
    return printed.fiche_pdf(published.fiche("lien-utilisateurs"))


def _booklet() -> bytes:
    return publications.livret(publications.of(factories.TOUR))


MAKERS: dict[str, Callable[[], bytes]] = dict(zip(GOALS, (_sheet, _fiche, _booklet), strict=True))


def main(base: str, job: str) -> None:
    """Make a document in a process that never made any, then again, and print the seconds of both.

    The base is read once before: a document is asked for from a page, and joining the models is that page's price.
    """
    with crowd.house(base).app_context():
        queries.tours()
        for _ in range(2):
            begun = perf_counter()
            MAKERS[job]()
            print(perf_counter() - begun)


if __name__ == "__main__":
    main(*sys.argv[1:])
